/**
 * A policy that isn't trusted, looked at from outside: each of its answers is held against what the guard itself was
 * told. The first one that can't be is a PolicyFault, which says what was called, when, and what came.
 *
 *     loop ──► Guarded ──► policy
 *                 │  who is blocked, paused, pinned, and runs where, by what came past here
 *                 └─ pulse: which call is under way, for another thread that wonders why nothing moves
 *
 * It costs a few comparisons per call and allocates nothing. paranoid() (src/machine) looks into the policy, too, and
 * costs much more.
 */
import type { Counters } from './counters.ts';
import { CpuSet } from './cpu-set.ts';
import type { CpuTimes, ParameterValues, Policy, PolicyVm } from './policy.ts';
import { IDLE } from './policy.ts';
import { type FaultKind, isPolicyFault, PolicyFault, shown } from './policy-fault.ts';
import type { PolicyOptions } from './policy-type.ts';
import type { PolicyTerms, Reading } from './policy-terms.ts';

/** By number, as the pulse has them: 0 is none. */
export const GUARDED_CALLS = [
  '',
  'nextTimerNs',
  'nextTimerPcpu',
  'fireTimer',
  'nextResched',
  'schedule',
  'addVm',
  'startVm',
  'destroyVm',
  'pinVcpu',
  'wake',
  'block',
  'yieldVcpu',
  'pauseVm',
  'unpauseVm',
  'setVm',
  'tune',
  'actsNs',
  'readVcpu',
  'readVm',
  'queueOf',
  'attach',
] as const;
type CallName = Exclude<(typeof GUARDED_CALLS)[number], ''>;

const CALL = Object.fromEntries(GUARDED_CALLS.map((name, number) => [name, number])) as Record<
  CallName,
  number
>;

/** The places of a pulse: which call is under way, and how many there have been. */
export const Pulse = { call: 0, count: 1, size: 2 } as const;

/** Why a vCPU can't run, one bit each. */
const Stop = { blocked: 1, paused: 2, absent: 4 } as const;

/** More decisions and timers than these in a millisecond are none that a machine could carry out. */
const MOST_STEPS = 10_000;
const STEPS_PER_PART = 100;
const STEPS_NS = 1e6;

export interface GuardOptions {
  /** where the call under way is told; default: nowhere that anybody sees */
  readonly pulse?: Int32Array;
}

/**
 * @param policy as `options` made it
 * @throws PolicyFault from then on, out of any call
 */
export function guarded(policy: Policy, options: PolicyOptions, { pulse }: GuardOptions = {}): Policy {
  return new Guarded(policy, options, pulse ?? new Int32Array(Pulse.size));
}

export function isGuarded(policy: Policy): policy is Guarded {
  return policy instanceof Guarded;
}

/** The fault of a policy that doesn't come back. @param pulse of its guard */
export function endlessFault(pulse: Int32Array): PolicyFault {
  const call = GUARDED_CALLS[pulse[Pulse.call]];
  const what = call === '' ? 'it keeps the loop busy, and time cannot go on' : `${call}() does not return`;
  return new PolicyFault('endless', what, { isPlaced: true });
}

/** What was caught while a policy ran: what that one did wrong, if it is guarded and did; else the same error. */
export function faultIn(policy: Policy, error: unknown): unknown {
  return isGuarded(policy) ? (policy.faultOf(error) ?? error) : error;
}

class Guarded implements Policy {
  readonly terms: PolicyTerms;
  readonly pcpuCount: number;
  readonly current: Int32Array;
  readonly vmOf: Int32Array;
  readonly pcpuOf: Int32Array;
  readonly counters: Counters;
  private readonly policy: Policy;
  readonly pulse: Int32Array;
  /** Index vCPU: bits of Stop. */
  private readonly stops: Uint8Array;
  /** Index vCPU: where it may run; null: everywhere. */
  private readonly pins: (CpuSet | null)[];
  /** Index vCPU: the pCPU that runs it, or −1; index pCPU: the vCPU that it runs, or IDLE. */
  private readonly runsOn: Int32Array;
  private readonly running: Int32Array;
  private readonly mostSteps: number;
  private steps = 0;
  private stepsSinceNs = -Infinity;
  private nowNs = 0;

  constructor(policy: Policy, { pcpuCount, vms, reserve }: PolicyOptions, pulse: Int32Array) {
    this.policy = policy;
    this.pulse = pulse;
    this.terms = policy.terms;
    this.pcpuCount = policy.pcpuCount;
    this.current = policy.current;
    this.vmOf = policy.vmOf;
    this.pcpuOf = policy.pcpuOf;
    this.counters = policy.counters;
    const pins = vms.flatMap(({ vcpus }) => vcpus);
    const capacity = pins.length + (reserve?.vcpus ?? 0);
    this.stops = new Uint8Array(capacity).fill(Stop.blocked | Stop.absent);
    this.pins = pins.map((pin) => this.setOf(pin));
    this.runsOn = new Int32Array(capacity).fill(-1);
    this.running = new Int32Array(pcpuCount).fill(IDLE);
    this.mostSteps = MOST_STEPS + STEPS_PER_PART * (capacity + pcpuCount);
  }

  get vcpuCount(): number {
    return this.policy.vcpuCount;
  }

  attach(cpuTimes: CpuTimes): void {
    if (this.policy.attach === undefined) return;
    this.enter(CALL.attach);
    this.policy.attach(cpuTimes);
    this.leave();
  }

  nextTimerNs(): number {
    this.enter(CALL.nextTimerNs);
    const ns = this.policy.nextTimerNs();
    this.leave();
    if (typeof ns !== 'number' || Number.isNaN(ns))
      throw this.broken('nonsense', `nextTimerNs() returned ${shown(ns)}, and no time in ns, or Infinity`);
    return ns;
  }

  nextTimerPcpu(): number {
    this.enter(CALL.nextTimerPcpu);
    const pcpu = this.policy.nextTimerPcpu();
    this.leave();
    this.requirePcpu('nextTimerPcpu', pcpu);
    return pcpu;
  }

  fireTimer(nowNs: number, currentCpuNs: number): void {
    this.enter(CALL.fireTimer);
    this.step(nowNs);
    this.policy.fireTimer(nowNs, currentCpuNs);
    this.leave();
  }

  nextResched(): number {
    this.enter(CALL.nextResched);
    const pcpu = this.policy.nextResched();
    this.leave();
    this.requirePcpu('nextResched', pcpu);
    return pcpu;
  }

  schedule(pcpu: number, nowNs: number, currentCpuNs: number): number {
    this.enter(CALL.schedule);
    this.step(nowNs);
    const next = this.policy.schedule(pcpu, nowNs, currentCpuNs);
    this.leave();
    this.checkNext(pcpu, next);
    return next;
  }

  addVm(vm: PolicyVm): number {
    this.enter(CALL.addVm);
    let number: number;
    try {
      number = this.policy.addVm(vm);
    } catch (error) {
      throw this.refusal(error);
    }
    this.leave();
    for (const pin of vm.vcpus) this.pins.push(this.setOf(pin));
    return number;
  }

  startVm(vm: number, nowNs: number): void {
    this.eachVcpu(vm, (vcpu) => (this.stops[vcpu] &= ~Stop.absent));
    this.nowNs = nowNs;
    this.enter(CALL.startVm);
    this.policy.startVm(vm, nowNs);
    this.leave();
  }

  destroyVm(vm: number, nowNs: number): void {
    this.eachVcpu(vm, (vcpu) => (this.stops[vcpu] |= Stop.absent | Stop.blocked));
    this.nowNs = nowNs;
    this.enter(CALL.destroyVm);
    this.policy.destroyVm(vm, nowNs);
    this.leave();
  }

  pinVcpu(vcpu: number, pcpus: readonly number[] | null, nowNs: number): void {
    this.pins[vcpu] = this.setOf(pcpus);
    this.nowNs = nowNs;
    this.enter(CALL.pinVcpu);
    this.policy.pinVcpu(vcpu, pcpus, nowNs);
    this.leave();
  }

  wake(vcpu: number, nowNs: number, wakingPcpu: number): void {
    this.stops[vcpu] &= ~Stop.blocked;
    this.nowNs = nowNs;
    this.enter(CALL.wake);
    this.policy.wake(vcpu, nowNs, wakingPcpu);
    this.leave();
  }

  block(vcpu: number, nowNs: number): void {
    this.stops[vcpu] |= Stop.blocked;
    this.nowNs = nowNs;
    this.enter(CALL.block);
    this.policy.block(vcpu, nowNs);
    this.leave();
  }

  yieldVcpu(vcpu: number, nowNs: number): void {
    this.nowNs = nowNs;
    this.enter(CALL.yieldVcpu);
    this.policy.yieldVcpu(vcpu, nowNs);
    this.leave();
  }

  pauseVm(vm: number, nowNs: number): void {
    this.eachVcpu(vm, (vcpu) => (this.stops[vcpu] |= Stop.paused));
    this.nowNs = nowNs;
    this.enter(CALL.pauseVm);
    this.policy.pauseVm(vm, nowNs);
    this.leave();
  }

  unpauseVm(vm: number, nowNs: number, wakingPcpu: number): void {
    this.eachVcpu(vm, (vcpu) => (this.stops[vcpu] &= ~Stop.paused));
    this.nowNs = nowNs;
    this.enter(CALL.unpauseVm);
    this.policy.unpauseVm(vm, nowNs, wakingPcpu);
    this.leave();
  }

  setVm(vm: number, change: ParameterValues, nowNs: number): boolean {
    this.nowNs = nowNs;
    this.enter(CALL.setVm);
    let isTaken: boolean;
    try {
      isTaken = this.policy.setVm(vm, change, nowNs);
    } catch (error) {
      throw this.refusal(error);
    }
    this.leave();
    return this.requireAnswer('setVm', isTaken);
  }

  tune(change: ParameterValues, nowNs: number): boolean {
    this.nowNs = nowNs;
    this.enter(CALL.tune);
    let isTaken: boolean;
    try {
      isTaken = this.policy.tune(change, nowNs);
    } catch (error) {
      throw this.refusal(error);
    }
    this.leave();
    return this.requireAnswer('tune', isTaken);
  }

  actsNs(field: string, nowNs: number, vm: number): number {
    if (this.policy.actsNs === undefined) return nowNs;
    this.enter(CALL.actsNs);
    const ns = this.policy.actsNs(field, nowNs, vm);
    this.leave();
    if (typeof ns !== 'number' || Number.isNaN(ns))
      throw this.broken('nonsense', `actsNs() returned ${shown(ns)}, and no time in ns`);
    return ns;
  }

  readVcpu(vcpu: number, out: Float64Array, at: number): void {
    // Records are made in the middle of other calls.
    const outer = this.pulse[Pulse.call];
    this.enter(CALL.readVcpu);
    this.policy.readVcpu(vcpu, out, at);
    this.pulse[Pulse.call] = outer;
    this.checkReadings('readVcpu', this.terms.vcpuReadings, out, at);
  }

  readVm(vm: number, out: Float64Array, at: number): void {
    const outer = this.pulse[Pulse.call];
    this.enter(CALL.readVm);
    this.policy.readVm(vm, out, at);
    this.pulse[Pulse.call] = outer;
    this.checkReadings('readVm', this.terms.vmReadings, out, at);
  }

  queueOf(pcpu: number): number[] {
    this.enter(CALL.queueOf);
    const queue = this.policy.queueOf(pcpu);
    this.leave();
    if (Array.isArray(queue) && queue.every((vcpu) => this.isVcpu(vcpu))) return queue;
    throw this.broken('nonsense', `queueOf(${pcpu}) returned ${shown(queue)}, and no array of vCPUs`);
  }

  fault(): string | null {
    return this.policy.fault?.() ?? null;
  }

  /** What was caught while this policy ran, as what it did wrong; null: it came from elsewhere. */
  faultOf(error: unknown): PolicyFault | null {
    const call = this.pulse[Pulse.call];
    if (isPolicyFault(error)) return error.isPlaced ? error : this.broken(error.kind, error.message);
    return call === 0
      ? null
      : this.broken('threw', `${GUARDED_CALLS[call]}() threw ${messageOf(error)}`, error);
  }

  private broken(kind: FaultKind, what: string, cause?: unknown): PolicyFault {
    this.leave();
    return new PolicyFault(kind, `${what}, at ${(this.nowNs / 1e6).toFixed(3)} ms`, {
      isPlaced: true,
      cause,
    });
  }

  private enter(call: number): void {
    this.pulse[Pulse.count]++;
    this.pulse[Pulse.call] = call;
  }

  private leave(): void {
    this.pulse[Pulse.call] = 0;
  }

  /** It decides, or a timer of its fires. */
  private step(nowNs: number): void {
    this.nowNs = nowNs;
    if (nowNs - this.stepsSinceNs >= STEPS_NS) {
      this.stepsSinceNs = nowNs;
      this.steps = 0;
    }
    if (++this.steps > this.mostSteps)
      throw this.broken('restless', `it decides again and again, ${this.steps} times within a millisecond`);
  }

  private checkReadings(call: CallName, readings: readonly Reading[], out: Float64Array, at: number): void {
    for (let i = 0; i < readings.length; i++) {
      if (Number.isFinite(out[at + i])) continue;
      throw this.broken(
        'nonsense',
        `${call}() wrote ${out[at + i]} as ${readings[i].key}, and no finite number`,
      );
    }
  }

  private checkNext(pcpu: number, next: number): void {
    if (next !== IDLE && !this.isVcpu(next))
      throw this.broken('nonsense', `schedule(${pcpu}) returned ${shown(next)}, and ${this.expected()}`);
    if (this.current[pcpu] !== next) {
      const told = `schedule(${pcpu}) returned ${next}, and current[${pcpu}] is ${this.current[pcpu]}`;
      throw this.broken('nonsense', told);
    }
    const prev = this.running[pcpu];
    if (prev !== IDLE) this.runsOn[prev] = -1;
    this.running[pcpu] = next;
    if (next === IDLE) return;
    const runs = `vCPU ${next} on pCPU ${pcpu}`;
    if (this.runsOn[next] >= 0)
      throw this.broken('twice', `it runs ${runs}, and on pCPU ${this.runsOn[next]} already`);
    if (this.stops[next] !== 0)
      throw this.broken('not-runnable', `it runs ${runs}, which ${whyNot(this.stops[next])}`);
    if (this.pins[next]?.has(pcpu) === false)
      throw this.broken('pinned', `it runs ${runs}, which its pin forbids`);
    if (this.pcpuOf[next] !== pcpu)
      throw this.broken('nonsense', `it runs ${runs}, and pcpuOf[${next}] is ${this.pcpuOf[next]}`);
    this.runsOn[next] = pcpu;
  }

  private isVcpu(value: unknown): value is number {
    return Number.isInteger(value) && (value as number) >= 0 && (value as number) < this.vcpuCount;
  }

  private expected(): string {
    return `no vCPU (0 to ${this.vcpuCount - 1}) and not IDLE (-1)`;
  }

  private requirePcpu(call: CallName, pcpu: number): void {
    if (Number.isInteger(pcpu) && pcpu >= -1 && pcpu < this.pcpuCount) return;
    const expected = `no pCPU (0 to ${this.pcpuCount - 1}) and not -1`;
    throw this.broken('nonsense', `${call}() returned ${shown(pcpu)}, and ${expected}`);
  }

  private requireAnswer(call: CallName, answer: unknown): boolean {
    if (typeof answer === 'boolean') return answer;
    throw this.broken('nonsense', `${call}() returned ${shown(answer)}, and not true or false`);
  }

  /** The calls that may refuse what they are given do so by a RangeError: then nothing is wrong. */
  private refusal(error: unknown): unknown {
    if (error instanceof RangeError) this.leave();
    return error;
  }

  private setOf(pin: readonly number[] | null): CpuSet | null {
    return pin === null ? null : CpuSet.of(this.pcpuCount, pin);
  }

  private eachVcpu(vm: number, change: (vcpu: number) => void): void {
    for (let vcpu = 0; vcpu < this.vcpuCount; vcpu++) if (this.vmOf[vcpu] === vm) change(vcpu);
  }
}

function whyNot(stops: number): string {
  if ((stops & Stop.absent) !== 0) return 'has not started, or is gone';
  return (stops & Stop.paused) !== 0 ? 'is paused' : 'is blocked';
}

function messageOf(error: unknown): string {
  if (!(error instanceof Error)) return shown(error);
  return error.name === 'Error' ? error.message : `${error.name}: ${error.message}`;
}
