import type { Counters } from '../core/counters.ts';
import type { CpuTimes, ParameterValues, Policy, PolicyVm } from '../core/policy.ts';
import { IDLE } from '../core/policy.ts';
import type { PolicyTerms } from '../core/policy-terms.ts';
import { type FaultKind, PolicyFault } from '../core/policy-fault.ts';

/** The calls that are remembered, and what their two numbers mean. */
const CALLS = [
  ['fireTimer', 'pcpu', 'cpuNs'],
  ['schedule', 'pcpu', 'next'],
  ['startVm', 'vm', ''],
  ['wake', 'vcpu', 'wakingPcpu'],
  ['block', 'vcpu', ''],
  ['yieldVcpu', 'vcpu', ''],
  ['pauseVm', 'vm', ''],
  ['unpauseVm', 'vm', 'wakingPcpu'],
  ['setVm', 'vm', ''],
  ['tune', '', ''],
  ['destroyVm', 'vm', ''],
  ['pinVcpu', 'vcpu', ''],
] as const;

const Call = {
  fireTimer: 0,
  schedule: 1,
  startVm: 2,
  wake: 3,
  block: 4,
  yieldVcpu: 5,
  pauseVm: 6,
  unpauseVm: 7,
  setVm: 8,
  tune: 9,
  destroyVm: 10,
  pinVcpu: 11,
} as const;
type Call = (typeof Call)[keyof typeof Call];

const FIELDS = 4;

/**
 * The same policy, checked after each call:
 *
 * - no vCPU is current on two pCPUs, and each is current on the pCPU that it is assigned to;
 * - once all decisions are taken, nobody is current who is blocked, paused or not started, by what the policy was
 *   told (not by what it remembers);
 * - time and the CPU time of a vCPU never go back;
 * - the policy asks for the CPU time of those only who are current, and only while it is called;
 * - the policy finds no fault in its own state.
 *
 * The first breach throws a PolicyFault with the last calls. Costs time in proportion to the number of vCPUs per call.
 * @param remembered how many calls the error tells of
 */
export function paranoid(policy: Policy, remembered = 40): Policy {
  return new Paranoid(policy, remembered);
}

class Paranoid implements Policy {
  readonly terms: PolicyTerms;
  readonly pcpuCount: number;
  readonly current: Int32Array;
  readonly vmOf: Int32Array;
  readonly pcpuOf: Int32Array;
  readonly counters: Counters;
  private readonly policy: Policy;
  /** Index vCPU: not runnable by what the policy was told. */
  private readonly isBlocked: Uint8Array;
  /** Index VM. */
  private readonly isPaused: Uint8Array;
  /** Index vCPU: the pCPU it was seen current on in the check under way. */
  private readonly seenOn: Int32Array;
  /** Index vCPU: the latest CPU time that was given. */
  private readonly cpuNs: Float64Array;
  /** Ring of calls: which, when, and two numbers. */
  private readonly calls: Float64Array;
  private callCount = 0;
  private lastNs = -Infinity;
  /** A call is under way. */
  private isCalled = false;

  constructor(policy: Policy, remembered: number) {
    this.policy = policy;
    this.terms = policy.terms;
    this.pcpuCount = policy.pcpuCount;
    this.current = policy.current;
    this.vmOf = policy.vmOf;
    this.pcpuOf = policy.pcpuOf;
    this.counters = policy.counters;
    this.isBlocked = new Uint8Array(policy.vmOf.length).fill(1);
    this.isPaused = new Uint8Array(policy.vmOf.length);
    this.seenOn = new Int32Array(policy.vmOf.length);
    this.cpuNs = new Float64Array(policy.vmOf.length);
    this.calls = new Float64Array(FIELDS * Math.max(1, remembered));
  }

  get vcpuCount(): number {
    return this.policy.vcpuCount;
  }

  attach(cpuTimes: CpuTimes): void {
    this.policy.attach?.({ cpuNs: (vcpu) => this.askedFor(vcpu, cpuTimes) });
  }

  nextTimerNs(): number {
    return this.policy.nextTimerNs();
  }

  nextTimerPcpu(): number {
    return this.policy.nextTimerPcpu();
  }

  nextResched(): number {
    return this.policy.nextResched();
  }

  fireTimer(nowNs: number, currentCpuNs: number): void {
    const pcpu = this.policy.nextTimerPcpu();
    if (pcpu >= 0) this.takeCpuTime(pcpu, currentCpuNs);
    this.isCalled = true;
    this.policy.fireTimer(nowNs, currentCpuNs);
    this.check(Call.fireTimer, nowNs, pcpu, currentCpuNs);
  }

  schedule(pcpu: number, nowNs: number, currentCpuNs: number): number {
    this.takeCpuTime(pcpu, currentCpuNs);
    this.isCalled = true;
    const next = this.policy.schedule(pcpu, nowNs, currentCpuNs);
    this.check(Call.schedule, nowNs, pcpu, next);
    if (next !== this.current[pcpu])
      this.fail('untrue', `pCPU ${pcpu} is told ${next} and remembers ${this.current[pcpu]}`);
    return next;
  }

  addVm(vm: PolicyVm): number {
    return this.policy.addVm(vm);
  }

  destroyVm(vm: number, nowNs: number): void {
    for (let vcpu = 0; vcpu < this.vcpuCount; vcpu++) if (this.vmOf[vcpu] === vm) this.isBlocked[vcpu] = 1;
    this.isCalled = true;
    this.policy.destroyVm(vm, nowNs);
    this.check(Call.destroyVm, nowNs, vm, 0);
  }

  pinVcpu(vcpu: number, pcpus: readonly number[] | null, nowNs: number): void {
    this.isCalled = true;
    this.policy.pinVcpu(vcpu, pcpus, nowNs);
    this.check(Call.pinVcpu, nowNs, vcpu, 0);
  }

  actsNs(field: string, nowNs: number, vm: number): number {
    return this.policy.actsNs?.(field, nowNs, vm) ?? nowNs;
  }

  startVm(vm: number, nowNs: number): void {
    this.isCalled = true;
    this.policy.startVm(vm, nowNs);
    this.check(Call.startVm, nowNs, vm, 0);
  }

  wake(vcpu: number, nowNs: number, wakingPcpu: number): void {
    this.isBlocked[vcpu] = 0;
    this.isCalled = true;
    this.policy.wake(vcpu, nowNs, wakingPcpu);
    this.check(Call.wake, nowNs, vcpu, wakingPcpu);
  }

  block(vcpu: number, nowNs: number): void {
    this.isBlocked[vcpu] = 1;
    this.isCalled = true;
    this.policy.block(vcpu, nowNs);
    this.check(Call.block, nowNs, vcpu, 0);
  }

  yieldVcpu(vcpu: number, nowNs: number): void {
    this.isCalled = true;
    this.policy.yieldVcpu(vcpu, nowNs);
    this.check(Call.yieldVcpu, nowNs, vcpu, 0);
  }

  pauseVm(vm: number, nowNs: number): void {
    this.isPaused[vm] = 1;
    this.isCalled = true;
    this.policy.pauseVm(vm, nowNs);
    this.check(Call.pauseVm, nowNs, vm, 0);
  }

  unpauseVm(vm: number, nowNs: number, wakingPcpu: number): void {
    this.isPaused[vm] = 0;
    this.isCalled = true;
    this.policy.unpauseVm(vm, nowNs, wakingPcpu);
    this.check(Call.unpauseVm, nowNs, vm, wakingPcpu);
  }

  setVm(vm: number, change: ParameterValues, nowNs: number): boolean {
    this.isCalled = true;
    const isValid = this.policy.setVm(vm, change, nowNs);
    this.check(Call.setVm, nowNs, vm, 0);
    return isValid;
  }

  tune(change: ParameterValues, nowNs: number): boolean {
    this.isCalled = true;
    const isValid = this.policy.tune(change, nowNs);
    this.check(Call.tune, nowNs, 0, 0);
    return isValid;
  }

  fault(): string | null {
    return this.policy.fault?.() ?? null;
  }

  readVcpu(vcpu: number, out: Float64Array, at: number): void {
    this.policy.readVcpu(vcpu, out, at);
  }

  readVm(vm: number, out: Float64Array, at: number): void {
    this.policy.readVm(vm, out, at);
  }

  queueOf(pcpu: number): number[] {
    return this.policy.queueOf(pcpu);
  }

  private askedFor(vcpu: number, cpuTimes: CpuTimes): number {
    if (!this.isCalled) this.fail('untrue', `the CPU time of vCPU ${vcpu} is asked for outside a call`);
    if (!this.current.includes(vcpu))
      this.fail('untrue', `the CPU time of vCPU ${vcpu} is asked for, and it isn't current`);
    const cpuNs = cpuTimes.cpuNs(vcpu);
    this.keepCpuTime(vcpu, cpuNs);
    return cpuNs;
  }

  private takeCpuTime(pcpu: number, cpuNs: number): void {
    const vcpu = this.current[pcpu];
    if (vcpu !== IDLE) this.keepCpuTime(vcpu, cpuNs);
  }

  private keepCpuTime(vcpu: number, cpuNs: number): void {
    if (cpuNs < this.cpuNs[vcpu])
      this.fail('untrue', `the CPU time of vCPU ${vcpu} goes back from ${this.cpuNs[vcpu]} to ${cpuNs}`);
    this.cpuNs[vcpu] = cpuNs;
  }

  private check(call: Call, nowNs: number, first: number, second: number): void {
    this.isCalled = false;
    this.calls.set([call, nowNs, first, second], (FIELDS * this.callCount++) % this.calls.length);
    if (nowNs < this.lastNs) this.fail('untrue', `time goes back from ${this.lastNs} to ${nowNs}`);
    this.lastNs = nowNs;
    this.checkCurrent();
    const fault = this.fault();
    if (fault !== null) this.fail('untrue', fault);
  }

  private checkCurrent(): void {
    const { current, pcpuOf, seenOn } = this;
    const isSettled = this.policy.nextResched() < 0;
    seenOn.fill(-1);
    for (let pcpu = 0; pcpu < this.pcpuCount; pcpu++) {
      const vcpu = current[pcpu];
      if (vcpu === IDLE) continue;
      if (seenOn[vcpu] >= 0)
        this.fail('twice', `vCPU ${vcpu} is current on pCPU ${seenOn[vcpu]} and on ${pcpu}`);
      seenOn[vcpu] = pcpu;
      if (pcpuOf[vcpu] !== pcpu)
        this.fail('untrue', `vCPU ${vcpu} is current on pCPU ${pcpu} and assigned to ${pcpuOf[vcpu]}`);
      if (isSettled && (this.isBlocked[vcpu] !== 0 || this.isPaused[this.vmOf[vcpu]] !== 0))
        this.fail('not-runnable', `vCPU ${vcpu} is blocked or paused and runs on pCPU ${pcpu}`);
    }
  }

  private fail(kind: FaultKind, what: string): never {
    throw new PolicyFault(kind, `the scheduler's state is broken: ${what}\n${this.lastCalls().join('\n')}`);
  }

  private lastCalls(): string[] {
    const capacity = this.calls.length / FIELDS;
    const shown = Math.min(this.callCount, capacity);
    return Array.from({ length: shown }, (_, i) => {
      const at = FIELDS * ((this.callCount - shown + i) % capacity);
      const [name, first, second] = CALLS[this.calls[at]];
      const told = [
        [first, this.calls[at + 2]],
        [second, this.calls[at + 3]],
      ].flatMap(([key, value]) => (key === '' ? [] : [`${key} ${value}`]));
      return `  ${this.calls[at + 1]} ns ${name} ${told.join(' ')}`.trimEnd();
    });
  }
}
