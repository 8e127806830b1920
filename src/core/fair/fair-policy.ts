/**
 * What fair schedulers have in common, whatever their measure of fairness is: a queue for each pCPU in the order of a
 * key, loads, ticks, and how vCPUs come to another pCPU.
 *
 *     wakes up ──► its own pCPU if that idles, or another idle one, or its own
 *     is new   ──► an idle pCPU, or the one with the least load
 *     idle     ──► a pCPU that would idle takes a waiting vCPU from the one with the most load
 *     balance  ──► a busy pCPU, at a tick: takes one from the one with the most load, if that is over 17 % more than
 *                  its own, and the vCPU's load is at most half of the difference; after an attempt that found none so
 *                  light, at most the whole difference, then twice that, and so on
 *
 * A pCPU balances every `balance` · number of pCPUs, less a tick, as in the kernel, and each begins at another time:
 * else they would do it in step. So three equal vCPUs on two pCPUs change places, and get about two thirds each.
 *
 * Every pCPU that isn't idle has a tick at each multiple of `tick`, all of them at once, and looks whether the one that
 * runs is to make way. It does so only then, when that one stops or yields, and when another one wakes up.
 *
 * Simpler than in the kernel: there are no domains, caches or SMT siblings, so all pCPUs are alike; the load is that of
 * the moment, not an average; one vCPU is moved at a time. And one that must wait while a pCPU idles where it may run
 * makes that one look at once, and not at the next tick: no pCPU idles that somebody wants.
 */
import { ownCounter } from '../counters.ts';
import { PREEMPTIONS } from './own-counters.ts';
import { NONE } from '../linked-lists.ts';
import { LOAD_PARTS, Loads } from './loads.ts';
import { NICE_0_LOAD, vmLoad } from './nice.ts';
import { OrderedQueues } from './ordered-queues.ts';
import { PolicyBase } from '../policy-base.ts';
import { type CpuTimes, IDLE, type ParameterValues, type PolicyVm } from '../policy.ts';
import type { PolicyOptions, PolicyType } from '../policy-type.ts';
import { Choice, Reason } from '../reason.ts';
import { FairChoice } from './reason.ts';

/** How much more load, in percent, another pCPU must have to be taken from. */
const IMBALANCE_PERCENT = 117;

/** More pCPUs than this don't make times longer. */
const MOST_SCALED_PCPUS = 8;

export abstract class FairPolicy extends PolicyBase {
  /** Index pCPU: those that wait there. */
  protected readonly queues: OrderedQueues;
  protected readonly loads: Loads;
  /** How often the kernel's times count, which are those of one CPU. */
  protected readonly scale: number;
  /** Index vCPU: its CPU time when it was charged last, and when its turn began. */
  protected readonly chargedNs: Float64Array;
  private readonly turnNs: Float64Array;
  /** Index vCPU: the pCPU by whose clock its place in the queue is told. */
  private readonly homes: Int32Array;
  /** Index vCPU: 1 until it waits for the first time. */
  private readonly isNew: Uint8Array;
  /** Index pCPU: when it was balanced last, and how often in vain since it took somebody. */
  private readonly balancedNs: Float64Array;
  private readonly vainTimes: Uint8Array;
  protected readonly preemptions: Float64Array;
  /** Index pCPU: how often it has decided; index vCPU: the decision that it came for, to preempt. */
  private readonly decided: Float64Array;
  private readonly cameFor: Float64Array;
  private cpuTimes!: CpuTimes;
  /** What is left until a tick, or of a throttled class's time, may be a moment. */
  protected override readonly leastSliceNs = 1;

  constructor(type: PolicyType, options: PolicyOptions) {
    super(type, options);
    const vcpus = this.vmOf.length;
    this.queues = new OrderedQueues(this.pcpuCount, vcpus);
    this.loads = new Loads(this.pcpuCount, this.firstVcpu.length - 1, vcpus);
    this.scale = 1 + Math.floor(Math.log2(Math.min(this.pcpuCount, MOST_SCALED_PCPUS)));
    this.chargedNs = new Float64Array(vcpus);
    this.turnNs = new Float64Array(vcpus);
    this.homes = Int32Array.from(this.pcpuOf);
    this.isNew = new Uint8Array(vcpus).fill(1);
    this.balancedNs = Float64Array.from(this.current.keys(), (pcpu) => pcpu * this.values.balanceNs);
    this.vainTimes = new Uint8Array(this.pcpuCount);
    this.preemptions = ownCounter(this.counters, PREEMPTIONS);
    this.decided = new Float64Array(this.pcpuCount);
    this.cameFor = new Float64Array(vcpus).fill(NONE);
    for (let vm = 0; vm < this.vmValues.length; vm++) this.setLoads(vm);
  }

  /** Where a vCPU that is about to wait on its pCPU belongs in the queue. */
  protected abstract keyOf(vcpu: number): number;
  /** It has run for so long. */
  protected abstract consume(vcpu: number, usedNs: number): void;
  /** It has slept, or is new, and comes to its pCPU. */
  protected abstract enter(vcpu: number, isNew: boolean, nowNs: number): void;
  /** It is no longer told by the clock of one pCPU, but by another one's. */
  protected abstract rebase(vcpu: number, from: number, to: number): void;
  /** Whether the one that runs has to make way, as far as a tick can see. It waits with the others. */
  protected abstract isOver(vcpu: number, pcpu: number, ranNs: number): boolean;
  /** Whether one that comes goes before the one that runs. */
  protected abstract goesBefore(vcpu: number, running: number): boolean;
  /** Which of the queue, which isn't empty, comes next. @param yielded the one that has yielded, or IDLE */
  protected abstract pick(pcpu: number, yielded: number): number;
  /** It is about to run: the first of the queue is known. */
  protected abstract start(vcpu: number, pcpu: number): void;

  /** It is about to have another load than until now. */
  protected reweigh?(vcpu: number, load: number): void;

  attach(cpuTimes: CpuTimes): void {
    this.cpuTimes = cpuTimes;
  }

  override addVm(added: PolicyVm): number {
    const vm = super.addVm(added);
    for (let vcpu = this.firstVcpu[vm]; vcpu < this.firstVcpu[vm + 1]; vcpu++)
      this.homes[vcpu] = this.pcpuOf[vcpu];
    this.setLoads(vm);
    return vm;
  }

  override setVm(vm: number, change: ParameterValues, nowNs: number): boolean {
    const before = this.shareOf(vm);
    const isDone = super.setVm(vm, change, nowNs);
    // Looking for its part of the same share now, and not with its next turn, would change the schedule.
    if (this.shareOf(vm) !== before) this.setLoads(vm);
    return isDone;
  }

  override readVm(vm: number, out: Float64Array, at: number): void {
    out[at] = this.vmValues[vm].weight;
    out[at + 1] = this.vmValues[vm].nice;
  }

  /** What a VM counts, and its vCPUs divide. */
  protected shareOf(vm: number): number {
    return vmLoad(this.vmValues[vm] as { nice: number; weight: number });
  }

  override schedule(pcpu: number, nowNs: number, currentCpuNs: number): number {
    const next = super.schedule(pcpu, nowNs, currentCpuNs);
    if (this.idlers.count > 0) this.offer(pcpu);
    return next;
  }

  override queueOf(pcpu: number): number[] {
    return this.queues.itemsOf(pcpu);
  }

  override fault(): string | null {
    for (let pcpu = 0; pcpu < this.pcpuCount; pcpu++) {
      let load = 0;
      let last = NONE;
      for (const vcpu of this.queues.itemsOf(pcpu)) {
        if (this.pcpuOf[vcpu] !== pcpu || this.homes[vcpu] !== pcpu)
          return `vCPU ${vcpu} waits on pCPU ${pcpu} and belongs to ${this.pcpuOf[vcpu]}`;
        if (last !== NONE && this.queues.keyOf(last) > this.queues.keyOf(vcpu))
          return `vCPU ${vcpu} waits behind ${last}`;
        load += this.loads.of[vcpu];
        last = vcpu;
      }
      const sum = this.loads.sumOf(pcpu, IDLE);
      if (sum !== load) return `pCPU ${pcpu} has a load of ${load} and counts ${sum}`;
    }
    return super.fault();
  }

  protected add(vcpu: number): void {
    this.settleIn(vcpu);
    const pcpu = this.pcpuOf[vcpu];
    this.queues.insert(pcpu, vcpu, this.keyOf(vcpu));
    this.loads.join(vcpu, pcpu);
  }

  protected remove(vcpu: number): void {
    this.loads.leave(vcpu, this.queues.queueOf(vcpu));
    this.queues.remove(vcpu);
  }

  protected override charge(vcpu: number, cpuNs: number): void {
    const usedNs = cpuNs - this.chargedNs[vcpu];
    this.chargedNs[vcpu] = cpuNs;
    this.consume(vcpu, usedNs);
    this.weigh(vcpu);
  }

  protected override changeRunnable(vcpu: number, canRun: boolean): void {
    this.loads.count(this.vmOf[vcpu], canRun ? 1 : -1);
  }

  protected override place(vcpu: number, nowNs: number): void {
    const isNew = this.isNew[vcpu] === 1;
    this.isNew[vcpu] = 0;
    this.moveTo(vcpu, this.placeFor(vcpu, isNew), nowNs);
    this.chargeRunning(this.pcpuOf[vcpu]);
    this.weigh(vcpu);
    this.settleIn(vcpu);
    this.enter(vcpu, isNew, nowNs);
  }

  protected override preempt(vcpu: number): void {
    const pcpu = this.pcpuOf[vcpu];
    const running = this.runningOn(pcpu);
    if (running === IDLE || !this.goesBefore(vcpu, running)) return;
    this.cameFor[vcpu] = this.decided[pcpu];
    this.ask(pcpu, Reason.tickled);
  }

  protected choose(pcpu: number, nowNs: number, prev: number, asked: number): number {
    const decision = this.decided[pcpu]++;
    const isTick = (asked & (1 << Reason.sliceOver)) !== 0;
    if (isTick) this.balance(pcpu, nowNs);
    if (prev !== IDLE && !this.mustMakeWay(pcpu, prev, asked)) {
      this.choice = FairChoice.kept;
      return prev;
    }
    if (this.queues.sizeOf(pcpu) === 0) {
      this.choice = Choice.stolen;
      return this.pull(pcpu, nowNs);
    }
    const hasYielded = (asked & (1 << Reason.yielded)) !== 0;
    const next = this.pick(pcpu, hasYielded ? prev : IDLE);
    this.choice = next === prev ? FairChoice.kept : Choice.queue;
    // Several may have come, and one takes the pCPU.
    if (prev !== IDLE && next !== prev && this.cameFor[next] === decision) this.preemptions[next]++;
    return next;
  }

  protected begin(vcpu: number, nowNs: number): number {
    if (this.choice !== FairChoice.kept) {
      this.turnNs[vcpu] = this.chargedNs[vcpu];
      this.weigh(vcpu, true);
    }
    this.start(vcpu, this.pcpuOf[vcpu]);
    const { tickNs } = this.values;
    return tickNs - (nowNs % tickNs);
  }

  /** A vCPU that doesn't wait is assigned to a pCPU. */
  protected moveTo(vcpu: number, to: number, nowNs: number): void {
    const from = this.pcpuOf[vcpu];
    if (from === to) return;
    this.counters.migrations[vcpu]++;
    if (this.trace !== null) this.trace.migrate(nowNs, vcpu, from, to);
    this.pcpuOf[vcpu] = to;
  }

  /** The vCPU that runs on a pCPU and isn't in its queue at this moment, or IDLE. */
  protected runningOn(pcpu: number): number {
    const running = this.current[pcpu];
    return running === IDLE || this.queues.queueOf(running) !== NONE ? IDLE : running;
  }

  /** The load of all that are on a pCPU. */
  protected loadOn(pcpu: number): number {
    return this.loads.sumOf(pcpu, this.runningOn(pcpu));
  }

  /** How much virtual time goes by while it runs for so long. */
  protected virtual(vcpu: number, ns: number): number {
    return (ns * NICE_0_LOAD * LOAD_PARTS) / this.loads.of[vcpu];
  }

  /** What balancing goes by. */
  protected burdenOn(pcpu: number): number {
    return this.loadOn(pcpu);
  }

  /** Charge the vCPU that runs on a pCPU, if there is one, without a decision. */
  protected chargeRunning(pcpu: number): void {
    const running = this.current[pcpu];
    if (running === IDLE || this.queues.queueOf(running) !== NONE) return;
    this.charge(running, this.cpuTimes.cpuNs(running));
  }

  /** Its place in queues is told by the clock of its pCPU from now on. */
  private settleIn(vcpu: number): void {
    const from = this.homes[vcpu];
    const to = this.pcpuOf[vcpu];
    if (from === to) return;
    this.homes[vcpu] = to;
    this.rebase(vcpu, from, to);
  }

  /** The share of a VM has changed. What its vCPUs have run until now is charged before. */
  private setLoads(vm: number): void {
    this.loads.setShare(vm, this.shareOf(vm));
    for (let vcpu = this.firstVcpu[vm]; vcpu < this.firstVcpu[vm + 1]; vcpu++) {
      if (this.current[this.pcpuOf[vcpu]] === vcpu) this.chargeRunning(this.pcpuOf[vcpu]);
      this.weigh(vcpu);
    }
  }

  /** From now on it counts what its VM's share gives it now. @param isLeaving its place in the queue is all the same */
  private weigh(vcpu: number, isLeaving = false): void {
    const { loads, queues } = this;
    const load = loads.each(this.vmOf[vcpu]);
    if (loads.of[vcpu] === load) return;
    const queue = queues.queueOf(vcpu);
    if (loads.of[vcpu] !== 0) this.reweigh?.(vcpu, load);
    loads.set(vcpu, load, queue);
    if (queue === NONE || isLeaving || queues.keyOf(vcpu) === this.keyOf(vcpu)) return;
    queues.remove(vcpu);
    queues.insert(queue, vcpu, this.keyOf(vcpu));
  }

  private placeFor(vcpu: number, isNew: boolean): number {
    const { idlers } = this;
    const own = this.pcpuOf[vcpu];
    if (idlers.has(own)) return own;
    const allowed = this.affinity.of(vcpu);
    const idle = idlers.nextCommon(allowed, own);
    if (idle >= 0) return idle;
    return isNew ? this.leastLoaded(vcpu) : own;
  }

  /** Of equals the next one from its own on. */
  private leastLoaded(vcpu: number): number {
    const allowed = this.affinity.of(vcpu);
    let least = this.pcpuOf[vcpu];
    let pcpu = least;
    for (let left = allowed.count - 1; left > 0; left--) {
      pcpu = allowed.next(pcpu);
      if (this.burdenOn(pcpu) < this.burdenOn(least)) least = pcpu;
    }
    return least;
  }

  private mustMakeWay(pcpu: number, prev: number, asked: number): boolean {
    if ((asked & ~(1 << Reason.sliceOver)) !== 0) return true;
    return asked !== 0 && this.isOver(prev, pcpu, this.chargedNs[prev] - this.turnNs[prev]);
  }

  /** Idle pCPUs are to look for those who wait here. */
  private offer(pcpu: number): void {
    const { queues, idlers } = this;
    for (let vcpu = queues.first(pcpu); vcpu !== NONE && idlers.count > 0; vcpu = queues.next(vcpu))
      this.tickle(vcpu);
  }

  /** Take somebody who waits on the pCPU with the most load. @returns the vCPU, or IDLE */
  private pull(pcpu: number, nowNs: number): number {
    const from = this.busiest(pcpu);
    if (from === IDLE) return IDLE;
    const vcpu = this.firstFor(pcpu, from);
    this.take(vcpu, pcpu, nowNs);
    return vcpu;
  }

  private balance(pcpu: number, nowNs: number): void {
    const { balanceNs } = this.values;
    if (balanceNs === 0 || nowNs - this.balancedNs[pcpu] < balanceNs * this.pcpuCount - this.values.tickNs)
      return;
    this.balancedNs[pcpu] = nowNs;
    const own = this.burdenOn(pcpu);
    const from = this.busiest(pcpu);
    if (from === IDLE || this.burdenOn(from) * 100 <= own * IMBALANCE_PERCENT) return;
    const most = ((this.burdenOn(from) - own) / 2) * 2 ** this.vainTimes[pcpu];
    const vcpu = this.firstFor(pcpu, from, most);
    if (vcpu === NONE) {
      this.vainTimes[pcpu]++;
      return;
    }
    this.vainTimes[pcpu] = 0;
    this.take(vcpu, pcpu, nowNs);
  }

  /** The pCPU with the most load among the others where somebody waits who may run here, or IDLE. */
  private busiest(pcpu: number): number {
    let found = IDLE;
    let load = 0;
    for (let other = 0; other < this.pcpuCount; other++) {
      if (other === pcpu || this.queues.sizeOf(other) === 0) continue;
      const otherLoad = this.burdenOn(other);
      if (otherLoad <= load || this.firstFor(pcpu, other) === NONE) continue;
      found = other;
      load = otherLoad;
    }
    return found;
  }

  /** The first in the queue of another pCPU that may run here, and has at most that load; or NONE. */
  private firstFor(pcpu: number, from: number, most = Infinity): number {
    const { queues, loads, affinity } = this;
    let vcpu = queues.first(from);
    while (vcpu !== NONE && !(affinity.of(vcpu).has(pcpu) && loads.of[vcpu] <= most))
      vcpu = queues.next(vcpu);
    return vcpu;
  }

  /** Out of another pCPU's queue into this one's. */
  protected take(vcpu: number, pcpu: number, nowNs: number): void {
    const from = this.pcpuOf[vcpu];
    this.chargeRunning(from);
    this.remove(vcpu);
    this.pcpuOf[vcpu] = pcpu;
    this.add(vcpu);
    this.counters.steals[vcpu]++;
    if (this.trace !== null) this.trace.steal(nowNs, vcpu, from, pcpu);
  }
}
