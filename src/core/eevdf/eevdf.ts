/**
 * EEVDF, earliest eligible virtual deadline first: what Linux has had in the place of CFS since 6.6, after Stoica and
 * Abdel-Wahab (1995). Each vCPU has a virtual time that goes on while it runs, the heavier the vCPU the slower, and so
 * has each pCPU. Who is behind its pCPU's is owed CPU time, and only that one may be chosen: it is *eligible*. Which of
 * the eligible is chosen goes by deadline, so how long a turn is and how soon it comes can be asked for:
 *
 *     vruntime += CPU time · 1024 / load            load as in CFS: nice, weight, divided by the VM's running vCPUs
 *     V         = Σ load · vruntime / Σ load        of all on the pCPU, running or waiting
 *     lag       = (V − vruntime) · load / 1024      CPU time that it is owed; the sum of all lags is 0
 *     eligible:   vruntime ≤ V                      so there is always somebody
 *     deadline  = vruntime + slice · 1024 / load    of when it made its request: for so much CPU time
 *
 *                      V
 *     A ───────●───────┼─────────────┤ deadline     eligible
 *     B ──────────●────┼───┤ deadline               eligible, and before A
 *     C ───────────────┼──●─┤ deadline              has had too much, and waits until V has come to it
 *
 * - **Turns.** A request is used up when the vCPU has had that CPU time, and so has come to its deadline; then it makes
 *   the next one. A tick ends the turn of one whose request is used up, so turns are whole ticks. Of hogs on one pCPU
 *   nobody has more too early than the longest turn; nor is anybody owed more, if requests are whole ticks.
 * - **Preemption at wake-up.** Who comes takes the pCPU if it would be chosen, the one that runs among the others. With
 *   `run-to-parity` that one goes on as long as it is eligible and its request isn't used up.
 * - **Sleepers** keep their lag, at most that of two slices or a tick. Who comes to others is placed so that its lag is
 *   what it was: V moves by its coming, so it is put (L + load) / L times its lag from V, where L is their load. It
 *   makes a new request. One that is new has the lag 0, and asks for half a slice the first time.
 * - **Yield.** It puts off its deadline by a slice.
 * - **On another pCPU** it comes with its lag, as a sleeper does.
 * - **Another load.** Lag stays, and so does how much of its request is left: vruntime and deadline change.
 *
 * A slice is base-slice, 0.75 ms, as in 6.6; as there it counts 1 + ⌊log₂ of the number of pCPUs⌋ times, of at most 8
 * pCPUs, so 3 ms on 8. A VM may ask for another one, as a task may since 6.12. There is no cap.
 *
 * Worked example: one pCPU, a tick of 1 ms, hogs A and B that ask for 4 ms, and C, which asks for 1; all of load 1024,
 * from t = 0. `A 2/6`: vruntime 2, deadline 6, in ms:
 *
 *      t  0   A comes first, asks for half of its slice, 0/2, and runs. B comes to V = 0: 0/2; C: 0/0.5
 *         1   tick: A's request isn't used up, so nobody looks
 *         2   A used up: 2/6. V = ⅔, B and C are eligible, C is earlier ─► C
 *         3   C used up: 1/2. V = 1, B 0/2 and C 1/2 are eligible and equal, B has waited ─► B
 *         5   B used up: 2/6. V = 1⅔, only C is eligible ─► C
 *         6   C used up: 2/3. V = 2, all are eligible, C is the earliest and goes on
 *         7   C used up: 3/4. V = 2⅓, A 2/6 and B 2/6 are eligible and equal, A has waited for longer ─► A
 *        11   A used up: 6/10. V = 3⅔, B 2/6 and C 3/4 are eligible ─► C; at 12 it is 4/5 and V = 4: it goes on
 *        13   C used up: 5/6. V = 4⅓ ─► B; 17 C, 19 A, and so on: in each 12 ms each runs for 4, C in two turns of 2
 *
 * Not here: groups within a VM, buddies, bandwidth limits, sleepers that stay queued until they are eligible (since
 * 6.12), and what fair/fair-policy.ts says of balancing. Virtual times are not rounded.
 */
import { Own, VcpuReading } from './terms.ts';
import { FairPolicy } from '../fair/fair-policy.ts';
import { LOAD_PARTS } from '../fair/loads.ts';
import { NICE_0_LOAD } from '../fair/nice.ts';
import { NONE } from '../linked-lists.ts';
import { IDLE, type ParameterValues } from '../policy.ts';
import type { PolicyOptions, PolicyType } from '../policy-type.ts';

/** Those that are on a pCPU, together: their load, and Σ load · (vruntime − clock). */
interface Crowd {
  load: number;
  sum: number;
}

/** Virtual times that are no farther apart are as good as equal: V is rounded. */
const SAME_NS = 1e-3;

/** Which part of V sums may be wrong by, after many changes to them. Light vCPUs have virtual times of many years. */
const DRIFT = 1e-12;

export class Eevdf extends FairPolicy {
  /** Index vCPU, ns of virtual time. */
  private readonly vruntimeNs: Float64Array;
  private readonly deadlineNs: Float64Array;
  /** Index vCPU: what is left of its request, ns of CPU time. */
  private readonly leftNs: Float64Array;
  /** Index vCPU: of one that can't run, V − vruntime when it stopped. */
  private readonly keptLagNs: Float64Array;
  /** Index vCPU: 1 while it can run and has a place on its pCPU. */
  private readonly isOn: Uint8Array;
  /** Index vCPU: 1 if it has used up its request since it was chosen. */
  private readonly isServed: Uint8Array;
  /** Index pCPU: its crowd, by which V is told. */
  private readonly crowdLoad: Float64Array;
  private readonly crowdSum: Float64Array;
  private readonly crowd: Crowd = { load: 0, sum: 0 };
  /** Index pCPU: a time near V, a whole number of ns away from the last one, so that sums are exact or nearly so. */
  private readonly clockNs: Float64Array;

  constructor(type: PolicyType, options: PolicyOptions) {
    super(type, options);
    const vcpus = this.vmOf.length;
    this.vruntimeNs = new Float64Array(vcpus);
    this.deadlineNs = new Float64Array(vcpus);
    this.leftNs = new Float64Array(vcpus);
    this.keptLagNs = new Float64Array(vcpus);
    this.isOn = new Uint8Array(vcpus);
    this.isServed = new Uint8Array(vcpus);
    this.crowdLoad = new Float64Array(this.pcpuCount);
    this.crowdSum = new Float64Array(this.pcpuCount);
    this.clockNs = new Float64Array(this.pcpuCount);
  }

  /** Where one was heavy until now, sums are rounded for those who are light. */
  override setVm(vm: number, change: ParameterValues, nowNs: number): boolean {
    const before = this.shareOf(vm);
    const isDone = super.setVm(vm, change, nowNs);
    if (this.shareOf(vm) === before) return isDone;
    for (let pcpu = 0; pcpu < this.pcpuCount; pcpu++) this.countAnew(pcpu);
    return isDone;
  }

  override readVcpu(vcpu: number, out: Float64Array, at: number): void {
    const load = this.loads.of[vcpu] / LOAD_PARTS;
    out[at + VcpuReading.lag] = Math.round((this.lagNs(vcpu) * load) / NICE_0_LOAD);
    out[at + VcpuReading.deadline] = Math.round(this.deadlineNs[vcpu]);
    out[at + VcpuReading.vruntime] = Math.round(this.vruntimeNs[vcpu]);
    out[at + VcpuReading.load] = load;
  }

  protected keyOf(vcpu: number): number {
    return this.deadlineNs[vcpu];
  }

  /** Whether a request is used up is told by CPU time, which isn't rounded. */
  protected consume(vcpu: number, usedNs: number): void {
    const { vruntimeNs } = this;
    const wasNs = vruntimeNs[vcpu];
    vruntimeNs[vcpu] += this.virtual(vcpu, usedNs);
    // What it has really come forward, as vruntime is rounded.
    if (this.isOn[vcpu] === 1)
      this.crowdSum[this.pcpuOf[vcpu]] += this.loads.of[vcpu] * (vruntimeNs[vcpu] - wasNs);
    this.leftNs[vcpu] -= usedNs;
    if (this.leftNs[vcpu] > 0) return;
    this.request(vcpu, this.sliceNs(vcpu));
    this.isServed[vcpu] = 1;
  }

  protected override changeRunnable(vcpu: number, canRun: boolean): void {
    const pcpu = this.pcpuOf[vcpu];
    const isCurrent = this.current[pcpu] === vcpu;
    if (!canRun) this.keepLag(vcpu, pcpu, isCurrent);
    // One that can run again before it was off its pCPU has never left.
    else if (isCurrent) this.join(vcpu, pcpu);
    super.changeRunnable(vcpu, canRun);
  }

  protected enter(vcpu: number, isNew: boolean, nowNs: number): void {
    this.putBehind(vcpu, this.pcpuOf[vcpu], this.keptLagNs[vcpu]);
    this.request(vcpu, this.sliceNs(vcpu) / (isNew ? 2 : 1));
    const { trace } = this;
    if (trace === null) return;
    trace.own(nowNs, Own.place, vcpu, Math.round(this.vruntimeNs[vcpu]), Math.round(this.deadlineNs[vcpu]));
  }

  /** One that can't run is placed when it can. */
  protected rebase(vcpu: number, from: number, to: number): void {
    if (this.isOn[vcpu] === 0) return;
    const lagNs = this.averageNs(from) - this.vruntimeNs[vcpu];
    this.leave(vcpu, from);
    this.putBehind(vcpu, to, lagNs);
    this.request(vcpu, this.sliceNs(vcpu));
  }

  protected override reweigh(vcpu: number, load: number): void {
    const { vruntimeNs, deadlineNs, keptLagNs, crowdLoad, crowdSum, clockNs } = this;
    const was = this.loads.of[vcpu];
    const part = was / load;
    if (this.isOn[vcpu] === 0) {
      keptLagNs[vcpu] *= part;
      return;
    }
    const pcpu = this.pcpuOf[vcpu];
    const averageNs = this.averageNs(pcpu);
    const wasNs = vruntimeNs[vcpu];
    const untilDeadlineNs = deadlineNs[vcpu] - wasNs;
    vruntimeNs[vcpu] = averageNs - (averageNs - wasNs) * part;
    crowdLoad[pcpu] += load - was;
    crowdSum[pcpu] += load * (vruntimeNs[vcpu] - clockNs[pcpu]) - was * (wasNs - clockNs[pcpu]);
    deadlineNs[vcpu] = vruntimeNs[vcpu] + untilDeadlineNs * part;
  }

  protected isOver(vcpu: number): boolean {
    return this.isServed[vcpu] === 1;
  }

  protected goesBefore(vcpu: number, running: number): boolean {
    const untilNs = this.eligibleUntil(this.pcpuOf[vcpu], running);
    if (this.isOn[running] === 1 && this.vruntimeNs[running] <= untilNs) {
      if (this.isProtected(running) || this.deadlineNs[running] < this.deadlineNs[vcpu]) return false;
    }
    return this.firstEligible(this.pcpuOf[vcpu], untilNs) === vcpu;
  }

  protected pick(pcpu: number, yielded: number): number {
    const { queues } = this;
    if (yielded !== IDLE && queues.sizeOf(pcpu) > 1) {
      queues.remove(yielded);
      this.request(yielded, this.leftNs[yielded] + this.sliceNs(yielded));
      queues.insert(pcpu, yielded, this.deadlineNs[yielded]);
    }
    this.advanceClock(pcpu);
    // One that ran and isn't in the queue leaves, for another pCPU perhaps: it must not be the only eligible one.
    const untilNs = this.eligibleUntil(pcpu, IDLE);
    const prev = this.current[pcpu];
    const mayStay = yielded === IDLE && prev !== IDLE && queues.queueOf(prev) === pcpu;
    if (mayStay && this.isProtected(prev) && this.vruntimeNs[prev] <= untilNs) return prev;
    return this.firstEligible(pcpu, untilNs);
  }

  protected start(vcpu: number): void {
    this.isServed[vcpu] = 0;
  }

  override fault(): string | null {
    for (let vcpu = 0; vcpu < this.vcpuCount; vcpu++) {
      const [vruntimeNs, deadlineNs] = [this.vruntimeNs[vcpu], this.deadlineNs[vcpu]];
      if (!Number.isFinite(vruntimeNs)) return `vCPU ${vcpu} has no virtual time`;
      const isQueued = this.queues.queueOf(vcpu) !== NONE;
      if (isQueued && this.isOn[vcpu] === 0) return `vCPU ${vcpu} waits and isn't counted`;
      if (isQueued && this.queues.keyOf(vcpu) !== deadlineNs)
        return `vCPU ${vcpu} waits where it belonged before`;
      if (this.isOn[vcpu] === 1 && deadlineNs <= vruntimeNs)
        return `vCPU ${vcpu} is at ${vruntimeNs} and has a deadline of ${deadlineNs}`;
    }
    for (let pcpu = 0; pcpu < this.pcpuCount; pcpu++) {
      const { load, sum } = this.addUp(pcpu);
      const [counted, averageNs] = [this.crowdLoad[pcpu], this.averageNs(pcpu)];
      if (load !== counted) return `${load} is the load on pCPU ${pcpu}, which counts ${counted}`;
      if (load === 0) continue;
      const offNs = Math.abs(sum - this.crowdSum[pcpu]) / load;
      if (offNs > Math.max(SAME_NS, Math.abs(averageNs) * DRIFT))
        return `pCPU ${pcpu} counts ${averageNs} as its virtual time and is ${offNs} ns off`;
    }
    return super.fault();
  }

  /** V − vruntime. */
  private lagNs(vcpu: number): number {
    if (this.isOn[vcpu] === 0) return this.keptLagNs[vcpu];
    return this.averageNs(this.pcpuOf[vcpu]) - this.vruntimeNs[vcpu];
  }

  /** It goes on in the place of others only when they are ahead of it, or it has had what it asked for. */
  private isProtected(vcpu: number): boolean {
    return this.values.runToParity === 1 && this.isServed[vcpu] === 0;
  }

  /**
   * Up to which vruntime one is eligible: V, or as good as V, where those come to that are owed nothing. After a very
   * long time V is rounded more coarsely, and might lie before all.
   * @param running who counts beside those in the queue, or IDLE
   */
  private eligibleUntil(pcpu: number, running: number): number {
    const { queues, vruntimeNs } = this;
    const isAll = running === this.runningOn(pcpu);
    const averageNs = (isAll ? this.averageNs(pcpu) : this.averageWith(pcpu, running)) + SAME_NS;
    let leastNs = running === IDLE || this.isOn[running] === 0 ? Infinity : vruntimeNs[running];
    for (let vcpu = queues.first(pcpu); vcpu !== NONE && leastNs > averageNs; vcpu = queues.next(vcpu))
      leastNs = Math.min(leastNs, vruntimeNs[vcpu]);
    return Math.max(averageNs, leastNs);
  }

  /** Of those in the queue, which is in the order of deadlines; or IDLE. */
  private firstEligible(pcpu: number, untilNs: number): number {
    let vcpu = this.queues.first(pcpu);
    while (vcpu !== NONE && this.vruntimeNs[vcpu] > untilNs) vcpu = this.queues.next(vcpu);
    return vcpu;
  }

  /** It no longer counts on its pCPU. How far it was behind, or ahead, is kept. */
  private keepLag(vcpu: number, pcpu: number, isCurrent: boolean): void {
    if (this.isOn[vcpu] === 0) return;
    if (isCurrent) this.chargeRunning(pcpu);
    const lagNs = this.averageNs(pcpu) - this.vruntimeNs[vcpu];
    const mostNs = this.virtual(vcpu, Math.max(2 * this.sliceNs(vcpu), this.values.tickNs));
    this.keptLagNs[vcpu] = Math.min(mostNs, Math.max(-mostNs, lagNs));
    this.leave(vcpu, pcpu);
  }

  /** It comes to those on a pCPU, and counts there from now on. Its lag is to be this one then. */
  private putBehind(vcpu: number, pcpu: number, lagNs: number): void {
    const load = this.crowdLoad[pcpu];
    const farther = load === 0 ? 0 : (load + this.loads.of[vcpu]) / load;
    this.vruntimeNs[vcpu] = this.averageNs(pcpu) - lagNs * farther;
    this.join(vcpu, pcpu);
  }

  /** It counts on a pCPU. */
  private join(vcpu: number, pcpu: number): void {
    const load = this.loads.of[vcpu];
    this.isOn[vcpu] = 1;
    this.crowdLoad[pcpu] += load;
    this.crowdSum[pcpu] += load * (this.vruntimeNs[vcpu] - this.clockNs[pcpu]);
  }

  /** It no longer does. The others are added up anew: beside a heavy one, sums are rounded for those who are light. */
  private leave(vcpu: number, pcpu: number): void {
    this.isOn[vcpu] = 0;
    this.countAnew(pcpu);
    if (this.crowdLoad[pcpu] === 0) this.clockNs[pcpu] = this.vruntimeNs[vcpu];
  }

  private countAnew(pcpu: number): void {
    const { load, sum } = this.addUp(pcpu);
    this.crowdLoad[pcpu] = load;
    this.crowdSum[pcpu] = sum;
  }

  /** From now on it asks for so much CPU time. */
  private request(vcpu: number, ns: number): void {
    this.leftNs[vcpu] = ns;
    this.deadlineNs[vcpu] = this.vruntimeNs[vcpu] + this.virtual(vcpu, ns);
  }

  private sliceNs(vcpu: number): number {
    const { sliceNs } = this.vmValues[this.vmOf[vcpu]];
    return sliceNs === 0 ? this.values.baseSliceNs * this.scale : sliceNs;
  }

  /** V; if nobody is there, where it was. */
  private averageNs(pcpu: number): number {
    const load = this.crowdLoad[pcpu];
    return load === 0 ? this.clockNs[pcpu] : this.clockNs[pcpu] + this.crowdSum[pcpu] / load;
  }

  /** V of those in the queue and of one that runs, or IDLE. */
  private averageWith(pcpu: number, running: number): number {
    const { load, sum } = this.addUp(pcpu, running);
    return load === 0 ? this.clockNs[pcpu] : this.clockNs[pcpu] + sum / load;
  }

  /** Sums are told from a time near V again, and so stay small. */
  private advanceClock(pcpu: number): void {
    const load = this.crowdLoad[pcpu];
    if (load === 0) return;
    const passedNs = Math.round(this.crowdSum[pcpu] / load);
    this.clockNs[pcpu] += passedNs;
    this.crowdSum[pcpu] -= load * passedNs;
  }

  /** Those on a pCPU, running or waiting, one by one. Valid until it is asked for again. */
  private addUp(pcpu: number, running = this.runningOn(pcpu)): Crowd {
    const { crowd, queues, vruntimeNs, isOn } = this;
    const { of } = this.loads;
    const clockNs = this.clockNs[pcpu];
    const isAnyRunning = running !== IDLE && isOn[running] === 1;
    let load = isAnyRunning ? of[running] : 0;
    let sum = isAnyRunning ? load * (vruntimeNs[running] - clockNs) : 0;
    for (let vcpu = queues.first(pcpu); vcpu !== NONE; vcpu = queues.next(vcpu)) {
      if (isOn[vcpu] === 0) continue;
      load += of[vcpu];
      sum += of[vcpu] * (vruntimeNs[vcpu] - clockNs);
    }
    crowd.load = load;
    crowd.sum = sum;
    return crowd;
  }
}
