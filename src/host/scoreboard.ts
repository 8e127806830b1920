import { Histogram } from '../analysis/histogram.ts';
import { type CounterKind, type Counters, createCounters } from '../core/counters.ts';
import { StatField } from '../addon/native.ts';

const HELD_UP_KEPT = 32;
const LoopCell = {
  cpuNs: 0,
  endNs: 1,
  isArmed: 2,
  heldUpCount: 3,
  heldUp: 4,
  size: 4 + 2 * HELD_UP_KEPT,
} as const;

/** An interval in which the loop should have run and didn't. */
export interface HeldUp {
  readonly atNs: number;
  readonly lengthNs: number;
}

/**
 * What the hypervisor thread measures, in memory that the main thread can read at any time: also when the hypervisor
 * thread has died.
 */
export class Scoreboard {
  readonly buffer: SharedArrayBuffer;
  readonly counters: Counters;
  readonly tickLateness: Histogram;
  /** How late a wait for a timer ended, the loop came to a vCPU that had left, a wait for a virtual interrupt ended. */
  readonly timerLatency: Histogram;
  readonly exitLatency: Histogram;
  readonly wakeLatency: Histogram;
  readonly decision: Histogram;
  readonly dispatch: Histogram;
  /** Index vCPU: CPU time at the end of the window, ns; −1 until then. */
  readonly finalCpuNs: Float64Array;
  /** Index vCPU: its thread's statistics at the end of the run, as StatField says; all −1 until then, or if unknown. */
  private readonly finalStats: readonly Float64Array[];
  private readonly loop: Float64Array;

  /** @param own what the policy counts beyond what all policies do */
  constructor(vcpuCount: number, pcpuCount: number, own: readonly CounterKind[], buffer?: SharedArrayBuffer) {
    const length =
      (4 + own.length + StatField.size) * vcpuCount + pcpuCount + 6 * Histogram.length + LoopCell.size;
    this.buffer = buffer ?? new SharedArrayBuffer(8 * length);
    let used = 0;
    const allocate = (count: number): Float64Array => {
      const cells = new Float64Array(this.buffer, 8 * used, count);
      used += count;
      return cells;
    };
    this.counters = createCounters(vcpuCount, pcpuCount, own, allocate);
    this.finalCpuNs = allocate(vcpuCount);
    this.finalStats = Array.from({ length: vcpuCount }, () => allocate(StatField.size));
    this.tickLateness = new Histogram(allocate(Histogram.length));
    this.timerLatency = new Histogram(allocate(Histogram.length));
    this.exitLatency = new Histogram(allocate(Histogram.length));
    this.wakeLatency = new Histogram(allocate(Histogram.length));
    this.decision = new Histogram(allocate(Histogram.length));
    this.dispatch = new Histogram(allocate(Histogram.length));
    this.loop = allocate(LoopCell.size);
    if (buffer === undefined) {
      this.finalCpuNs.fill(-1);
      for (const stats of this.finalStats) stats.fill(-1);
      this.loop[LoopCell.endNs] = -1;
    }
  }

  /** CPU time of the hypervisor thread in this run. */
  get loopCpuNs(): number {
    return this.loop[LoopCell.cpuNs];
  }
  set loopCpuNs(ns: number) {
    this.loop[LoopCell.cpuNs] = ns;
  }

  /** When the window ended, −1 until then. */
  get endNs(): number {
    return this.loop[LoopCell.endNs];
  }
  set endNs(ns: number) {
    this.loop[LoopCell.endNs] = ns;
  }

  /** Whether times count from the start of this run. Until then they do from the start of the one before. */
  get isArmed(): boolean {
    return this.loop[LoopCell.isArmed] === 1;
  }

  setArmed(): void {
    this.loop[LoopCell.isArmed] = 1;
  }

  setFinalStats(vcpu: number, stats: Float64Array): void {
    this.finalStats[vcpu].set(stats);
  }

  /** null: not known, or not yet */
  finalStatsOf(vcpu: number): Float64Array | null {
    const stats = this.finalStats[vcpu];
    return stats[StatField.cpuNs] < 0 ? null : stats;
  }

  /** When there are too many to keep, the longest stay. */
  addHeldUp(atNs: number, lengthNs: number): void {
    const { loop } = this;
    const count = loop[LoopCell.heldUpCount]++;
    let place = count;
    if (count >= HELD_UP_KEPT) {
      place = 0;
      for (let n = 1; n < HELD_UP_KEPT; n++)
        if (loop[LoopCell.heldUp + 2 * n + 1] < loop[LoopCell.heldUp + 2 * place + 1]) place = n;
      if (loop[LoopCell.heldUp + 2 * place + 1] >= lengthNs) return;
    }
    loop[LoopCell.heldUp + 2 * place] = atNs;
    loop[LoopCell.heldUp + 2 * place + 1] = lengthNs;
  }

  /** The longest ones, and how many there were in all. */
  heldUp(): { readonly intervals: readonly HeldUp[]; readonly count: number } {
    const count = this.loop[LoopCell.heldUpCount];
    const intervals = Array.from({ length: Math.min(count, HELD_UP_KEPT) }, (_, n) => ({
      atNs: this.loop[LoopCell.heldUp + 2 * n],
      lengthNs: this.loop[LoopCell.heldUp + 2 * n + 1],
    }));
    return { intervals, count };
  }
}
