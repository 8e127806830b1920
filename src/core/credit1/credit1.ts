/**
 * Credit1, Xen's proportional-share scheduler, as Xen 4.18 to 4.22 run it, with hard affinity.
 *
 *     0        10        20        30 ms    every 10 ms  TICK        charge who runs; from now on it earns, too
 *     ├─────────┼─────────┼─────────┤       every 30 ms  ACCOUNTING  hand out credits, by weight and cap
 *             tick      tick      tick      after 30 ms  SLICE       back to the queue, behind its equals
 *                              accounting
 *
 * A vCPU earns credits by weight, and pays one for each 100 µs that it runs. Having some left, it is UNDER,
 * in debt it is OVER, and all UNDER run before any OVER, each kind round robin. One that wakes as UNDER is
 * boosted: it preempts both, until a tick finds it running. A VM in debt beyond its cap is parked until an
 * accounting finds the debt paid.
 *
 *              a wake-up             accounting: C < 0
 *     BOOST ◄───────────── UNDER ─────────────────────► OVER      (parked too, if in debt beyond the cap)
 *           ─────────────►       ◄─────────────────────
 *              a tick                accounting: C ≥ 0
 *
 * Each pCPU has its own queue. A pCPU whose best candidate is OVER, or which has none, steals better work
 * from the others, at most once per millisecond; a wake-up tickles an idle pCPU to make it do so.
 *
 * Quantities (constants.ts), all from Xen's defaults: slice 30 ms, 3 ticks in it, 10 credits per ms, so 300
 * per slice and pCPU, which also bounds what a vCPU may save or owe after an accounting; default weight 256,
 * cap 0 = none, in percent of one pCPU; rate limit 1 ms (a vCPU switched in keeps the pCPU that long);
 * balancing at most once per 1 ms.
 *
 * Worked example: one pCPU, hogs A (weight 256) and B (weight 512) from t = 0.
 *
 *      t  0   A runs; neither is active              C: A 0     B 0
 *        10   tick: A −100, and A becomes active
 *        30   tick: A −300. Accounting: W = 256, A gets all 300 ─► 0 UNDER. Its slice ends ─► B
 *        40   tick: B −100, and B becomes active
 *        60   tick: B −300. Accounting: W = 768, A +100 ─► 100 UNDER, B +200 ─► −100 OVER. B's slice ends ─► A
 *        90   A −200, then +100 ─► −100 OVER, B +200 ─► 100 UNDER ─► B
 *       120   from here on every 90 ms: A 30, B 60
 *
 * A cap of 25 alone on a pCPU: 75 credits per slice. At t = 30, C = −300 + 75 = −225 < −75: parked; 60: −150;
 * 90: −75; 120: 0, runs again.
 *
 * Where is what: burn.ts debits credit, accounting.ts grants it and parks over the cap, tick.ts samples, schedule.ts
 * decides, wake.ts boosts, tickle.ts preempts, balance.ts steals, placement.ts picks a pCPU, runq.ts orders who waits,
 * fault.ts checks the invariants, and state.ts holds the data.
 */
import { account } from './accounting.ts';
import { deactivate, isActive } from './activation.ts';
import { checkPin } from '../check-options.ts';
import { checkRoom, enrol } from '../roster.ts';
import type { Counters } from '../counters.ts';
import { faultOf } from './fault.ts';
import type { Credit1Options } from './options.ts';
import { completed, problemIn, refuseUntunable } from '../parameters.ts';
import { PARAMETERS, VM_PARAMETERS } from './parameters.ts';
import { tickPeriodNs, CREDIT_NS } from './constants.ts';
import { NONE } from '../linked-lists.ts';
import { place } from './placement.ts';
import type { ParameterValues, Policy, PolicyVm } from '../policy.ts';
import { schedule } from './schedule.ts';
import { Ask } from './reason.ts';
import { acctTimer, askFor, CreditState, Flag, Stop } from './state.ts';
import { CREDIT_TERMS, VcpuReading, VmReading } from './terms.ts';
import { tick } from './tick.ts';
import { finishMigration, sleep, wakeUp } from './wake.ts';

export class Credit1 implements Policy {
  readonly terms = CREDIT_TERMS;
  readonly pcpuCount: number;
  readonly current: Int32Array;
  readonly vmOf: Int32Array;
  readonly pcpuOf: Int32Array;
  readonly counters: Counters;
  /** What it remembers, for those who look on (traces, tests). Nobody else changes it. */
  readonly state: CreditState;

  /** @throws RangeError for options that Xen, or its toolstack, would refuse */
  constructor(options: Credit1Options) {
    const state = new CreditState(options);
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

  nextTimerNs(): number {
    return this.state.timers.firstNs();
  }

  nextTimerPcpu(): number {
    const { pcpuCount, timers } = this.state;
    const id = timers.firstId();
    if (id < pcpuCount) return id;
    return id - pcpuCount - 1; // the accounting timer gives −1, the slice timers follow it
  }

  fireTimer(nowNs: number, currentCpuNs: number): void {
    const { state } = this;
    const id = state.timers.firstId();
    if (id < state.pcpuCount) {
      tick(state, id, nowNs, currentCpuNs);
    } else if (id === acctTimer(state)) {
      account(state, nowNs);
    } else {
      const pcpu = id - state.pcpuCount - 1;
      state.timers.cancel(id);
      askFor(state, pcpu, state.sliceAsk[pcpu]);
    }
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
    const { weight, cap } = completed(VM_PARAMETERS, added.parameters);
    state.weight[state.vmCount] = weight;
    state.cap[state.vmCount] = cap;
    return enrol(state, added);
  }

  /**
   * The first vCPU is assigned to pCPU 0, each further one to the pCPU behind the one that its predecessor
   * was placed on; from there placement has its say. Being placed spoils the boost of the first wake-up.
   */
  startVm(vm: number, nowNs: number): void {
    const { state } = this;
    let pcpu = 0;
    for (let vcpu = state.firstVcpu[vm]; vcpu < state.firstVcpu[vm + 1]; vcpu++) {
      state.pcpuOf[vcpu] = pcpu;
      pcpu = (place(state, vcpu) + 1) % state.pcpuCount;
      state.stops[vcpu] &= ~Stop.absent;
    }
    state.started[vm] = 1;
    if (state.trace !== null) state.trace.start(nowNs, vm);
  }

  wake(vcpu: number, nowNs: number, wakingPcpu: number): void {
    const { state } = this;
    if ((state.stops[vcpu] & Stop.blocked) === 0) return;
    if (state.trace !== null) state.trace.wake(nowNs, vcpu);
    state.stops[vcpu] &= ~Stop.blocked;
    if (state.stops[vcpu] === 0) wakeUp(state, vcpu, nowNs, wakingPcpu);
  }

  /**
   * On real cores this may be called late, when the vCPU is already queued, or on another pCPU. It is taken from
   * wherever it is.
   */
  block(vcpu: number): void {
    this.state.stops[vcpu] |= Stop.blocked;
    sleep(this.state, vcpu);
  }

  /** No effect on a vCPU that lost its pCPU meanwhile: others are going first already. */
  yieldVcpu(vcpu: number): void {
    const { state } = this;
    const pcpu = state.pcpuOf[vcpu];
    if (state.current[pcpu] !== vcpu) return;
    state.flags[vcpu] |= Flag.yield;
    askFor(state, pcpu, Ask.yield);
  }

  pauseVm(vm: number, nowNs: number): void {
    const { state } = this;
    if (state.trace !== null) state.trace.pause(nowNs, vm);
    for (let vcpu = state.firstVcpu[vm]; vcpu < state.firstVcpu[vm + 1]; vcpu++) {
      state.stops[vcpu] |= Stop.paused;
      sleep(state, vcpu);
    }
  }

  unpauseVm(vm: number, nowNs: number, wakingPcpu: number): void {
    const { state } = this;
    if (state.trace !== null) state.trace.unpause(nowNs, vm);
    for (let vcpu = state.firstVcpu[vm]; vcpu < state.firstVcpu[vm + 1]; vcpu++) {
      if ((state.stops[vcpu] & Stop.paused) === 0) continue;
      state.stops[vcpu] &= ~Stop.paused;
      if (state.stops[vcpu] === 0) wakeUp(state, vcpu, nowNs, wakingPcpu);
    }
  }

  /** Its vCPUs take no part in accounting any more, and what they had or owed is forgotten. */
  destroyVm(vm: number, nowNs: number): void {
    const { state } = this;
    if (state.trace !== null) state.trace.destroy(nowNs, vm);
    state.started[vm] = 0;
    for (let vcpu = state.firstVcpu[vm]; vcpu < state.firstVcpu[vm + 1]; vcpu++) {
      state.stops[vcpu] = (state.stops[vcpu] & ~Stop.parked) | Stop.absent | Stop.blocked;
      state.flags[vcpu] &= ~Flag.parked;
      sleep(state, vcpu);
      if (isActive(state, vcpu)) deactivate(state, vcpu, nowNs);
    }
  }

  /**
   * A vCPU that is where it may no longer be moves as from a tick: one that runs does so once it is off its pCPU, any
   * other at once. Being placed spoils the boost of its next wake-up.
   */
  pinVcpu(vcpu: number, pcpus: readonly number[] | null, nowNs: number): void {
    const { state } = this;
    checkPin(`pin of vCPU ${vcpu}`, pcpus, state.pcpuCount);
    state.affinity.set(vcpu, pcpus);
    const pcpu = state.pcpuOf[vcpu];
    if (state.trace !== null) state.trace.pin(nowNs, vcpu, state.affinity.of(vcpu).count);
    if (state.affinity.of(vcpu).has(pcpu) || (state.stops[vcpu] & Stop.absent) !== 0) return;
    const isCurrent = state.current[pcpu] === vcpu;
    state.stops[vcpu] |= Stop.moving;
    if (isCurrent) {
      askFor(state, pcpu, Ask.move);
    } else {
      sleep(state, vcpu);
      finishMigration(state, vcpu, nowNs);
    }
  }

  /** The weight counts at once, the cap from the next accounting on. */
  setVm(vm: number, change: ParameterValues, nowNs: number): boolean {
    const { state } = this;
    const { weight = state.weight[vm], cap = state.cap[vm] } = change;
    refuseUntunable(VM_PARAMETERS, change);
    const problem = problemIn(VM_PARAMETERS, change);
    if (problem !== null) throw new RangeError(problem);
    state.totalWeight += (weight - state.weight[vm]) * state.activeCount[vm];
    state.weight[vm] = weight;
    state.cap[vm] = cap;
    if (state.trace !== null) state.trace.set(nowNs, vm, 0);
    return true;
  }

  /** Timers under way keep their time, and credits already earned their number. */
  tune(change: ParameterValues, nowNs: number): boolean {
    const { state } = this;
    const {
      tsliceNs = state.tsliceNs,
      ratelimitNs = state.ratelimitNs,
      migrationDelayNs = state.migrationDelayNs,
    } = change;
    refuseUntunable(PARAMETERS, change);
    const isValid = problemIn(PARAMETERS, { tsliceNs, ratelimitNs, migrationDelayNs }) === null;
    if (isValid) {
      state.tsliceNs = tsliceNs;
      state.tickNs = tickPeriodNs(tsliceNs);
      state.creditsPerSlice = tsliceNs / CREDIT_NS;
      state.ratelimitNs = ratelimitNs;
      state.migrationDelayNs = migrationDelayNs;
    }
    if (state.trace !== null) state.trace.tune(nowNs, isValid ? 0 : -1);
    return isValid;
  }

  /** Credits are handed out by accounting, so weights and caps act with the next one, and a slice begins then. */
  actsNs(field: string, nowNs: number): number {
    const isHandedOut = field === 'weight' || field === 'cap' || field === 'tsliceNs';
    return isHandedOut ? this.state.timers.dueOf(acctTimer(this.state)) : nowNs;
  }

  readVcpu(vcpu: number, out: Float64Array, at: number): void {
    out[at + VcpuReading.priority] = this.state.priority[vcpu];
    out[at + VcpuReading.credit] = this.state.credit[vcpu];
  }

  readVm(vm: number, out: Float64Array, at: number): void {
    out[at + VmReading.weight] = this.state.weight[vm];
    out[at + VmReading.cap] = this.state.cap[vm];
  }

  queueOf(pcpu: number): number[] {
    const { runq } = this.state;
    const vcpus: number[] = [];
    for (let vcpu = runq.head(pcpu); vcpu !== NONE; vcpu = runq.next(vcpu)) vcpus.push(vcpu);
    return vcpus;
  }

  fault(): string | null {
    return faultOf(this.state);
  }
}
