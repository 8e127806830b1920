/**
 * CFS, the completely fair scheduler of Linux 2.6.23 to 6.5. Each vCPU has a virtual time that goes on while it runs,
 * the heavier the vCPU the slower, and of a queue the one that is furthest behind goes first. So virtual times stay
 * together, and CPU time is divided by load:
 *
 *     vruntime += CPU time · 1024 / load          load = table[nice] · weight / 256, divided by the vCPUs of the VM
 *                                                        that can run (fair/nice.ts, fair/loads.ts)
 *
 *      A (load 1024)  ▓▓▓▓        ▓▓▓▓              a queue is in the order of vruntime; each pCPU has a clock of its
 *      B (load 2048)      ▓▓▓▓▓▓▓▓    ▓▓▓▓▓▓▓▓      own, min_vruntime: the least vruntime there, never going back
 *
 * - **Turns.** In a period of max(latency, n · min-granularity) each of n vCPUs is to have a turn: its slice is the
 *   period · load / load of all on the pCPU. A tick (every 4 ms) ends a turn that was longer than the slice; or if it
 *   was at least min-granularity long and the first in the queue is more than a slice of virtual time behind. So turns
 *   are whole ticks, but for those that somebody ends who wakes up.
 * - **New ones** begin a slice behind: at min_vruntime + their slice · 1024 / load.
 * - **Sleepers** come back where they were, but at least at min_vruntime − latency / 2: sleep earns them that much, not
 *   more. Nobody's vruntime ever goes back by that.
 * - **Preemption at wake-up.** Who comes takes the pCPU if the one that runs is ahead of it by more than
 *   wakeup-granularity · 1024 / the comer's load.
 * - **Yield.** If the one that yielded is still the first, the second runs in its place, unless that is ahead of it by
 *   more than wakeup-granularity. Then it goes on: a yield is a weak wish.
 * - **On another pCPU** vruntime keeps its distance to min_vruntime, of the one and then of the other.
 *
 * latency 6 ms, min-granularity 0.75 ms and wakeup-granularity 1 ms are the kernel's, and as there they count 1 +
 * ⌊log₂ of the number of pCPUs⌋ times, of at most 8 pCPUs: on two 12, 1.5 and 2 ms. There is no cap.
 *
 * Worked example: one pCPU, hogs A (weight 256: load 1024) and B (weight 512: load 2048) from t = 0. Virtual times in
 * ms:
 *
 *      t  0   A wakes up first, and is alone: its slice is 6, so it begins at 0 + 6 = 6, and runs: the clock is 6. B's
 *             slice beside A is 6 · ⅔ = 4, so it begins at 6 + 4 / 2 = 8
 *         4   tick: A 10; its turn, 4, was longer than its slice, 2 ─► B, at 8
 *         8   tick: B 10; its turn was not longer than its slice, 4, and A is not behind: B goes on
 *        12   tick: B 12; its turn, 8, was longer ─► A, at 10
 *        16   A 14 ─► B, at 12
 *        20   B 14 goes on
 *        24   B 16 ─► A, at 14; and so on: in each 12 ms A runs for 4 and B for 8
 *
 * Not here: groups within a VM, buddies (who preempted or was preempted last is not preferred), bandwidth limits, and
 * what fair/fair-policy.ts says of balancing. Virtual times are not rounded.
 */
import { Own } from './terms.ts';
import { FairPolicy } from '../fair/fair-policy.ts';
import { LOAD_PARTS } from '../fair/loads.ts';
import { NONE } from '../linked-lists.ts';
import { IDLE } from '../policy.ts';
import type { PolicyOptions, PolicyType } from '../policy-type.ts';

export class Cfs extends FairPolicy {
  /** Index vCPU, ns. */
  protected readonly vruntimeNs: Float64Array;
  /** Index pCPU, ns. */
  protected readonly minVruntimeNs: Float64Array;

  constructor(type: PolicyType, options: PolicyOptions) {
    super(type, options);
    this.vruntimeNs = new Float64Array(this.vmOf.length);
    this.minVruntimeNs = new Float64Array(this.pcpuCount);
  }

  override readVcpu(vcpu: number, out: Float64Array, at: number): void {
    const vruntimeNs = this.vruntimeNs[vcpu];
    out[at] = Math.round(vruntimeNs);
    out[at + 1] = Math.round(vruntimeNs - this.minVruntimeNs[this.pcpuOf[vcpu]]);
    out[at + 2] = this.loads.of[vcpu] / LOAD_PARTS;
  }

  protected keyOf(vcpu: number): number {
    return this.vruntimeNs[vcpu];
  }

  protected consume(vcpu: number, usedNs: number): void {
    this.vruntimeNs[vcpu] += this.virtual(vcpu, usedNs);
    const pcpu = this.pcpuOf[vcpu];
    const first = this.queues.first(pcpu);
    const leastNs = first === NONE ? Infinity : this.vruntimeNs[first];
    this.advance(pcpu, Math.min(this.vruntimeNs[vcpu], leastNs));
  }

  protected enter(vcpu: number, isNew: boolean, nowNs: number): void {
    const { vruntimeNs, minVruntimeNs, loads } = this;
    const pcpu = this.pcpuOf[vcpu];
    let placedNs = minVruntimeNs[pcpu] - (this.values.latencyNs * this.scale) / 2;
    if (isNew) {
      const sliceNs = this.sliceNs(vcpu, this.countOn(pcpu) + 1, this.loadOn(pcpu) + loads.of[vcpu]);
      placedNs = minVruntimeNs[pcpu] + this.virtual(vcpu, sliceNs);
    }
    if (placedNs <= vruntimeNs[vcpu]) return;
    vruntimeNs[vcpu] = placedNs;
    if (this.trace !== null) this.trace.own(nowNs, Own.place, vcpu, Math.round(placedNs));
  }

  protected rebase(vcpu: number, from: number, to: number): void {
    this.vruntimeNs[vcpu] += this.minVruntimeNs[to] - this.minVruntimeNs[from];
  }

  protected isOver(vcpu: number, pcpu: number, ranNs: number): boolean {
    const sliceNs = this.sliceNs(vcpu, this.countOn(pcpu), this.loadOn(pcpu));
    if (ranNs > sliceNs) return true;
    if (ranNs < this.values.minGranularityNs * this.scale) return false;
    return this.vruntimeNs[vcpu] - this.vruntimeNs[this.queues.first(pcpu)] > sliceNs;
  }

  protected goesBefore(vcpu: number, running: number): boolean {
    return this.vruntimeNs[running] - this.vruntimeNs[vcpu] > this.granularityNs(vcpu);
  }

  protected pick(pcpu: number, yielded: number): number {
    const { queues, vruntimeNs } = this;
    const first = queues.first(pcpu);
    if (first !== yielded) return first;
    const second = queues.next(first);
    if (second === NONE) return first;
    return vruntimeNs[second] - vruntimeNs[first] <= this.granularityNs(first) ? second : first;
  }

  protected start(_vcpu: number, pcpu: number): void {
    this.advance(pcpu, this.vruntimeNs[this.queues.first(pcpu)]);
  }

  override fault(): string | null {
    for (let vcpu = 0; vcpu < this.vcpuCount; vcpu++) {
      if (!Number.isFinite(this.vruntimeNs[vcpu])) return `vCPU ${vcpu} has no virtual time`;
      if (this.queues.queueOf(vcpu) !== NONE && this.queues.keyOf(vcpu) !== this.vruntimeNs[vcpu])
        return `vCPU ${vcpu} waits where it belonged before`;
    }
    return super.fault();
  }

  /** How long its turn is to be beside so many, itself included. */
  private sliceNs(vcpu: number, count: number, load: number): number {
    const { latencyNs, minGranularityNs } = this.values;
    const periodNs = Math.max(latencyNs, count * minGranularityNs) * this.scale;
    return (periodNs * this.loads.of[vcpu]) / load;
  }

  private granularityNs(vcpu: number): number {
    return this.virtual(vcpu, this.values.wakeupGranularityNs * this.scale);
  }

  private countOn(pcpu: number): number {
    return this.queues.sizeOf(pcpu) + (this.runningOn(pcpu) === IDLE ? 0 : 1);
  }

  private advance(pcpu: number, leastNs: number): void {
    if (leastNs > this.minVruntimeNs[pcpu]) this.minVruntimeNs[pcpu] = leastNs;
  }
}
