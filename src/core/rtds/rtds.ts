/**
 * RTDS, Xen's real-time scheduler: each vCPU has a budget in each of its periods, and the earliest deadline goes first,
 * on all pCPUs together (global EDF with deferrable servers).
 *
 *        period                     period                     period
 *     ├──────────────────────────┼──────────────────────────┼─────────────
 *     ▓▓▓▓▓▓▓▓ 4 ms      ············ waits ▓▓▓▓▓▓▓▓         ▓▓▓▓░░░░▓▓▓▓     ▓ runs on its budget
 *             └ used up          └ replenished: a whole budget again, deadline = end of the period
 *
 * The budget burns while the vCPU runs, and only then: one that sleeps keeps it until its deadline. With its budget
 * used up it waits for its next period; with extra time it goes on with a new budget, one level lower. All on level 0
 * go before all on level 1, and so on; on one level the earlier deadline goes first, and of equals whoever waits.
 *
 *               chosen                    budget used up, no extra time
 *     waiting ──────────► running ──────────────────────────────────────► depleted
 *        ▲ ▲  preempted     │ budget used up, extra time: level + 1, same queue       │
 *        │ └────────────────┘                                                         │
 *        └────────────────────── replenished at its deadline: level 0 ────────────────┘
 *
 * Deadlines lie on the grid of the periods since boot; the grid moves when the period changes. Period and budget of a
 * request count from the next replenishment on, extra time at once. A new vCPU begins with Xen's defaults, whatever was
 * set: up to 10 ms with a budget of 4.
 *
 * Quantities (parameters.ts), all from Xen: period 10 ms, budget 4 ms, extra time; at least 10 µs; in whole µs.
 *
 * Worked example: one pCPU, hogs A (4 ms of 10) and B (3 ms of 10) from t = 0, both without extra time. Boot was at
 * −900 ms, so all deadlines are multiples of 10 ms.
 *
 *      t  0   A and B are created: budget 4, deadline 10. A runs; B is no better, so nobody is preempted
 *         4   A's budget is used up ─► depleted. B runs, with the 4 ms of a new vCPU
 *         8   B's, too: idle
 *        10   both replenished: A 4, B 3, deadline 20. The last one renewed looks first: B. It tickles the pCPU; the
 *             queue's first is A, since of equals the first to come is first ─► A
 *        14   A used up ─► B; 17 B used up ─► idle; 20 both replenished, B first this time ─► B, 23 A, 27 idle, …
 *
 *      A 40 %, B 30 %. With extra time for both, 7 to 10 goes to A and B in turns, on level 1: A 55 %, B 45 %.
 *
 * Charged is the CPU time of the vCPU, so that what the host's other work takes from a core costs no budget. Xen
 * charges time on the core; `wall-time` does. In virtual time, where nothing is stolen, both are the same.
 *
 * Ours, where golden files say nothing: a vCPU that is pinned elsewhere goes to the next pCPU behind its own where it
 * may run, at once or when it is off the one where it runs, and tickles from there. A VM that is destroyed sleeps for
 * good. A VM that comes later is as one that starts later.
 *
 * Where is what: budget.ts renews and burns, queues.ts orders, replenish.ts has the timer, schedule.ts decides, wake.ts
 * wakes and puts to sleep, tickle.ts preempts, fault.ts checks the invariants, state.ts holds the data.
 */
import { renew } from './budget.ts';
import { checkPin } from '../check-options.ts';
import { checkRoom, enrol } from '../roster.ts';
import type { Counters } from '../counters.ts';
import { faultOf } from './fault.ts';
import { problemIn, refuseUntunable } from '../parameters.ts';
import { DEFAULT_BUDGET_NS, DEFAULT_PERIOD_NS, PARAMETERS, VM_PARAMETERS } from './parameters.ts';
import type { CpuTimes, ParameterValues, Policy, PolicyVm } from '../policy.ts';
import type { PolicyOptions } from '../policy-type.ts';
import { Ask } from './reason.ts';
import { replenish } from './replenish.ts';
import { schedule } from './schedule.ts';
import { askFor, isCurrent, List, REPLENISHMENT, RtdsState, setParameters, Stop } from './state.ts';
import { Own, RTDS_TERMS, VcpuReading, VmReading } from './terms.ts';
import { tickle } from './tickle.ts';
import { giveExtratime, sleep, wakeUp } from './wake.ts';

export class Rtds implements Policy {
  readonly terms = RTDS_TERMS;
  readonly pcpuCount: number;
  readonly current: Int32Array;
  readonly vmOf: Int32Array;
  readonly pcpuOf: Int32Array;
  readonly counters: Counters;
  /** What it remembers, for those who look on (traces, tests). Nobody else changes it. */
  readonly state: RtdsState;

  /** @throws RangeError for options that Xen, or its toolstack, would refuse */
  constructor(options: PolicyOptions) {
    const state = new RtdsState(options);
    this.state = state;
    this.pcpuCount = state.pcpuCount;
    this.current = state.current;
    this.vmOf = state.vmOf;
    this.pcpuOf = state.pcpuOf;
    this.counters = state.counters;
  }

  get vcpuCount(): number {
    return this.state.vcpuCount;
  }

  attach(cpuTimes: CpuTimes): void {
    this.state.cpuTimes = cpuTimes;
  }

  nextTimerNs(): number {
    return this.state.timers.firstNs();
  }

  nextTimerPcpu(): number {
    return this.state.timers.firstId() - 1; // the replenishment timer gives −1
  }

  fireTimer(nowNs: number): void {
    const { state } = this;
    const id = state.timers.firstId();
    state.timers.cancel(id);
    if (id === REPLENISHMENT) replenish(state, nowNs);
    else askFor(state, id - 1, Ask.slice);
  }

  nextResched(): number {
    return this.state.resched.first();
  }

  schedule(pcpu: number, nowNs: number, currentCpuNs: number): number {
    return schedule(this.state, pcpu, nowNs, currentCpuNs);
  }

  addVm(added: PolicyVm): number {
    const { state } = this;
    checkRoom(state, added);
    setParameters(state, state.vmCount, added.parameters);
    return enrol(state, added);
  }

  /** The first vCPU is assigned to pCPU 0, each further one to the next one where it may run. */
  startVm(vm: number, nowNs: number): void {
    const { state } = this;
    let pcpu = state.pcpuCount - 1;
    for (let vcpu = state.firstVcpu[vm]; vcpu < state.firstVcpu[vm + 1]; vcpu++) {
      const wanted = (pcpu + 1) % state.pcpuCount;
      const allowed = state.affinity.of(vcpu);
      pcpu = allowed.has(wanted) ? wanted : allowed.next(wanted);
      state.pcpuOf[vcpu] = pcpu;
      state.stops[vcpu] &= ~Stop.absent;
      renew(state, vcpu, nowNs, DEFAULT_PERIOD_NS, DEFAULT_BUDGET_NS);
    }
    if (state.trace !== null) state.trace.start(nowNs, vm);
  }

  wake(vcpu: number, nowNs: number): void {
    const { state } = this;
    if ((state.stops[vcpu] & Stop.blocked) === 0) return;
    if (state.trace !== null) state.trace.wake(nowNs, vcpu);
    state.stops[vcpu] &= ~Stop.blocked;
    if (state.stops[vcpu] === 0) wakeUp(state, vcpu, nowNs);
  }

  /** On real cores this may be called late, when the vCPU waits already, or is on another pCPU. */
  block(vcpu: number): void {
    this.state.stops[vcpu] |= Stop.blocked;
    sleep(this.state, vcpu);
  }

  /** It counts as any other question of who is first: one with an earlier deadline than all others goes on. */
  yieldVcpu(vcpu: number): void {
    if (isCurrent(this.state, vcpu)) askFor(this.state, this.state.pcpuOf[vcpu], Ask.yield);
  }

  pauseVm(vm: number, nowNs: number): void {
    const { state } = this;
    if (state.trace !== null) state.trace.pause(nowNs, vm);
    for (let vcpu = state.firstVcpu[vm]; vcpu < state.firstVcpu[vm + 1]; vcpu++) {
      state.stops[vcpu] |= Stop.paused;
      sleep(state, vcpu);
    }
  }

  unpauseVm(vm: number, nowNs: number): void {
    const { state } = this;
    if (state.trace !== null) state.trace.unpause(nowNs, vm);
    for (let vcpu = state.firstVcpu[vm]; vcpu < state.firstVcpu[vm + 1]; vcpu++) {
      if ((state.stops[vcpu] & Stop.paused) === 0) continue;
      state.stops[vcpu] &= ~Stop.paused;
      if (state.stops[vcpu] !== 0) continue;
      if (state.trace !== null) state.trace.own(nowNs, Own.resume, vcpu);
      wakeUp(state, vcpu, nowNs);
    }
  }

  destroyVm(vm: number, nowNs: number): void {
    const { state } = this;
    if (state.trace !== null) state.trace.destroy(nowNs, vm);
    for (let vcpu = state.firstVcpu[vm]; vcpu < state.firstVcpu[vm + 1]; vcpu++) {
      state.stops[vcpu] |= Stop.absent | Stop.blocked;
      sleep(state, vcpu);
    }
  }

  pinVcpu(vcpu: number, pcpus: readonly number[] | null, nowNs: number): void {
    const { state } = this;
    checkPin(`pin of vCPU ${vcpu}`, pcpus, state.pcpuCount);
    state.affinity.set(vcpu, pcpus);
    const allowed = state.affinity.of(vcpu);
    const pcpu = state.pcpuOf[vcpu];
    if (state.trace !== null) state.trace.pin(nowNs, vcpu, allowed.count);
    if (isCurrent(state, vcpu)) {
      if (!allowed.has(pcpu)) askFor(state, pcpu, Ask.move);
      return;
    }
    if (!allowed.has(pcpu)) state.pcpuOf[vcpu] = allowed.next(pcpu);
    if (state.waiting.isLinked(vcpu)) tickle(state, vcpu, nowNs);
  }

  /** A request outside the ranges, or with a budget above the period, is refused as a whole. */
  setVm(vm: number, change: ParameterValues, nowNs: number): boolean {
    const { state } = this;
    const { request, vmExtratime, trace } = state;
    refuseUntunable(VM_PARAMETERS, change);
    const {
      periodNs = state.vmPeriodNs[vm],
      budgetNs = state.vmBudgetNs[vm],
      extratime = vmExtratime[vm],
    } = change;
    request.periodNs = periodNs;
    request.budgetNs = budgetNs;
    request.extratime = extratime;
    const isValid = problemIn(VM_PARAMETERS, { periodNs, budgetNs, extratime }) === null;
    if (isValid) {
      const isGiven = extratime === 1 && vmExtratime[vm] === 0;
      state.vmPeriodNs[vm] = periodNs;
      state.vmBudgetNs[vm] = budgetNs;
      vmExtratime[vm] = extratime;
      for (let vcpu = state.firstVcpu[vm]; isGiven && vcpu < state.firstVcpu[vm + 1]; vcpu++)
        if ((state.stops[vcpu] & Stop.absent) === 0) giveExtratime(state, vcpu, nowNs);
    }
    if (trace !== null) trace.set(nowNs, vm, isValid ? 0 : -1);
    return isValid;
  }

  /** Nothing of its own can change while it runs. */
  tune(change: ParameterValues, nowNs: number): boolean {
    refuseUntunable(PARAMETERS, change);
    if (this.state.trace !== null) this.state.trace.tune(nowNs, 0);
    return true;
  }

  /** Period and budget count from the next replenishment on; with extra time a new level has the new budget, too. */
  actsNs(field: string, nowNs: number, vm: number): number {
    const { state } = this;
    const isAtOnce = field === 'extratime' || (field === 'budgetNs' && state.vmExtratime[vm] === 1);
    if (isAtOnce || vm < 0) return nowNs;
    let firstNs = Infinity;
    for (let vcpu = state.firstVcpu[vm]; vcpu < state.firstVcpu[vm + 1]; vcpu++)
      firstNs = Math.min(firstNs, state.deadlineNs[vcpu]);
    return Math.max(firstNs, nowNs);
  }

  readVcpu(vcpu: number, out: Float64Array, at: number): void {
    out[at + VcpuReading.budget] = this.state.budgetNs[vcpu];
    out[at + VcpuReading.deadline] = this.state.deadlineNs[vcpu];
    out[at + VcpuReading.level] = this.state.level[vcpu];
  }

  readVm(vm: number, out: Float64Array, at: number): void {
    out[at + VmReading.period] = this.state.vmPeriodNs[vm];
    out[at + VmReading.budget] = this.state.vmBudgetNs[vm];
    out[at + VmReading.extratime] = this.state.vmExtratime[vm];
  }

  /** All pCPUs share one queue; who waits is listed where it ran last. */
  queueOf(pcpu: number): number[] {
    return this.state.waiting.itemsOf(List.run).filter((vcpu) => this.pcpuOf[vcpu] === pcpu);
  }

  fault(): string | null {
    return faultOf(this.state);
  }
}
