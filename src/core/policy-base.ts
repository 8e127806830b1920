/**
 * What a policy has to remember whatever it goes by: who can run, who runs and who waits, which pCPUs are to decide,
 * and when slices end. A policy made from it says how waiting vCPUs are kept, and which of them comes next:
 *
 *                 wake, unpause                    choose()
 *     stopped ────────────────────► waiting ────────────────────► running
 *        ▲ ▲      block, pause         │ ▲   slice over, yield       │
 *        │ └───────────────────────────┘ └───────────────────────────┤
 *        └────────────────────── block, pause ───────────────────────┘
 *
 * A vCPU that begins to wait asks one idle pCPU where it may run to decide, if there is one. So no vCPU waits while a
 * pCPU idles where it may run. If there is none, it may preempt one that runs: preempt() says so.
 */
import { checkMachine, checkPin, checkReserve, checkVm } from './check-options.ts';
import { type Counters, createCounters } from './counters.ts';
import { Affinity, CpuSet } from './cpu-set.ts';
import { completed, problemIn, refuseUntunable } from './parameters.ts';
import { PolicyFault, shown } from './policy-fault.ts';
import type { ParameterValues, Policy, PolicyVm } from './policy.ts';
import { IDLE } from './policy.ts';
import type { PolicyOptions, PolicyType } from './policy-type.ts';
import { Choice, Reason } from './reason.ts';
import { TimerHeap } from './timer-heap.ts';
import { flatTopology } from './topology.ts';
import type { TraceSink } from './trace-sink.ts';

/** Why a vCPU can't run, one bit each. */
const Stop = { blocked: 1, paused: 2, absent: 4 } as const;

const NO_REASON = -1;

/**
 * Of several reasons to decide, the one that is told. What became of the current vCPU explains most, then one of the
 * policy's own, which are 5 to 7.
 */
const BY_WEIGHT = [
  Reason.paused,
  Reason.blocked,
  5,
  6,
  7,
  Reason.yielded,
  Reason.sliceOver,
  Reason.tickled,
] as const;

/** Shorter ones are mistakes, of units for example: nobody could carry them out. */
const LEAST_SLICE_NS = 10e3;

function wrongSlice(vcpu: number, sliceNs: unknown, leastNs: number): PolicyFault {
  return new PolicyFault(
    'nonsense',
    `begin(${vcpu}) returned ${shown(sliceNs)}, and not how long the slice is: ${leastNs} ns or more`,
  );
}

export abstract class PolicyBase implements Policy {
  readonly terms: PolicyType;
  readonly pcpuCount: number;
  vcpuCount: number;
  readonly current: Int32Array;
  readonly vmOf: Int32Array;
  readonly pcpuOf: Int32Array;
  readonly counters: Counters;
  protected readonly affinity: Affinity;
  /** The values of the scheduler's parameters, by field, and index VM: of the VM's. */
  protected values: Record<string, number>;
  protected readonly vmValues: Record<string, number>[];
  /** How choose() found the latest one, one of the policy's choices. */
  protected choice: number = Choice.queue;
  /** What choose() has found out that explains the decision: one of the policy's own reasons, or NO_REASON. */
  protected finding: number = NO_REASON;
  protected readonly trace: TraceSink | null;
  /** The shortest slice that begin() may return; above 0, since the pCPU would decide for ever in one instant. */
  protected readonly leastSliceNs: number = LEAST_SLICE_NS;
  /** Index VM: its first vCPU; the next VM's first vCPU ends it. */
  protected readonly firstVcpu: Int32Array;
  /** Index vCPU: bits of Stop. */
  private readonly stops: Uint8Array;
  /** Index vCPU: 1 while it waits. */
  private readonly waits: Uint8Array;
  /** The end of each pCPU's slice, then the alarm of each. */
  private readonly timers: TimerHeap;
  private readonly resched: CpuSet;
  /** Idle pCPUs that nobody has asked to decide. */
  protected readonly idlers: CpuSet;
  /** Index pCPU: why it is to decide, a bit for each Reason. */
  private readonly asked: Uint8Array;

  /** @throws RangeError for options that the policy's type doesn't allow */
  constructor(type: PolicyType, options: PolicyOptions) {
    const { pcpuCount, vms, topology = flatTopology(pcpuCount) } = options;
    checkMachine(pcpuCount, vms, topology);
    if (type.vcpuReadings.length > 0 && this.readVcpu === PolicyBase.prototype.readVcpu)
      throw new TypeError('vcpuReadings are declared, and there is no readVcpu()');
    if (type.vmReadings.length > 0 && this.readVm === PolicyBase.prototype.readVm)
      throw new TypeError('vmReadings are declared, and there is no readVm()');
    const pins = vms.flatMap((vm) => vm.vcpus);
    const { reserve = { vms: 0, vcpus: 0 } } = options;
    const capacity = pins.length + reserve.vcpus;
    this.terms = type;
    this.pcpuCount = pcpuCount;
    this.vcpuCount = pins.length;
    this.current = new Int32Array(pcpuCount).fill(IDLE);
    this.vmOf = new Int32Array(capacity);
    this.vmOf.set(vms.flatMap((vm, index) => vm.vcpus.map(() => index)));
    this.affinity = new Affinity(pcpuCount, pins, capacity);
    this.pcpuOf = new Int32Array(capacity);
    for (let vcpu = 0; vcpu < pins.length; vcpu++) this.pcpuOf[vcpu] = this.firstPcpu(vcpu);
    this.counters = options.counters ?? createCounters(capacity, pcpuCount, type.counters);
    this.values = completed(type.parameters, options.parameters);
    this.vmValues = vms.map(({ parameters }) => completed(type.vmParameters, parameters));
    this.trace = options.trace ?? null;
    this.firstVcpu = new Int32Array(vms.length + reserve.vms + 1);
    vms.forEach((vm, index) => (this.firstVcpu[index + 1] = this.firstVcpu[index] + vm.vcpus.length));
    this.stops = new Uint8Array(capacity).fill(Stop.blocked | Stop.absent);
    this.waits = new Uint8Array(capacity);
    this.timers = new TimerHeap(2 * pcpuCount);
    this.resched = new CpuSet(pcpuCount);
    this.idlers = CpuSet.full(pcpuCount);
    this.asked = new Uint8Array(pcpuCount);
  }

  /** A vCPU waits from now on. */
  protected abstract add(vcpu: number, nowNs: number): void;
  /** It no longer does. */
  protected abstract remove(vcpu: number): void;
  /**
   * Which of those that wait a pCPU is to run, or IDLE.
   * @param prev the one that ran there, and may go on: it waits with the others; IDLE: there is none
   * @param asked why it is to decide, a bit for each Reason
   */
  protected abstract choose(pcpu: number, nowNs: number, prev: number, asked: number): number;
  /** A vCPU that was chosen begins a slice, or goes on. @returns how long until it is asked for again */
  protected abstract begin(vcpu: number, nowNs: number): number;

  /** Charge the CPU time of a vCPU that is about to leave its pCPU, or to go on there. */
  protected charge?(vcpu: number, cpuNs: number): void;
  /** From now on a vCPU can run, or no longer can. */
  protected changeRunnable?(vcpu: number, canRun: boolean): void;
  /** A vCPU has begun to wait, and may be told of something. */
  protected waitBegan?(vcpu: number, nowNs: number): void;
  /** A vCPU can't run any more, and may be told of something. */
  protected stopped?(vcpu: number, nowNs: number): void;
  /** A vCPU that could not run is about to wait: the policy may assign it to another pCPU. */
  protected place?(vcpu: number, nowNs: number): void;
  /** A vCPU has begun to wait for a pCPU, and none idles: the policy may ask one that is busy. */
  protected preempt?(vcpu: number, nowNs: number): void;
  /** The alarm of a pCPU has gone off, which the policy had set. */
  protected ring?(pcpu: number, nowNs: number): void;

  nextTimerNs(): number {
    return this.timers.firstNs();
  }

  nextTimerPcpu(): number {
    return this.timers.firstId() % this.pcpuCount;
  }

  fireTimer(nowNs: number): void {
    const { timers, pcpuCount } = this;
    const id = timers.firstId();
    timers.cancel(id);
    if (id < pcpuCount) this.ask(id, Reason.sliceOver);
    else this.ring?.(id - pcpuCount, nowNs);
  }

  nextResched(): number {
    return this.resched.first();
  }

  schedule(pcpu: number, nowNs: number, currentCpuNs: number): number {
    const { current, counters, trace } = this;
    const prev = current[pcpu];
    const asked = this.asked[pcpu];
    this.resched.delete(pcpu);
    this.asked[pcpu] = 0;
    if (prev !== IDLE) this.charge?.(prev, currentCpuNs);
    const mayStay = prev !== IDLE && this.stops[prev] === 0 && this.affinity.of(prev).has(pcpu);
    if (mayStay) this.startToWait(prev, nowNs);
    this.finding = NO_REASON;
    const next = this.choose(pcpu, nowNs, mayStay ? prev : IDLE, asked);
    if (next !== IDLE && this.waits[next] !== 1) throw this.wrongChoice(pcpu, next);
    const from = next === IDLE ? pcpu : this.pcpuOf[next];
    if (from !== pcpu) {
      counters.migrations[next]++;
      if (trace !== null) trace.migrate(nowNs, next, from, pcpu);
    }
    // Before it is told, so that readings are those of the slice that begins.
    const sliceNs = next === IDLE ? 0 : this.begin(next, nowNs);
    if (next !== IDLE && !this.isSlice(sliceNs)) throw wrongSlice(next, sliceNs, this.leastSliceNs);
    if (trace !== null) {
      const reasons = this.finding === NO_REASON ? asked : asked | (1 << this.finding);
      trace.decide(nowNs, pcpu, prev, next, reasonOf(reasons), next === IDLE ? Choice.nobody : this.choice);
    }
    if (next === IDLE) {
      this.idlers.add(pcpu);
      this.timers.cancel(pcpu);
    } else {
      this.endToWait(next);
      this.pcpuOf[next] = pcpu;
      this.idlers.delete(pcpu);
      this.timers.arm(pcpu, nowNs + sliceNs);
    }
    if (next !== prev) {
      current[pcpu] = next;
      counters.switches[pcpu]++;
      if (next !== IDLE) counters.dispatches[next]++;
      if (prev !== IDLE) this.leavePcpu(prev, nowNs);
    }
    return next;
  }

  addVm(added: PolicyVm): number {
    const { vmValues, vmOf, firstVcpu } = this;
    const vm = vmValues.length;
    checkVm(vm, added, this.pcpuCount);
    const used = { vms: vm, vcpus: this.vcpuCount };
    checkReserve(used, { vms: firstVcpu.length - 1, vcpus: vmOf.length }, added);
    vmValues.push(completed(this.terms.vmParameters, added.parameters));
    for (const pin of added.vcpus) {
      const vcpu = this.vcpuCount++;
      vmOf[vcpu] = vm;
      this.affinity.set(vcpu, pin);
      this.pcpuOf[vcpu] = this.firstPcpu(vcpu);
    }
    firstVcpu[vm + 1] = this.vcpuCount;
    return vm;
  }

  startVm(vm: number, nowNs: number): void {
    for (let vcpu = this.firstVcpu[vm]; vcpu < this.firstVcpu[vm + 1]; vcpu++)
      this.stops[vcpu] &= ~Stop.absent;
    if (this.trace !== null) this.trace.start(nowNs, vm);
  }

  wake(vcpu: number, nowNs: number): void {
    if ((this.stops[vcpu] & Stop.blocked) === 0) return;
    if (this.trace !== null) this.trace.wake(nowNs, vcpu);
    this.allow(vcpu, Stop.blocked, nowNs);
  }

  block(vcpu: number, nowNs: number): void {
    this.forbid(vcpu, Stop.blocked, Reason.blocked, nowNs);
  }

  yieldVcpu(vcpu: number): void {
    const pcpu = this.pcpuOf[vcpu];
    if (this.current[pcpu] === vcpu) this.ask(pcpu, Reason.yielded);
  }

  pauseVm(vm: number, nowNs: number): void {
    if (this.trace !== null) this.trace.pause(nowNs, vm);
    for (let vcpu = this.firstVcpu[vm]; vcpu < this.firstVcpu[vm + 1]; vcpu++)
      this.forbid(vcpu, Stop.paused, Reason.paused, nowNs);
  }

  unpauseVm(vm: number, nowNs: number): void {
    if (this.trace !== null) this.trace.unpause(nowNs, vm);
    for (let vcpu = this.firstVcpu[vm]; vcpu < this.firstVcpu[vm + 1]; vcpu++)
      if ((this.stops[vcpu] & Stop.paused) !== 0) this.allow(vcpu, Stop.paused, nowNs);
  }

  destroyVm(vm: number, nowNs: number): void {
    if (this.trace !== null) this.trace.destroy(nowNs, vm);
    for (let vcpu = this.firstVcpu[vm]; vcpu < this.firstVcpu[vm + 1]; vcpu++)
      this.forbid(vcpu, Stop.absent | Stop.blocked, Reason.blocked, nowNs);
  }

  /** One that runs where it may no longer run goes back to those that wait; one that waits may get an idle pCPU. */
  pinVcpu(vcpu: number, pcpus: readonly number[] | null, nowNs: number): void {
    checkPin(`pin of vCPU ${vcpu}`, pcpus, this.pcpuCount);
    const isWaiting = this.waits[vcpu] === 1;
    if (isWaiting) this.endToWait(vcpu);
    this.affinity.set(vcpu, pcpus);
    if (this.trace !== null) this.trace.pin(nowNs, vcpu, this.affinity.of(vcpu).count);
    const pcpu = this.pcpuOf[vcpu];
    if (this.current[pcpu] === vcpu) {
      if (!this.affinity.of(vcpu).has(pcpu)) this.ask(pcpu, Reason.tickled);
      return;
    }
    this.pcpuOf[vcpu] = this.affinity.of(vcpu).has(pcpu) ? pcpu : this.affinity.of(vcpu).next(pcpu);
    if (!isWaiting) return;
    this.startToWait(vcpu, nowNs);
    this.seekPcpu(vcpu, nowNs);
  }

  setVm(vm: number, change: ParameterValues, nowNs: number): boolean {
    const { vmParameters } = this.terms;
    refuseUntunable(vmParameters, change);
    const values = { ...this.vmValues[vm], ...change } as Record<string, number>;
    const problem = problemIn(vmParameters, values);
    if (problem !== null) throw new RangeError(problem);
    this.vmValues[vm] = values;
    if (this.trace !== null) this.trace.set(nowNs, vm, 0);
    return true;
  }

  tune(change: ParameterValues, nowNs: number): boolean {
    const { parameters } = this.terms;
    refuseUntunable(parameters, change);
    const values = { ...this.values, ...change } as Record<string, number>;
    const isValid = problemIn(parameters, values) === null;
    if (isValid) this.values = values;
    if (this.trace !== null) this.trace.tune(nowNs, isValid ? 0 : -1);
    return isValid;
  }

  /** For policies without readings: one that declares some writes them itself. */
  readVcpu(...[, out, at]: Parameters<Policy['readVcpu']>): void {
    out.fill(0, at, at + this.terms.vcpuReadings.length);
  }

  readVm(...[, out, at]: Parameters<Policy['readVm']>): void {
    out.fill(0, at, at + this.terms.vmReadings.length);
  }

  /** By number: what comes first is for a policy to say that knows it. */
  queueOf(pcpu: number): number[] {
    const queue: number[] = [];
    for (let vcpu = 0; vcpu < this.vcpuCount; vcpu++)
      if (this.waits[vcpu] === 1 && this.pcpuOf[vcpu] === pcpu) queue.push(vcpu);
    return queue;
  }

  fault(): string | null {
    for (let vcpu = 0; vcpu < this.vcpuCount; vcpu++) {
      const isCurrent = this.current[this.pcpuOf[vcpu]] === vcpu;
      const canRun = this.stops[vcpu] === 0;
      if (canRun && !isCurrent && this.waits[vcpu] === 0) return `vCPU ${vcpu} can run and is nowhere`;
      if (this.waits[vcpu] === 1 && (isCurrent || !canRun))
        return `vCPU ${vcpu} waits, and runs or can't run`;
      if (isCurrent && !canRun && !this.resched.has(this.pcpuOf[vcpu]))
        return `vCPU ${vcpu} can't run (${this.stops[vcpu]}) and runs on pCPU ${this.pcpuOf[vcpu]}`;
    }
    return null;
  }

  /** A vCPU that is no longer current goes where it may run, if it may not run here any more. */
  private leavePcpu(vcpu: number, nowNs: number): void {
    const allowed = this.affinity.of(vcpu);
    const pcpu = this.pcpuOf[vcpu];
    if (!allowed.has(pcpu)) {
      this.pcpuOf[vcpu] = allowed.next(pcpu);
      if (this.stops[vcpu] !== 0) return;
      this.startToWait(vcpu, nowNs);
      this.seekPcpu(vcpu, nowNs);
    } else if (this.waits[vcpu] === 1) {
      this.tickle(vcpu);
    }
  }

  /** Have ring() called for a pCPU. */
  protected setAlarm(pcpu: number, dueNs: number): void {
    this.timers.arm(this.pcpuCount + pcpu, dueNs);
  }

  protected cancelAlarm(pcpu: number): void {
    this.timers.cancel(this.pcpuCount + pcpu);
  }

  /** Ask a pCPU to decide. */
  protected ask(pcpu: number, reason: number): void {
    this.asked[pcpu] |= 1 << reason;
    this.resched.add(pcpu);
  }

  /** A vCPU that has begun to wait asks an idle pCPU, or else perhaps one that is busy. */
  private seekPcpu(vcpu: number, nowNs: number): void {
    if (!this.tickle(vcpu)) this.preempt?.(vcpu, nowNs);
  }

  /** Ask an idle pCPU where it may run to decide: its own, or else the next one. @returns whether there is one */
  protected tickle(vcpu: number): boolean {
    const own = this.pcpuOf[vcpu];
    const idle = this.idlers.has(own) ? own : this.idlers.nextCommon(this.affinity.of(vcpu), own);
    if (idle < 0) return false;
    this.idlers.delete(idle);
    this.ask(idle, Reason.tickled);
    return true;
  }

  /** Spread over the pCPUs, each to the first one from its number on where it may run. */
  private firstPcpu(vcpu: number): number {
    return this.affinity.of(vcpu).next((vcpu + this.pcpuCount - 1) % this.pcpuCount);
  }

  private allow(vcpu: number, stop: number, nowNs: number): void {
    this.stops[vcpu] &= ~stop;
    if (this.stops[vcpu] !== 0) return;
    this.changeRunnable?.(vcpu, true);
    if (this.current[this.pcpuOf[vcpu]] === vcpu) return;
    this.place?.(vcpu, nowNs);
    this.startToWait(vcpu, nowNs);
    this.seekPcpu(vcpu, nowNs);
  }

  private forbid(vcpu: number, stop: number, reason: number, nowNs: number): void {
    if (this.stops[vcpu] === 0) {
      this.changeRunnable?.(vcpu, false);
      this.stopped?.(vcpu, nowNs);
    }
    this.stops[vcpu] |= stop;
    const pcpu = this.pcpuOf[vcpu];
    if (this.current[pcpu] === vcpu) this.ask(pcpu, reason);
    else if (this.waits[vcpu] === 1) this.endToWait(vcpu);
  }

  private isSlice(value: unknown): boolean {
    return typeof value === 'number' && value >= this.leastSliceNs;
  }

  private startToWait(vcpu: number, nowNs: number): void {
    this.waits[vcpu] = 1;
    this.add(vcpu, nowNs);
    this.waitBegan?.(vcpu, nowNs);
  }

  private endToWait(vcpu: number): void {
    this.waits[vcpu] = 0;
    this.remove(vcpu);
  }

  /** Of one that doesn't wait. */
  private wrongChoice(pcpu: number, next: unknown): PolicyFault {
    const chose = `choose(${pcpu}) returned ${shown(next)}`;
    if (!Number.isInteger(next) || (next as number) < 0 || (next as number) >= this.vcpuCount) {
      const expected = `no vCPU (0 to ${this.vcpuCount - 1}) and not IDLE (${IDLE})`;
      return new PolicyFault('nonsense', `${chose}, and ${expected}`);
    }
    const vcpu = next as number;
    const elsewhere = this.current.indexOf(vcpu);
    if (elsewhere >= 0 && elsewhere !== pcpu)
      return new PolicyFault('twice', `${chose}, a vCPU that runs on pCPU ${elsewhere}`);
    return new PolicyFault(
      'not-runnable',
      `${chose}, a vCPU that does not wait: it is blocked, paused or gone`,
    );
  }
}

/** @param asked a bit for each Reason */
function reasonOf(asked: number): number {
  for (const reason of BY_WEIGHT) if ((asked & (1 << reason)) !== 0) return reason;
  return Reason.tickled;
}
