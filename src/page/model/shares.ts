/**
 * Shares over the last minute: a ring of samples, ten a second, with a column per VM. VMs come and go: a column is used
 * again when nothing of the VM before is left in the ring.
 */
import type { VmState } from '../../control/state.ts';

export const SHARE_SPAN_NS = 60e9;
/** What a scale may end with, below 400. */
const TOPS = [20, 40, 60, 80, 100, 200, 300, 400];
/** Ten a second for a minute, and some that come early. */
const SAMPLES = 640;

interface Column {
  readonly measured: Float32Array;
  readonly entitled: Float32Array;
  /** the sample that was the last to have the VM in it */
  lastSample: number;
}

export class ShareHistory {
  private readonly timeNs = new Float64Array(SAMPLES);
  private readonly columns = new Map<number, Column>();
  private readonly spare: Column[] = [];
  /** samples that there ever were */
  private total = 0;

  get count(): number {
    return Math.min(this.total, SAMPLES);
  }

  get columnCount(): number {
    return this.columns.size + this.spare.length;
  }

  /** The VMs that have a part in what is kept, by ID. */
  get vms(): readonly number[] {
    return [...this.columns.keys()];
  }

  add(atNs: number, percent: readonly number[], vms: readonly VmState[]): void {
    // A sample from before the last one: the run is another, or it was told twice.
    if (this.total > 0 && atNs <= this.timeNs[(this.total - 1) % SAMPLES]) return;
    const at = this.total % SAMPLES;
    this.timeNs[at] = atNs;
    for (const { measured, entitled } of this.columns.values()) {
      measured[at] = NaN;
      entitled[at] = NaN;
    }
    for (const [i, vm] of vms.entries()) {
      if (i >= percent.length || vm.phase === 'destroyed' || vm.phase === 'planned') continue;
      const column = this.columnOf(vm.id);
      column.measured[at] = percent[i];
      column.entitled[at] = vm.entitledPercent ?? NaN;
      column.lastSample = this.total;
    }
    this.total++;
    for (const [id, column] of this.columns) {
      if (this.total - column.lastSample <= SAMPLES) continue;
      this.columns.delete(id);
      this.spare.push(column);
    }
  }

  /** @param index 0: the oldest one that is kept */
  timeOf(index: number): number {
    return this.timeNs[this.place(index)];
  }

  /** Percent of one pCPU; NaN: the VM wasn't there. */
  measured(vm: number, index: number): number {
    return this.columns.get(vm)?.measured[this.place(index)] ?? NaN;
  }

  entitled(vm: number, index: number): number {
    return this.columns.get(vm)?.entitled[this.place(index)] ?? NaN;
  }

  /** The latest sample of a VM. */
  latest(vm: number): number {
    return this.count === 0 ? NaN : this.measured(vm, this.count - 1);
  }

  /** The highest of what is kept, measured or entitled. */
  highest(): number {
    let highest = 0;
    for (const { measured, entitled } of this.columns.values())
      for (let i = 0; i < this.count; i++) {
        const at = this.place(i);
        if (measured[at] > highest) highest = measured[at];
        if (entitled[at] > highest) highest = entitled[at];
      }
    return highest;
  }

  private place(index: number): number {
    return (Math.max(0, this.total - SAMPLES) + index) % SAMPLES;
  }

  private columnOf(vm: number): Column {
    const known = this.columns.get(vm);
    if (known !== undefined) return known;
    const column = this.spare.pop() ?? {
      measured: new Float32Array(SAMPLES),
      entitled: new Float32Array(SAMPLES),
      lastSample: 0,
    };
    column.measured.fill(NaN);
    column.entitled.fill(NaN);
    this.columns.set(vm, column);
    return column;
  }
}

/** The top of the scale: one that reads well and holds everything. */
export function scaleTop(highest: number): number {
  return TOPS.find((top) => highest <= top + 0.5) ?? Math.ceil(highest / 400) * 400;
}
