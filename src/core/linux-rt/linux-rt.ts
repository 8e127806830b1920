/**
 * Linux' real-time classes above CFS. A VM of class fifo or rr has a priority from 1 to 99, and its vCPUs go before all
 * of a lower one; VMs of class other are served by cfs (cfs/cfs.ts), and come last:
 *
 *     99 │ ▓▓ ▓▓           a list for each priority, on each pCPU: the first of the highest list runs
 *     …  │
 *     50 │ ▓▓ ▓▓ ▓▓        fifo: until it sleeps, yields, or a higher one comes
 *     …  │                 rr: also until rr-slice (100 ms of CPU time) is over; then it goes to the end of its list
 *      1 │ ▓▓
 *     ───┼──────────────
 *    cfs │ ░░ ░░ ░░ ░░     only while no real-time vCPU is there that may run
 *
 * - **Places.** Who wakes up or yields goes to the end of its list; who is preempted, to its head, and keeps what is
 *   left of its rr slice.
 * - **Preemption** is immediate, whatever the one that runs has had.
 * - **pCPUs.** A real-time vCPU that would wait goes to the pCPU, of those where it may run, on which least is lost: an
 *   idle one, or one that runs class other, or else the lowest priority below its own; of equals to its own. And a pCPU
 *   that decides takes a waiting one from elsewhere whose priority is higher than what it has. So nowhere does one run
 *   while a higher one waits that may run there and isn't throttled.
 * - **Throttling.** On each pCPU real-time vCPUs together may run for rt-runtime (950 ms of CPU time) in each rt-period
 *   (1 s, counted from t = 0). Then those that wait there, and the one that runs, are parked until the next period. cfs
 *   has the pCPU; if that has nobody, the pCPU idles. Nobody takes them away, but who wakes up meanwhile looks for a
 *   pCPU that isn't throttled. What is not used in a period is lost. rt-runtime = rt-period switches it off. A change
 *   of rt-period begins a new one at once.
 *
 * Worked example: one pCPU, R and S (rr, priority 20), F (fifo, 10), O (other). All are hogs, but R has only 150 ms of
 * work; F comes at 500 ms:
 *
 *      t  0   R, S and O wake up: R
 *       100   R's slice is over: S
 *       200   S's slice is over: R, which is done at 250 ─► S
 *       350   S's slice is over, and nobody else has its priority: it goes on. F, at 500, is lower
 *       950   throttled: O
 *      1000   a new period: S
 *      1950   throttled: O; 2000: S, and so on. S gets 95 %, O 5 %, F nothing
 *
 * Throttling is that of kernels until 6.11. Since 6.12 a deadline server for cfs has its place, and no CPU idles.
 *
 * Simpler than in the kernel: slices and throttling end to the ns, not at a tick; a period doesn't begin with the first
 * real-time vCPU; runtime isn't lent to other pCPUs (RT_RUNTIME_SHARE, off by default since 5.10); there is neither a
 * deadline nor an idle class. To balancing, a real-time vCPU that runs is as heavy as one of nice −20: so those of
 * class other that wait behind it are taken away.
 */
import { Cfs } from '../cfs/cfs.ts';
import { ownCounter } from '../counters.ts';
import { FairChoice } from '../fair/reason.ts';
import { LEAST_NICE, USUAL_WEIGHT, vmLoad } from '../fair/nice.ts';
import { NONE } from '../linked-lists.ts';
import { LOAD_PARTS } from '../fair/loads.ts';
import { misfitOf, VmClass } from './parameters.ts';
import { Own, RtReason } from './terms.ts';
import { IDLE, type ParameterValues, type PolicyVm } from '../policy.ts';
import type { PolicyOptions, PolicyType } from '../policy-type.ts';
import { Choice } from '../reason.ts';
import { RtQueues } from './rt-queues.ts';
import { THROTTLES } from './own-counters.ts';

/** What a pCPU runs, as a priority, if it is no real-time vCPU. */
const Level = { idle: -1, other: 0 } as const;

/** What a real-time vCPU that runs counts to balancing. */
const RT_BURDEN = vmLoad({ nice: LEAST_NICE, weight: USUAL_WEIGHT }) * LOAD_PARTS;

export class LinuxRt extends Cfs {
  private readonly rt: RtQueues;
  /** Index vCPU: 0 is class other. */
  private readonly priorities: Uint8Array;
  /** Index vCPU: what is left of its rr slice. */
  private readonly turnLeftNs: Float64Array;
  /** Index vCPU: 1 while it could go on and is throttled. */
  private readonly isParked: Uint8Array;
  /** Index pCPU: what real-time vCPUs have run in this period, when that ends, and 1 if they must wait until then. */
  private readonly usedNs: Float64Array;
  private readonly periodEndNs: Float64Array;
  private readonly isThrottled: Uint8Array;
  private readonly throttles: Float64Array;
  /** In this decision, one came from elsewhere, or a pCPU was throttled: others may have to look anew. */
  private isStirred = false;

  constructor(type: PolicyType, options: PolicyOptions) {
    options.vms.forEach(({ parameters = {} }) => refuseMisfit(parameters));
    super(type, options);
    const vcpus = this.vmOf.length;
    this.rt = new RtQueues(this.pcpuCount, vcpus);
    this.priorities = new Uint8Array(vcpus);
    this.turnLeftNs = new Float64Array(vcpus).fill(this.values.rrSliceNs);
    this.isParked = new Uint8Array(vcpus);
    this.usedNs = new Float64Array(this.pcpuCount);
    this.periodEndNs = new Float64Array(this.pcpuCount);
    this.isThrottled = new Uint8Array(this.pcpuCount);
    this.throttles = ownCounter(this.counters, THROTTLES);
    for (let vm = 0; vm < this.vmValues.length; vm++) this.setPriorities(vm);
  }

  override addVm(added: PolicyVm): number {
    refuseMisfit(added.parameters ?? {});
    const vm = super.addVm(added);
    this.setPriorities(vm);
    return vm;
  }

  override setVm(vm: number, change: ParameterValues, nowNs: number): boolean {
    if (misfitOf(change, this.vmValues[vm]) !== null) {
      if (this.trace !== null) this.trace.set(nowNs, vm, -1);
      return false;
    }
    const before = this.vmValues[vm].priority;
    const isDone = super.setVm(vm, change, nowNs);
    const { priority } = this.vmValues[vm];
    if (priority !== before) {
      this.setPriorities(vm);
      this.reorder(vm, priority < before);
    }
    return isDone;
  }

  override tune(change: ParameterValues, nowNs: number): boolean {
    const { rtRuntimeNs, rtPeriodNs } = this.values;
    const isDone = super.tune(change, nowNs);
    if (rtRuntimeNs === this.values.rtRuntimeNs && rtPeriodNs === this.values.rtPeriodNs) return isDone;
    for (let pcpu = 0; pcpu < this.pcpuCount; pcpu++) {
      if (rtPeriodNs !== this.values.rtPeriodNs) {
        // What ran until now belongs to the period before.
        this.chargeRunning(pcpu);
        this.periodEndNs[pcpu] = nowNs;
        this.beginPeriod(pcpu, nowNs);
      }
      if (this.isThrottled[pcpu] === 1 && !this.isSpent(pcpu)) this.unthrottle(pcpu, nowNs);
      this.ask(pcpu, RtReason.allowed);
    }
    return isDone;
  }

  override schedule(pcpu: number, nowNs: number, currentCpuNs: number): number {
    this.isStirred = false;
    const next = super.schedule(pcpu, nowNs, currentCpuNs);
    if (this.isStirred) for (let each = 0; each < this.pcpuCount; each++) this.seekFor(each);
    else this.seekFor(pcpu);
    return next;
  }

  override readVcpu(vcpu: number, out: Float64Array, at: number): void {
    out[at] = this.priorities[vcpu];
    super.readVcpu(vcpu, out, at + 1);
  }

  override readVm(vm: number, out: Float64Array, at: number): void {
    out[at] = this.vmValues[vm].class;
    out[at + 1] = this.vmValues[vm].priority;
    super.readVm(vm, out, at + 2);
  }

  override queueOf(pcpu: number): number[] {
    const rt = this.isThrottled[pcpu] === 1 ? [] : this.rt.itemsOf(pcpu);
    return [...rt, ...super.queueOf(pcpu)];
  }

  override fault(): string | null {
    for (let pcpu = 0; pcpu < this.pcpuCount; pcpu++) {
      for (const vcpu of this.rt.itemsOf(pcpu)) {
        if (this.pcpuOf[vcpu] !== pcpu) return `vCPU ${vcpu} waits on pCPU ${pcpu} and belongs elsewhere`;
        if (this.isParked[vcpu] !== this.isThrottled[pcpu]) return `vCPU ${vcpu}: throttled or not?`;
        const lost = this.isThrottled[pcpu] === 1 || this.nextResched() >= 0 ? IDLE : this.targetFor(vcpu);
        if (lost !== IDLE) return `vCPU ${vcpu} waits while pCPU ${lost} runs something lower`;
      }
    }
    return super.fault();
  }

  protected override add(vcpu: number): void {
    if (!this.isRt(vcpu)) {
      super.add(vcpu);
      return;
    }
    const pcpu = this.pcpuOf[vcpu];
    this.rt.insert(pcpu, vcpu, this.priorities[vcpu], this.current[pcpu] === vcpu);
  }

  protected override remove(vcpu: number): void {
    if (this.isRt(vcpu)) this.rt.remove(vcpu);
    else super.remove(vcpu);
  }

  protected override consume(vcpu: number, usedNs: number): void {
    if (!this.isRt(vcpu)) {
      super.consume(vcpu, usedNs);
      return;
    }
    this.usedNs[this.pcpuOf[vcpu]] += usedNs;
    if (this.isRr(vcpu)) this.turnLeftNs[vcpu] -= usedNs;
  }

  protected override waitBegan(vcpu: number, nowNs: number): void {
    if (!this.isRt(vcpu)) return;
    if (this.isThrottled[this.pcpuOf[vcpu]] === 1) this.park(vcpu, nowNs);
    else this.unpark(vcpu, nowNs);
  }

  protected override stopped(vcpu: number, nowNs: number): void {
    this.unpark(vcpu, nowNs);
  }

  protected override place(vcpu: number, nowNs: number): void {
    if (!this.isRt(vcpu)) {
      super.place(vcpu, nowNs);
      return;
    }
    const target = this.targetFor(vcpu);
    if (target !== IDLE) this.moveTo(vcpu, target, nowNs);
  }

  /** A real-time vCPU that waits asks the pCPU where least is lost, whether that idles or not. */
  protected override tickle(vcpu: number): boolean {
    if (!this.isRt(vcpu)) return super.tickle(vcpu);
    const target = this.isParked[vcpu] === 1 ? IDLE : this.targetFor(vcpu);
    if (target === IDLE) return false;
    this.idlers.delete(target);
    this.ask(target, RtReason.tickled);
    return true;
  }

  protected override preempt(vcpu: number): void {
    if (!this.isRt(vcpu)) super.preempt(vcpu);
  }

  protected override choose(pcpu: number, nowNs: number, prev: number, asked: number): number {
    const isRtPrev = prev !== IDLE && this.isRt(prev);
    this.beginPeriod(pcpu, nowNs);
    if (isRtPrev) this.endTurn(prev, pcpu, asked);
    if (this.isSpent(pcpu) && this.isThrottled[pcpu] === 0) {
      if (isRtPrev) this.finding = RtReason.throttled;
      this.throttle(pcpu, nowNs);
    }
    const next = this.isThrottled[pcpu] === 1 ? NONE : this.chooseRt(pcpu, nowNs, prev);
    if (next !== NONE) return next;
    return super.choose(pcpu, nowNs, isRtPrev ? IDLE : prev, asked & ~(1 << RtReason.allowed));
  }

  protected override begin(vcpu: number, nowNs: number): number {
    if (!this.isRt(vcpu)) return super.begin(vcpu, nowNs);
    const pcpu = this.pcpuOf[vcpu];
    const { rtRuntimeNs, rtPeriodNs } = this.values;
    let leftNs = this.periodEndNs[pcpu] - nowNs;
    if (rtRuntimeNs < rtPeriodNs) leftNs = Math.min(leftNs, rtRuntimeNs - this.usedNs[pcpu]);
    // It may have gone to sleep at the very end of its slice: a moment later it has had it.
    return this.isRr(vcpu) ? Math.min(leftNs, Math.max(1, this.turnLeftNs[vcpu])) : leftNs;
  }

  protected override ring(pcpu: number, nowNs: number): void {
    this.beginPeriod(pcpu, nowNs);
    if (this.rt.count === 0) return;
    this.idlers.delete(pcpu);
    this.ask(pcpu, RtReason.allowed);
  }

  protected override runningOn(pcpu: number): number {
    const running = super.runningOn(pcpu);
    return running !== IDLE && this.isRt(running) ? IDLE : running;
  }

  protected override burdenOn(pcpu: number): number {
    const current = this.current[pcpu];
    return super.burdenOn(pcpu) + (current !== IDLE && this.isRt(current) ? RT_BURDEN : 0);
  }

  /** The first of those that wait here, or one from elsewhere that is higher, or NONE. */
  private chooseRt(pcpu: number, nowNs: number, prev: number): number {
    const { rt } = this;
    if (rt.count === 0) return NONE;
    const pulled = this.highestElsewhere(pcpu, rt.top(pcpu));
    if (pulled !== NONE) {
      this.take(pulled, pcpu, nowNs);
      this.isStirred = true;
    }
    const next = rt.first(pcpu);
    if (next === NONE) return NONE;
    if (next === prev) this.choice = FairChoice.kept;
    else this.choice = pulled === NONE ? Choice.queue : Choice.stolen;
    if (prev !== IDLE && this.priorities[prev] < this.priorities[next]) this.preemptions[next]++;
    return next;
  }

  /** The highest that waits on another pCPU and may run here, of a priority above this one, or NONE. */
  private highestElsewhere(pcpu: number, above: number): number {
    let found = NONE;
    let priority = above;
    for (let other = 0; other < this.pcpuCount; other++) {
      if (other === pcpu || this.isThrottled[other] === 1 || this.rt.top(other) <= priority) continue;
      let vcpu = this.rt.first(other);
      while (vcpu !== NONE && !this.affinity.of(vcpu).has(pcpu)) vcpu = this.rt.next(vcpu);
      if (vcpu === NONE || this.priorities[vcpu] <= priority) continue;
      found = vcpu;
      priority = this.priorities[vcpu];
    }
    return found;
  }

  /** The pCPU where a vCPU that doesn't run would run, and least is lost; IDLE: nowhere. Of equals its own. */
  private targetFor(vcpu: number): number {
    const allowed = this.affinity.of(vcpu);
    let target = IDLE;
    let least = this.priorities[vcpu];
    let pcpu = this.pcpuOf[vcpu];
    for (let left = allowed.count; left > 0; left--, pcpu = allowed.next(pcpu)) {
      const level = this.isThrottled[pcpu] === 1 ? Infinity : this.levelOn(pcpu, vcpu);
      if (level >= least) continue;
      target = pcpu;
      least = level;
    }
    return target;
  }

  /** The highest priority of what runs on a pCPU, and of what waits there in front of this vCPU. */
  private levelOn(pcpu: number, vcpu: number): number {
    const first = this.rt.first(pcpu);
    const running = this.current[pcpu];
    const waiting = first === NONE || first === vcpu ? Level.idle : this.rt.top(pcpu);
    if (running === IDLE) return Math.max(waiting, this.idlers.has(pcpu) ? Level.idle : Level.other);
    return Math.max(waiting, this.priorities[running]);
  }

  /** Those that wait on a pCPU look for another one. */
  private seekFor(pcpu: number): void {
    if (this.rt.count === 0 || this.isThrottled[pcpu] === 1) return;
    for (let vcpu = this.rt.first(pcpu); vcpu !== NONE; vcpu = this.rt.next(vcpu)) this.tickle(vcpu);
  }

  /** One that ran goes behind its equals if it has yielded, or its rr slice is over. It is at the head of its list. */
  private endTurn(vcpu: number, pcpu: number, asked: number): void {
    const isOver = this.isRr(vcpu) && this.turnLeftNs[vcpu] <= 0;
    if (isOver) this.turnLeftNs[vcpu] = this.values.rrSliceNs;
    else if ((asked & (1 << RtReason.yielded)) === 0) return;
    this.rt.remove(vcpu);
    this.rt.insert(pcpu, vcpu, this.priorities[vcpu], false);
  }

  /** The priority of a VM has changed: a lower one comes before its equals, a higher one behind them. */
  private reorder(vm: number, isLower: boolean): void {
    for (let vcpu = this.firstVcpu[vm]; vcpu < this.firstVcpu[vm + 1]; vcpu++) {
      const pcpu = this.pcpuOf[vcpu];
      if (this.rt.isQueued(vcpu)) {
        this.rt.remove(vcpu);
        this.rt.insert(pcpu, vcpu, this.priorities[vcpu], isLower);
        this.tickle(vcpu);
      } else if (this.current[pcpu] === vcpu) {
        this.ask(pcpu, RtReason.tickled);
      }
    }
  }

  private beginPeriod(pcpu: number, nowNs: number): void {
    if (nowNs < this.periodEndNs[pcpu]) return;
    const { rtPeriodNs } = this.values;
    this.usedNs[pcpu] = 0;
    this.periodEndNs[pcpu] = (Math.floor(nowNs / rtPeriodNs) + 1) * rtPeriodNs;
    if (this.isThrottled[pcpu] === 1) this.unthrottle(pcpu, nowNs);
  }

  /** Whether real-time vCPUs of a pCPU have run for as long as they may. */
  private isSpent(pcpu: number): boolean {
    const { rtRuntimeNs, rtPeriodNs } = this.values;
    return rtRuntimeNs < rtPeriodNs && this.usedNs[pcpu] >= rtRuntimeNs;
  }

  private throttle(pcpu: number, nowNs: number): void {
    this.isThrottled[pcpu] = 1;
    this.isStirred = true;
    this.setAlarm(pcpu, this.periodEndNs[pcpu]);
    for (let vcpu = this.rt.first(pcpu); vcpu !== NONE; vcpu = this.rt.next(vcpu)) this.park(vcpu, nowNs);
  }

  private unthrottle(pcpu: number, nowNs: number): void {
    this.isThrottled[pcpu] = 0;
    this.cancelAlarm(pcpu);
    for (let vcpu = this.rt.first(pcpu); vcpu !== NONE; vcpu = this.rt.next(vcpu)) this.unpark(vcpu, nowNs);
  }

  private park(vcpu: number, nowNs: number): void {
    if (this.isParked[vcpu] === 1) return;
    this.isParked[vcpu] = 1;
    this.throttles[vcpu]++;
    if (this.trace !== null) this.trace.own(nowNs, Own.throttle, vcpu, this.pcpuOf[vcpu]);
  }

  private unpark(vcpu: number, nowNs: number): void {
    if (this.isParked[vcpu] === 0) return;
    this.isParked[vcpu] = 0;
    if (this.trace !== null) this.trace.own(nowNs, Own.unthrottle, vcpu);
  }

  private setPriorities(vm: number): void {
    this.priorities.fill(this.vmValues[vm].priority, this.firstVcpu[vm], this.firstVcpu[vm + 1]);
  }

  private isRt(vcpu: number): boolean {
    return this.priorities[vcpu] > 0;
  }

  private isRr(vcpu: number): boolean {
    return this.vmValues[this.vmOf[vcpu]].class === VmClass.rr;
  }
}

/** @throws RangeError */
function refuseMisfit(parameters: ParameterValues): void {
  const misfit = misfitOf(parameters, null);
  if (misfit !== null)
    throw new RangeError(`${misfit.field}: ${misfit.message}: expected ${misfit.expected}`);
}
