import { Histogram } from '../analysis/histogram.ts';
import type { ContentionMeter } from './contention-meter.ts';
import type { FactRows } from './run-trace.ts';
import { FactField, FactKind, type Native } from '../addon/native.ts';

const BATCH = 512;
const NOBODY = -1;

/** A stay in which so much was stolen may have been a stop of the whole process. */
const LONG_NS = 200e6;

/** Per vCPU: a run may last for hours. */
const MOST_PUT_OFFS = 4096;

/** A vCPU is on a pCPU, and hasn't recorded that it left. */
export interface OpenStay {
  readonly pcpu: number;
  readonly vcpu: number;
  readonly sinceNs: number;
  readonly sinceCpuNs: number;
}

export interface LongStay {
  readonly pcpu: number;
  readonly vcpu: number;
  readonly fromNs: number;
  readonly toNs: number;
}

/**
 * Reads what the cores really did out of the addon's rings, at its own pace in the main thread, and adds it up: the
 * fact beside the scheduler's intent.
 */
export class FactReader {
  /** Index vCPU: time in which it was to run and others had the core, ns. */
  readonly stolenNs: Float64Array;
  /** Index pCPU: the time that was stolen on it, ns. */
  readonly stolenOnNs: Float64Array;
  /** The stays from which a great deal was stolen. */
  readonly longStays: LongStay[] = [];
  /** Index vCPU: how often the scheduler paused it or tried to, until `putOffs` is full. */
  readonly pauses: Float64Array;
  /** Index pCPU: CPU time of vCPUs there, ns. */
  readonly busyNs: Float64Array;
  /** From the record of one vCPU's pause to that of the next one's start, where the one handed over to the other. */
  readonly gap = new Histogram();
  /** From the loop's word until a vCPU computes: `handOver` if another vCPU was there, `start` if nobody was. */
  readonly handOver = new Histogram();
  readonly start = new Histogram();
  /** Index vCPU: which of its pauses were put off, and for how many ns. */
  readonly putOffs: [number, number][][];
  /** Read nothing for now: some records may be of a vCPU that nobody knows yet. */
  isHeld = false;
  private readonly native: Native;
  private readonly rows: FactRows | null;
  private readonly contention: ContentionMeter | null;
  private readonly batch = new Float64Array(BATCH * FactField.size);
  /** Index pCPU: who runs there, since when, with what on its CPU clock. */
  private readonly running: Int32Array;
  private readonly sinceNs: Float64Array;
  private readonly sinceCpuNs: Float64Array;
  /** Index pCPU: who left last, when, and for whom. */
  private readonly leftNs: Float64Array;
  private readonly leftBy: Int32Array;
  private readonly leftFor: Int32Array;
  /** Index pCPU: whether the last to leave couldn't be paused at once. */
  private readonly wasPutOff: Uint8Array;

  /**
   * @param rows is given all facts, too
   * @param contention is given what the CPU clocks showed
   */
  constructor(
    native: Native,
    vcpuCount: number,
    pcpuCount: number,
    rows: FactRows | null = null,
    contention: ContentionMeter | null = null,
  ) {
    this.native = native;
    this.rows = rows;
    this.pauses = new Float64Array(vcpuCount);
    this.putOffs = Array.from({ length: vcpuCount }, () => []);
    this.contention = contention;
    this.stolenNs = new Float64Array(vcpuCount);
    this.stolenOnNs = new Float64Array(pcpuCount);
    this.busyNs = new Float64Array(pcpuCount);
    this.running = new Int32Array(pcpuCount).fill(NOBODY);
    this.sinceNs = new Float64Array(pcpuCount);
    this.sinceCpuNs = new Float64Array(pcpuCount);
    this.leftNs = new Float64Array(pcpuCount);
    this.leftBy = new Int32Array(pcpuCount).fill(NOBODY);
    this.wasPutOff = new Uint8Array(pcpuCount);
    this.leftFor = new Int32Array(pcpuCount).fill(NOBODY);
  }

  /** Everything recorded so far. */
  drain(): void {
    if (this.isHeld) return;
    for (let pcpu = 0; pcpu < this.busyNs.length; pcpu++) {
      for (let count = BATCH; count === BATCH;) {
        count = this.native.drainFacts(pcpu, this.batch);
        if (count > 0) this.rows?.add(pcpu, this.batch, count);
        for (let i = 0; i < count; i++) this.take(pcpu, i * FactField.size);
      }
    }
  }

  /**
   * Who is on a pCPU still: also at the end of a run, if the host didn't let a thread record its last pause in time.
   */
  openStays(): OpenStay[] {
    return [...this.running.keys()]
      .filter((pcpu) => this.running[pcpu] !== NOBODY)
      .map((pcpu) => ({
        pcpu,
        vcpu: this.running[pcpu],
        sinceNs: this.sinceNs[pcpu],
        sinceCpuNs: this.sinceCpuNs[pcpu],
      }));
  }

  get dropped(): number {
    return this.busyNs.reduce((sum, _, pcpu) => sum + this.native.factsDropped(pcpu), 0);
  }

  private take(pcpu: number, at: number): void {
    const { batch } = this;
    const timeNs = batch[at + FactField.timeNs];
    const cpuNs = batch[at + FactField.cpuNs];
    const vcpu = batch[at + FactField.vcpu];
    this.contention?.add(vcpu, timeNs, cpuNs);
    if (batch[at + FactField.kind] === FactKind.resume) {
      this.takeStart(pcpu, vcpu, timeNs, batch[at + FactField.lateNs]);
      this.leftFor[pcpu] = NOBODY;
      this.running[pcpu] = vcpu;
      this.sinceNs[pcpu] = timeNs;
      this.sinceCpuNs[pcpu] = cpuNs;
      return;
    }
    const kind = batch[at + FactField.kind];
    if (kind === FactKind.pause || kind === FactKind.kept) this.takePause(vcpu, batch[at + FactField.lateNs]);
    if (kind === FactKind.kept) return;
    // If the record of its beginning was dropped, the length of a stay isn't known.
    if (this.running[pcpu] === vcpu) {
      const usedNs = cpuNs - this.sinceCpuNs[pcpu];
      this.busyNs[pcpu] += usedNs;
      const stolenNs = Math.max(0, timeNs - this.sinceNs[pcpu] - usedNs);
      this.stolenNs[vcpu] += stolenNs;
      this.stolenOnNs[pcpu] += stolenNs;
      if (stolenNs > LONG_NS) this.longStays.push({ pcpu, vcpu, fromNs: this.sinceNs[pcpu], toNs: timeNs });
    }
    this.running[pcpu] = NOBODY;
    this.leftNs[pcpu] = timeNs;
    this.leftBy[pcpu] = vcpu;
    this.leftFor[pcpu] = batch[at + FactField.next];
    this.wasPutOff[pcpu] =
      batch[at + FactField.kind] === FactKind.pause && batch[at + FactField.lateNs] > 0 ? 1 : 0;
  }

  /** @param tookNs from the loop's word until now */
  private takeStart(pcpu: number, vcpu: number, timeNs: number, tookNs: number): void {
    const gapNs = timeNs - this.leftNs[pcpu];
    const isHandOver = this.leftFor[pcpu] === vcpu && this.leftBy[pcpu] !== vcpu;
    if (isHandOver) this.gap.add(gapNs);
    // If the outgoing vCPU couldn't be paused at once, the wait was the vCPU's and not the machine's.
    if (this.wasPutOff[pcpu] !== 0) return;
    if (isHandOver) this.handOver.add(tookNs);
    // A vCPU that left before the word, and for nobody, left the core idle.
    else if (tookNs < gapNs) this.start.add(tookNs);
  }

  private takePause(vcpu: number, lateNs: number): void {
    const putOffs = this.putOffs[vcpu];
    // Beyond the list it isn't known how long pauses were put off. A prediction repeats the pauses in the list.
    if (putOffs.length === MOST_PUT_OFFS) return;
    const pause = this.pauses[vcpu]++;
    if (lateNs > 0) putOffs.push([pause, lateNs]);
  }
}
