/**
 * Credit2, Xen's default scheduler since 4.12, as Xen's development branch of August 2026 runs it, with hard affinity.
 *
 *     queue of a runqueue, most credit first              pCPUs of the runqueue
 *                                                           0  A    who runs burns credit: the heaviest vCPU 1 ms
 *     C 7 ms ─► B 4 ms ─► D −1 ms       ◄─── back ───       1  E    per ms, one of weight w M / w, where M is the
 *     └─────────── the next to run ─────────────────►       2  F    heaviest weight
 *
 * There is no tick and no accounting. A pCPU takes the vCPU with the most credit, and sets a timer for when it has no
 * more than the next. When the chosen one and the head of the queue have none left, a reset gives everybody 10 ms of
 * it. So between two resets everybody burns about the same credit, which is CPU time by weight. Nobody is boosted: who
 * wakes has the credit that it had, and preempts who has less. A vCPU of a capped VM also needs budget, which its VM's
 * pool gets every 10 ms; without any it is parked.
 *
 *                    wakes                      chosen
 *     SLEEPING ───────────────► WAITING ─────────────────────────► RUNNING
 *        ▲                       │  ▲ ▲   others have more credit    │
 *        │                       │  │ └──────────────────────────────┤
 *        │             no budget ▼  │ pool filled up                 │
 *        │                     PARKED ◄──────────────────────────────┤ no budget
 *        └───────────────────────────────────────────────────────────┘ blocks
 *
 * Quantities (constants.ts, parameters.ts), all Xen's: initial credit and reset 10 ms; burning ends at −10 ms; slices
 * from 0.5 ms to 10 ms; rate limit 1 ms (a vCPU switched in keeps the pCPU that long); a vCPU moves to another pCPU of
 * its runqueue for 0.5 ms more credit; default weight 256, cap 0 = none, in percent of one pCPU.
 *
 * Worked example: one pCPU, hogs A (weight 256) and B (weight 1024) from t = 0. B burns 1 ms of credit per ms, A 4.
 *
 *      t  0     A runs; B doesn't exist yet, so A's slice is 10 ms.                         C: A  10    B  10
 *        10     A has burnt 40 ms, down to the floor                          ─► B 10 ms       A −10    B  10
 *        20     B has none left, nor has A: reset                             ─► B 10 ms       A   0    B  10
 *        30     once more                                                     ─► B 0.5 ms      A  10    B  10
 *        30.5   A has more; 0.125 ms would do, but the rate limit is 1 ms     ─► A 1 ms        A  10    B   9.5
 *        31.5   A has burnt 4                                                 ─► B 3.5 ms      A   6    B   9.5
 *        35     B has as much as A, and stays                                 ─► B 0.5 ms      A   6    B   6
 *      from here on A 20 %, B 80 %
 *
 * A cap of 25 alone on a pCPU: 2.5 ms on, 7.5 ms off.
 *
 * The pCPUs of a socket share a runqueue, unless it is arranged otherwise (runqueues.ts). Between runqueues vCPUs only
 * move by balancing, after a reset. Quirks are Xen's and kept: an idle pCPU doesn't take a vCPU of another pCPU that is
 * deep in debt, the floor forgives what a long slice burns beyond it, and more in the files that have them.
 *
 * Where is what: burn.ts debits credit, reset.ts gives it, caps.ts parks without budget, schedule.ts decides with
 * candidate.ts, wake.ts queues, tickle.ts preempts, placement.ts picks a pCPU, load.ts averages, balance.ts finds who
 * should move, move.ts moves, members.ts knows the heaviest, runq.ts orders who waits, pcpus.ts knows who idles,
 * fault.ts checks the invariants, and state.ts holds the data.
 */
import { checkPin } from '../check-options.ts';
import { checkRoom, enrol } from '../roster.ts';
import type { Counters } from '../counters.ts';
import { completed, problemIn, refuseUntunable } from '../parameters.ts';
import type { CpuTimes, ParameterValues, Policy, PolicyVm } from '../policy.ts';
import { refill, setCap } from './caps.ts';
import { faultOf } from './fault.ts';
import { leave, setWeight } from './members.ts';
import { finishMove } from './move.ts';
import type { Credit2Options } from './options.ts';
import { PARAMETERS, VM_PARAMETERS } from './parameters.ts';
import { createVcpus } from './placement.ts';
import { Ask } from './reason.ts';
import { schedule } from './schedule.ts';
import { askFor, Credit2State, Flag, isCurrent, isRunnable, sliceTimer, Stop } from './state.ts';
import { CREDIT2_TERMS, Own, VcpuReading, VmReading } from './terms.ts';
import { leaveQueue, sleep, wakeUp } from './wake.ts';

export class Credit2 implements Policy {
  readonly terms = CREDIT2_TERMS;
  readonly pcpuCount: number;
  readonly current: Int32Array;
  readonly vmOf: Int32Array;
  readonly pcpuOf: Int32Array;
  readonly counters: Counters;
  /** What it remembers, for those who look on (traces, tests). Nobody else changes it. */
  readonly state: Credit2State;

  /** @param options as its type has checked them */
  constructor(options: Credit2Options) {
    const state = new Credit2State(options);
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
    const { timers, weight } = this.state;
    const id = timers.firstId();
    return id < weight.length ? -1 : id - weight.length;
  }

  fireTimer(nowNs: number): void {
    const { state } = this;
    const pcpu = this.nextTimerPcpu();
    if (pcpu < 0) {
      refill(state, state.timers.firstId(), nowNs);
    } else {
      state.timers.cancel(sliceTimer(state, pcpu));
      askFor(state, pcpu, Ask.slice);
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

  /** All its vCPUs are created with the weight that every new one has. Then the VM's weight and cap are set. */
  startVm(vm: number, nowNs: number): void {
    const { state } = this;
    createVcpus(state, vm, nowNs);
    state.started[vm] = 1;
    const cap = state.cap[vm];
    state.cap[vm] = 0;
    this.changeWeight(vm, state.weight[vm]);
    setCap(state, vm, cap, nowNs);
    if (state.trace !== null) state.trace.start(nowNs, vm);
  }

  wake(vcpu: number, nowNs: number): void {
    const { state } = this;
    if ((state.stops[vcpu] & Stop.blocked) === 0) return;
    if (state.trace !== null) state.trace.wake(nowNs, vcpu);
    state.stops[vcpu] &= ~Stop.blocked;
    if (isRunnable(state, vcpu)) wakeUp(state, vcpu, nowNs);
  }

  /**
   * On real cores this may be called late, when the vCPU is already queued, or on another pCPU. It is taken from
   * wherever it is.
   */
  block(vcpu: number, nowNs: number): void {
    const { state } = this;
    state.stops[vcpu] |= Stop.blocked;
    if (isCurrent(state, vcpu)) askFor(state, state.pcpuOf[vcpu], Ask.guest);
    else leaveQueue(state, vcpu, nowNs);
  }

  /** No effect on a vCPU that lost its pCPU meanwhile: others are going first already. */
  yieldVcpu(vcpu: number): void {
    const { state } = this;
    if (!isCurrent(state, vcpu)) return;
    state.flags[vcpu] |= Flag.yield;
    askFor(state, state.pcpuOf[vcpu], Ask.guest);
  }

  /** Budgets stay, and the pool of a capped VM is filled up all the same. */
  pauseVm(vm: number, nowNs: number): void {
    const { state } = this;
    if (state.trace !== null) state.trace.pause(nowNs, vm);
    for (let vcpu = state.firstVcpu[vm]; vcpu < state.firstVcpu[vm + 1]; vcpu++) {
      state.stops[vcpu] |= Stop.paused;
      sleep(state, vcpu, nowNs);
    }
  }

  unpauseVm(vm: number, nowNs: number): void {
    const { state } = this;
    if (state.trace !== null) state.trace.unpause(nowNs, vm);
    for (let vcpu = state.firstVcpu[vm]; vcpu < state.firstVcpu[vm + 1]; vcpu++) {
      if ((state.stops[vcpu] & Stop.paused) === 0) continue;
      state.stops[vcpu] &= ~Stop.paused;
      if (isRunnable(state, vcpu)) wakeUp(state, vcpu, nowNs);
    }
  }

  /**
   * The golden files don't have this. Its vCPUs sleep, and are members of their runqueues no longer: they count neither
   * for the highest weight nor for the load, and take no part in resets. Those that run are taken off by the decision
   * that is asked for. A cap ends.
   */
  destroyVm(vm: number, nowNs: number): void {
    const { state } = this;
    if (state.trace !== null) state.trace.destroy(nowNs, vm);
    for (let vcpu = state.firstVcpu[vm]; vcpu < state.firstVcpu[vm + 1]; vcpu++) {
      const wasThere = (state.stops[vcpu] & Stop.absent) === 0;
      state.stops[vcpu] = (state.stops[vcpu] & ~Stop.moving) | Stop.absent | Stop.blocked;
      state.flags[vcpu] &= ~Flag.move;
      sleep(state, vcpu, nowNs);
      if (wasThere) leave(state, vcpu);
    }
    if (state.started[vm] === 1) setCap(state, vm, 0, nowNs);
    state.started[vm] = 0;
  }

  /**
   * The golden files have only pins that stay as they are. A vCPU that is where it may no longer be moves as after
   * balancing, but to the runqueue that placement picks: one that runs when it is off its pCPU, any other at once.
   */
  pinVcpu(vcpu: number, pcpus: readonly number[] | null, nowNs: number): void {
    const { state } = this;
    checkPin(`pin of vCPU ${vcpu}`, pcpus, state.pcpuCount);
    state.affinity.set(vcpu, pcpus);
    if (state.trace !== null) state.trace.pin(nowNs, vcpu, state.affinity.of(vcpu).count);
    const isAbsent = (state.stops[vcpu] & Stop.absent) !== 0;
    if (isAbsent || state.affinity.of(vcpu).has(state.pcpuOf[vcpu])) return;
    state.stops[vcpu] |= Stop.moving;
    sleep(state, vcpu, nowNs);
    if (!isCurrent(state, vcpu)) finishMove(state, vcpu, nowNs);
  }

  /**
   * The weight changes first, and what runs is charged at the new one. A cap beyond 100 per vCPU is refused then, and
   * the weight stays changed.
   */
  setVm(vm: number, change: ParameterValues, nowNs: number): boolean {
    const { state } = this;
    const { weight = state.weight[vm], cap = state.cap[vm] } = change;
    refuseUntunable(VM_PARAMETERS, change);
    const problem = problemIn(VM_PARAMETERS, change);
    if (problem !== null) throw new RangeError(problem);
    const isStarted = state.started[vm] === 1;
    state.weight[vm] = weight;
    if (isStarted) this.changeWeight(vm, weight);
    const vcpus = state.firstVcpu[vm + 1] - state.firstVcpu[vm];
    const isRefused = cap > 100 * vcpus;
    if (!isRefused) {
      if (isStarted) setCap(state, vm, cap, nowNs);
      else state.cap[vm] = cap;
    }
    if (state.trace !== null) state.trace.set(nowNs, vm, isRefused ? -1 : 0);
    return !isRefused;
  }

  /** A vCPU that runs keeps its slice. */
  tune(change: ParameterValues, nowNs: number): boolean {
    const { state } = this;
    const { ratelimitNs = state.ratelimitNs } = change;
    refuseUntunable(PARAMETERS, change);
    const isValid = problemIn(PARAMETERS, { ratelimitNs }) === null;
    if (isValid) state.ratelimitNs = ratelimitNs;
    if (state.trace !== null) {
      state.trace.own(nowNs, Own.ratelimit, ratelimitNs);
      state.trace.tune(nowNs, isValid ? 0 : -1);
    }
    return isValid;
  }

  readVcpu(vcpu: number, out: Float64Array, at: number): void {
    const { state } = this;
    const budgetNs = state.budgetNs[vcpu];
    out[at + VcpuReading.credit] = state.credit[vcpu];
    out[at + VcpuReading.budget] = budgetNs === Infinity ? 0 : budgetNs;
    out[at + VcpuReading.slice] = state.sliceNs[vcpu];
    out[at + VcpuReading.runqueue] = state.runqueueOf[vcpu];
  }

  readVm(vm: number, out: Float64Array, at: number): void {
    out[at + VmReading.weight] = this.state.weight[vm];
    out[at + VmReading.cap] = this.state.cap[vm];
    out[at + VmReading.pool] = this.state.poolNs[vm];
  }

  /** Those of the shared queue that are assigned to it. */
  queueOf(pcpu: number): number[] {
    const { queue, runqueues, pcpuOf } = this.state;
    return queue.itemsOf(runqueues.of[pcpu]).filter((vcpu) => pcpuOf[vcpu] === pcpu);
  }

  fault(): string | null {
    return faultOf(this.state);
  }

  private changeWeight(vm: number, weight: number): void {
    const { state } = this;
    for (let vcpu = state.firstVcpu[vm]; vcpu < state.firstVcpu[vm + 1]; vcpu++)
      setWeight(state, vcpu, weight);
  }
}
