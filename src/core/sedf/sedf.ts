/**
 * SEDF, Xen's "simple EDF" scheduler, as Xen 3.1 to 4.5 ran it: reservations by earliest deadline, and extra time.
 *
 * A vCPU may have a reservation: a slice of CPU time in each period. It gets it by the earliest deadline, the end of
 * its period. What reservations leave over is extra time, in pieces of 0.5 ms, for those that may have it: first who
 * lost reserved time by blocking (queue L0), then everybody by score (queue L1). Each pCPU is a world of its own.
 *
 *                  period begins                        its slice is used up, or
 *     wait queue ─────────────────► run queue           its deadline is missed
 *      by begin  ◄───────────────── by deadline
 *
 *     a pCPU runs    1. the first of its run queue, until its slice is used up or another period begins
 *                    2. the first of L0, then of L1, for 0.5 ms, if that fits in before the next period begins
 *                    3. nobody
 *
 * So nothing here needs a tick: all happens in decisions, at wake-ups and when parameters are set. Whoever is awake
 * is in the run queue or in the wait queue, also while it runs. A vCPU without a reservation (best effort) has a
 * slice of 0 and a period of 100 ms; it is moved on whenever its period begins, and lives on extra time.
 *
 * A wake-up is early, short or long (wake.ts). Who wakes up after its deadline, after a long block, begins a new
 * period at once. Who wakes up within its period, after a short one, loses what is left of its slice, and gets one
 * turn in L0 for it. The first wake-up of a reservation counts as short: its first slice comes one slice length later.
 *
 * Quantities (constants.ts): pieces of extra time 0.5 ms; a piece costs 1024 · period ÷ slice in L1, or 131072 ÷
 * weight; whoever has paid less so far goes first. Weights without extra time become slices of 100 ms (weights.ts),
 * of which 5 ms stay free. Nothing is admitted or refused for being too much: reservations of more than a pCPU miss
 * deadlines.
 *
 * Worked example: one pCPU, hogs A (20 ms period, 5 ms slice, no extra time) and B (best effort) from t = 0.
 *
 *      t  0     A wakes for the first time: deadline 0 + 5, so it is within its period: deadline 25, begin 5; waits
 *               B wakes: a new period, deadline 100. It has no slice, so it is moved on: deadline 200, begin 100
 *               nobody is due, and the next period begins at 5 ─► B, extra time, 0.5 ms at a time
 *         5     A's period begins ─► A, for 5 ms
 *        10     A has used its slice: deadline 45, begin 25; waits ─► B
 *        25     A again, and so on: A 25 %, B 75 %
 *
 * With extra time for A, too: a piece costs A 1024 · 20 ÷ 5 = 4096 and B 131072, so A has 32 pieces for each of B's,
 * and with its reservation 97.7 % in all.
 *
 * A reservation is charged the CPU time that the vCPU had, or with `wall-time` the time that went by, as in Xen. Both
 * are the same where nobody else takes time from the pCPU.
 *
 * Where is what: schedule.ts decides, wake.ts is about wake-ups, requests.ts sets parameters, weights.ts makes slices
 * of weights, placement.ts picks a pCPU, queues.ts orders who waits, fault.ts checks the invariants, and state.ts
 * holds the data.
 */
import { checkPin } from '../check-options.ts';
import { checkRoom, enrol } from '../roster.ts';
import type { Counters } from '../counters.ts';
import { faultOf } from './fault.ts';
import { refuseUntunable } from '../parameters.ts';
import { PARAMETERS, requestOf, VM_PARAMETERS } from './parameters.ts';
import { pickPcpu, place } from './placement.ts';
import type { ParameterValues, Policy, PolicyVm } from '../policy.ts';
import type { PolicyOptions } from '../policy-type.ts';
import { Ask } from './reason.ts';
import { adjust, readBack } from './requests.ts';
import { askFor, classOf, SedfState, Stop } from './state.ts';
import { schedule } from './schedule.ts';
import { SEDF_TERMS, VcpuReading, VmReading } from './terms.ts';
import { checkNumbers, firstRequest } from './vm-values.ts';
import { move, sleep, wakeUp } from './wake.ts';

/** What a TraceSink is told of a request that was refused. */
const REFUSED = -1;

export class Sedf implements Policy {
  readonly terms = SEDF_TERMS;
  readonly pcpuCount: number;
  readonly current: Int32Array;
  readonly vmOf: Int32Array;
  readonly pcpuOf: Int32Array;
  readonly counters: Counters;
  /** What it remembers, for those who look on (traces, tests). Nobody else changes it. */
  readonly state: SedfState;

  /** @throws RangeError for options that Xen's toolstack would refuse */
  constructor(options: PolicyOptions) {
    const state = new SedfState(options);
    this.state = state;
    this.pcpuCount = state.pcpuCount;
    this.current = state.current;
    this.vmOf = state.vmOf;
    this.pcpuOf = state.pcpuOf;
    this.counters = state.counters;
    for (const { parameters } of options.vms) state.requests.push(firstRequest(parameters, state.isRaw));
  }

  get vcpuCount(): number {
    return this.state.vcpuCount;
  }

  nextTimerNs(): number {
    return this.state.timers.firstNs();
  }

  nextTimerPcpu(): number {
    return this.state.timers.firstId();
  }

  fireTimer(): void {
    const { timers } = this.state;
    const pcpu = timers.firstId();
    timers.cancel(pcpu);
    askFor(this.state, pcpu, Ask.timer);
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
    state.requests.push(firstRequest(added.parameters, state.isRaw));
    return enrol(state, added);
  }

  /** Its vCPUs are placed, and then get what the VM asks for, before the first of them wakes up. */
  startVm(vm: number, nowNs: number): void {
    const { state } = this;
    for (let vcpu = state.firstVcpu[vm]; vcpu < state.firstVcpu[vm + 1]; vcpu++) {
      place(state, vcpu);
      state.stops[vcpu] &= ~Stop.absent;
    }
    state.exists[vm] = 1;
    if (state.trace !== null) state.trace.start(nowNs, vm);
    const request = state.requests[vm];
    if (request === null) return;
    const isTaken = adjust(state, vm, request, nowNs);
    // Else it is how the VM begins, and no change.
    if (state.isRaw) this.tellSet(vm, nowNs, isTaken);
  }

  wake(vcpu: number, nowNs: number): void {
    const { state } = this;
    if ((state.stops[vcpu] & Stop.blocked) === 0) return;
    if (state.trace !== null) state.trace.wake(nowNs, vcpu);
    state.stops[vcpu] &= ~Stop.blocked;
    if (state.stops[vcpu] === 0) wakeUp(state, vcpu, nowNs);
  }

  /**
   * On real cores this may be called late, when the vCPU no longer runs. It is taken from wherever it is, and counts as
   * one that has blocked.
   */
  block(vcpu: number): void {
    const { state } = this;
    state.stops[vcpu] |= Stop.blocked;
    state.everBlocked[vcpu] = 1;
    sleep(state, vcpu);
  }

  /**
   * With some of its slice left a vCPU goes on at once. In extra time its turn is over. No effect on one that lost its
   * pCPU meanwhile.
   */
  yieldVcpu(vcpu: number): void {
    const { state } = this;
    const pcpu = state.pcpuOf[vcpu];
    if (state.current[pcpu] === vcpu) askFor(state, pcpu, Ask.yield);
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
      if (state.stops[vcpu] === 0) wakeUp(state, vcpu, nowNs);
    }
  }

  /**
   * Its reservations and weights count no more. As in Xen nobody gets more of it before the next request, of any VM,
   * makes slices of weights again.
   */
  destroyVm(vm: number, nowNs: number): void {
    const { state } = this;
    if (state.trace !== null) state.trace.destroy(nowNs, vm);
    state.exists[vm] = 0;
    for (let vcpu = state.firstVcpu[vm]; vcpu < state.firstVcpu[vm + 1]; vcpu++) {
      state.stops[vcpu] |= Stop.absent | Stop.blocked;
      sleep(state, vcpu);
    }
  }

  /** Placement looks at what is allowed now; a vCPU that belongs elsewhere by that moves, wherever it may be. */
  pinVcpu(vcpu: number, pcpus: readonly number[] | null, nowNs: number): void {
    const { state } = this;
    checkPin(`pin of vCPU ${vcpu}`, pcpus, state.pcpuCount);
    state.affinity.set(vcpu, pcpus);
    if (state.trace !== null) state.trace.pin(nowNs, vcpu, state.affinity.of(vcpu).count);
    if ((state.stops[vcpu] & Stop.absent) !== 0 || pickPcpu(state, vcpu) === state.pcpuOf[vcpu]) return;
    move(state, vcpu, nowNs);
  }

  /**
   * What is given replaces what the VM has, as Xen's toolstack does it (see requestOf). It counts from the next
   * decision on each of its pCPUs.
   * @returns false: Xen refuses it, and nothing was changed
   */
  setVm(vm: number, change: ParameterValues, nowNs: number): boolean {
    const { state } = this;
    refuseUntunable(VM_PARAMETERS, change);
    checkNumbers(change);
    const isTaken = adjust(state, vm, requestOf(readBack(state, vm), change), nowNs);
    this.tellSet(vm, nowNs, isTaken);
    return isTaken;
  }

  /** Nothing can be tuned. */
  tune(change: ParameterValues, nowNs: number): boolean {
    refuseUntunable(PARAMETERS, change);
    if (this.state.trace !== null) this.state.trace.tune(nowNs, 0);
    return true;
  }

  readVcpu(vcpu: number, out: Float64Array, at: number): void {
    const { state } = this;
    out[at + VcpuReading.class] = classOf(state, vcpu);
    out[at + VcpuReading.deadline] = state.deadlineNs[vcpu];
    out[at + VcpuReading.used] = state.usedNs[vcpu];
    out[at + VcpuReading.score] = state.score1[vcpu];
  }

  readVm(vm: number, out: Float64Array, at: number): void {
    const { state } = this;
    const vcpu = state.firstVcpu[vm];
    out[at + VmReading.period] = state.periodNs[vcpu];
    out[at + VmReading.slice] = state.sliceNs[vcpu];
    out[at + VmReading.extratime] = state.isAware[vcpu];
    out[at + VmReading.weight] = state.weight[vcpu] === 0 ? state.extraWeight[vcpu] : state.weight[vcpu];
  }

  queueOf(pcpu: number): number[] {
    const current = this.current[pcpu];
    return this.state.queues.awakeOn(pcpu).filter((vcpu) => vcpu !== current);
  }

  fault(): string | null {
    return faultOf(this.state);
  }

  private tellSet(vm: number, nowNs: number, isTaken: boolean): void {
    const { trace } = this.state;
    if (trace !== null) trace.set(nowNs, vm, isTaken ? 0 : REFUSED);
  }
}
