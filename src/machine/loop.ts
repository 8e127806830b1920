/**
 * The one loop that drives any policy on any machine, real or simulated.
 *
 *        ┌──► catch up: exits, timers, wake-ups, VM starts, events, each at its instant ──► commands ──► sleep ──┐
 *        └────────────────────────── until the duration, the last work, or a stop ───────────────────────────────┘
 *
 * On real cores a wait ends late. What has become due meanwhile is handled in the order of its instants, and the policy
 * is told that instant, not the one at which the loop came to it:
 *
 *        due            10.00 ms  tick         14.20 ms  vCPU 3 blocks          the loop wakes at 14.35 ms
 *        policy told    10.00     tick()       14.20     block(3), schedule()   its decisions take effect then
 *
 * So a timer that the policy re-arms from the instant that it was told keeps its period, however late the loop is. CPU
 * times are real: they are read when the policy asks. The policy's time never runs backward: what was due before the
 * last instant told is handled at that instant. Of several things due in one instant, exits come first, then timers,
 * wake-ups, starts and events. Wake-ups, starts and events are handled one by one. After each of them the policy
 * decides for every pCPU that it wants to reschedule, the lowest-numbered first. What becomes due in that very instant
 * meanwhile, a timer that was set to it, has its turn in a further round.
 *
 * With `instants: 'late'` a pass handles everything that is due, kind by kind, at the instant of the pass. Then each
 * late accounting delays all that follow it, which shows what late timers do to a scheduler. A pass that comes more
 * than LOST_NS late does the same, whatever was asked for: the machine stood still, so there is nothing to catch up.
 *
 * If a vCPU yields and is chosen again, the machine isn't told anything: the vCPU goes on when the pass is over.
 */
import type { ParameterValues, Policy, PolicyVm } from '../core/policy.ts';
import { IDLE } from '../core/policy.ts';
import type { LoopChange, ScriptedEvent } from './agenda.ts';
import { Agenda } from './agenda.ts';
import { type LoopObserver, type Machine, Exit } from './machine.ts';

/** Orders from outside, for example from a message port. */
export interface Commands {
  /**
   * Called once per pass. Applies what has come, to the policy (which may ask for reschedules) or by
   * loop.stop(). An order that can't wait for the next timer must also end the machine's wait.
   */
  poll(policy: Policy, nowNs: number): void;
}

export interface LoopOptions {
  /** per VM */
  readonly startNs: readonly number[];
  readonly events?: readonly ScriptedEvent[];
  /** the run ends just before this instant; default: never */
  readonly durationNs?: number;
  /** vCPUs: the run ends when all of them are done, or gone; default: none, and it doesn't */
  readonly awaited?: readonly number[];
  readonly commands?: Commands | null;
  readonly observer?: LoopObserver | null;
  /** default 'due' */
  readonly instants?: Instants;
  /** told of each scripted event that was carried out */
  readonly onChange?: (made: MadeChange) => void;
}

/** A scripted event that was carried out. */
export interface MadeChange {
  /** its place in `events` */
  readonly event: number;
  /** the instant that the policy was told */
  readonly atNs: number;
  /** from when on it can have an effect */
  readonly actsNs: number;
}

/** Which instant the policy is told: the one at which something was due, or the one at which the loop came to it. */
export const INSTANTS = ['due', 'late'] as const;
export type Instants = (typeof INSTANTS)[number];

/** Wake-ups by a change happen on the first pCPU, where Xen's control domain would run. */
const CONTROL_PCPU = 0;

/** A pass that comes later than this isn't just late: the machine stood still, and everybody lost the time. */
export const LOST_NS = 200e6;

/** What is said of a change of the scheduler or a VM that the policy refused. */
export const REFUSED_TOGETHER = 'the scheduler refuses these values together with those that it has';

/** The kinds of things that may be due in one instant, in the order in which they are handled. */
const Turn = { exits: 0, timers: 1, wakes: 2, agenda: 3 } as const;
type Turn = (typeof Turn)[keyof typeof Turn];

export type LoopEnd = 'duration' | 'done' | 'stopped';

export class MachineLoop {
  /** When the run ended; NaN until then. */
  endNs = NaN;
  private readonly policy: Policy;
  private readonly machine: Machine;
  private readonly agenda: Agenda;
  private readonly durationNs: number;
  private readonly endsWithWork: boolean;
  /** Index vCPU: 1 if the run doesn't end before it is done. */
  private readonly isAwaited: Uint8Array;
  /** those that aren't done yet */
  private awaitedCount = 0;
  private readonly commands: Commands | null;
  private readonly observer: LoopObserver | null;
  private readonly onChange: ((made: MadeChange) => void) | null;
  /** Index VM: its first vCPU; the next VM's first vCPU ends it. */
  private readonly firstVcpu: number[];
  private readonly tellsLate: boolean;
  private isStopping = false;
  /** the latest instant that the policy was told */
  private lastNs = -Infinity;
  /** Index pCPU: when the timer was due that fired there and whose decision is still to come; NaN: none. */
  private readonly firedNs: Float64Array;
  /** the pCPUs that have such a timer */
  private readonly fired: Int32Array;
  private firedCount = 0;
  /** the pCPU on which schedule() ran last */
  private lastScheduled = 0;

  constructor(policy: Policy, machine: Machine, options: LoopOptions) {
    this.policy = policy;
    this.machine = machine;
    this.agenda = new Agenda(options.startNs, options.events ?? []);
    this.durationNs = options.durationNs ?? Infinity;
    const { awaited = [] } = options;
    this.endsWithWork = awaited.length > 0;
    this.isAwaited = new Uint8Array(policy.vmOf.length);
    for (const vcpu of awaited) this.awaitDone(vcpu);
    this.commands = options.commands ?? null;
    this.observer = options.observer ?? null;
    this.onChange = options.onChange ?? null;
    this.firstVcpu = firstVcpus(policy);
    this.tellsLate = options.instants === 'late';
    this.firedNs = new Float64Array(policy.pcpuCount).fill(NaN);
    this.fired = new Int32Array(policy.pcpuCount);
    policy.attach?.(machine);
  }

  /**
   * Returns when the run is over and all pCPUs have been told to run nothing. If a command throws, it may be called
   * again and goes on with that pass.
   */
  run(): LoopEnd {
    let end: LoopEnd | null = null;
    while (end === null) end = this.pass();
    this.releaseAll();
    return end;
  }

  /** End the run after the pass under way; from a command, an observer or a signal handler of this thread. */
  stop(): void {
    this.isStopping = true;
  }

  /**
   * One pass, for a caller that comes back. When it has ended, all pCPUs have been told to run nothing.
   * @returns null: there is more to do
   */
  step(): LoopEnd | null {
    const end = this.pass();
    if (end !== null) this.releaseAll();
    return end;
  }

  /**
   * Make a change. From a command, at the instant that it is told.
   * @returns from when on it can have an effect; NaN: the policy refused the new values
   * @throws RangeError if the policy refuses it otherwise
   */
  apply(change: LoopChange, atNs: number): number {
    const actsNs = this.make(change, atNs);
    this.reschedule(atNs);
    return actsNs;
  }

  /**
   * A VM comes that nobody knew of. From a command.
   * @param hasEnd it has work that ends: a run that ends with its work waits for it, too
   * @param admit its vCPUs can be dispatched from now on
   * @throws RangeError if the policy refuses it: nothing has changed then
   */
  start(added: PolicyVm, hasEnd: boolean, atNs: number, admit: () => void): number {
    const vm = this.policy.addVm(added);
    admit();
    const { vcpuCount } = this.policy;
    if (hasEnd) for (let vcpu = this.firstVcpu[vm]; vcpu < vcpuCount; vcpu++) this.awaitDone(vcpu);
    this.firstVcpu.push(vcpuCount);
    this.startVm(vm, atNs);
    return vm;
  }

  private pass(): LoopEnd | null {
    const { machine, policy } = this;
    const nowNs = machine.nowNs();
    if (nowNs >= this.durationNs) {
      // The pass is late: what was due before the end is still part of the run.
      this.catchUp(this.durationNs - 1, nowNs);
      return this.end('duration', nowNs);
    }
    this.catchUp(nowNs, nowNs);
    if (this.commands !== null) {
      if (nowNs > this.lastNs) this.lastNs = nowNs;
      this.commands.poll(policy, this.lastNs);
      this.reschedule(this.lastNs);
    }
    if (this.isStopping) return this.end('stopped', nowNs);
    if (this.endsWithWork && this.awaitedCount === 0) return this.end('done', nowNs);
    machine.wait(Math.min(policy.nextTimerNs(), this.agenda.nextNs, this.durationNs));
    return null;
  }

  /** Handle all that is due until then, now at the latest, in the order of its instants. */
  private catchUp(untilNs: number, nowNs: number): void {
    const { machine, policy, agenda } = this;
    let { tellsLate } = this;
    let turn: Turn = Turn.exits;
    let exited = machine.nextExit(untilNs);
    for (;;) {
      const timerNs = policy.nextTimerNs();
      const wakeNs = machine.nextWakeNs();
      let dueNs = timerNs < wakeNs ? timerNs : wakeNs;
      if (agenda.nextNs < dueNs) dueNs = agenda.nextNs;
      if (exited >= 0) {
        // A vCPU that leaves while a pass is under way left after the pass began.
        const exitNs = machine.exitNs < untilNs ? machine.exitNs : untilNs;
        if (exitNs < dueNs) dueNs = exitNs;
      }
      if (dueNs > untilNs) return;
      if (nowNs - dueNs > LOST_NS) tellsLate = true;
      const atNs = tellsLate ? untilNs : dueNs > this.lastNs ? dueNs : this.lastNs;
      if (atNs > this.lastNs) turn = Turn.exits;
      this.lastNs = atNs;
      const isExit = exited >= 0 && (machine.exitNs <= atNs || atNs === untilNs);
      switch (turnFrom(turn, isExit, timerNs <= atNs, wakeNs <= atNs, agenda.nextNs <= atNs)) {
        case Turn.exits:
          exited = this.takeExits(exited, atNs, untilNs);
          turn = Turn.timers;
          break;
        case Turn.timers:
          this.fireTimers(atNs);
          turn = Turn.wakes;
          break;
        case Turn.wakes:
          this.takeWake(atNs, untilNs);
          turn = Turn.wakes;
          break;
        case Turn.agenda:
          this.followAgenda(atNs);
          turn = Turn.exits;
          break;
      }
    }
  }

  /** @returns the next vCPU that left, at a later instant, or −1 */
  private takeExits(first: number, atNs: number, nowNs: number): number {
    const { machine, policy, observer } = this;
    let vcpu = first;
    do {
      const exit = machine.exit;
      if (observer !== null) observer.exit(atNs, vcpu, exit);
      if (exit === Exit.yielded) policy.yieldVcpu(vcpu, atNs);
      else policy.block(vcpu, atNs);
      if (exit === Exit.done) this.isDone(vcpu);
      vcpu = machine.nextExit(nowNs);
    } while (vcpu >= 0 && Math.min(machine.exitNs, nowNs) <= atNs);
    this.reschedule(atNs);
    return vcpu;
  }

  private fireTimers(atNs: number): void {
    const { policy, observer, machine } = this;
    for (let dueNs = policy.nextTimerNs(); dueNs <= atNs; dueNs = policy.nextTimerNs()) {
      const pcpu = policy.nextTimerPcpu();
      policy.fireTimer(atNs, pcpu < 0 ? 0 : this.cpuNsOn(pcpu));
      if (observer === null) continue;
      if (pcpu < 0) observer.timer(pcpu, dueNs, machine.nowNs());
      else this.markFired(pcpu, dueNs);
    }
    this.reschedule(atNs);
    if (observer !== null) this.tellUnchanged(observer);
  }

  private markFired(pcpu: number, dueNs: number): void {
    if (!Number.isNaN(this.firedNs[pcpu])) return;
    this.firedNs[pcpu] = dueNs;
    this.fired[this.firedCount++] = pcpu;
  }

  /** The timers that fired and led to no decision. */
  private tellUnchanged(observer: LoopObserver): void {
    const { fired, firedNs } = this;
    let doneNs = NaN;
    for (let i = 0; i < this.firedCount; i++) {
      const pcpu = fired[i];
      if (Number.isNaN(firedNs[pcpu])) continue;
      if (Number.isNaN(doneNs)) doneNs = this.machine.nowNs();
      observer.timer(pcpu, firedNs[pcpu], doneNs);
      firedNs[pcpu] = NaN;
    }
    this.firedCount = 0;
  }

  private takeWake(atNs: number, nowNs: number): void {
    const { machine, policy } = this;
    const vcpu = machine.nextWake(nowNs);
    policy.wake(vcpu, atNs, policy.pcpuOf[vcpu]);
    this.reschedule(atNs);
  }

  private followAgenda(atNs: number): void {
    const { agenda } = this;
    for (let vm = agenda.takeStart(atNs); vm >= 0; vm = agenda.takeStart(atNs)) this.startVm(vm, atNs);
    for (let event = agenda.takeEvent(atNs); event !== null; event = agenda.takeEvent(atNs)) {
      const actsNs = this.apply(event, atNs);
      if (!Number.isNaN(actsNs)) this.onChange?.({ event: agenda.eventIndex, atNs, actsNs });
    }
  }

  /** @returns from when on it can have an effect */
  private make(change: LoopChange, atNs: number): number {
    const { policy } = this;
    switch (change.kind) {
      case 'set':
        if (!policy.setVm(change.vm, change.parameters, atNs)) return NaN;
        return this.actsNs(change.parameters, atNs, change.vm);
      case 'tune':
        if (!policy.tune(change.parameters, atNs)) return NaN;
        return this.actsNs(change.parameters, atNs, -1);
      case 'pause':
        policy.pauseVm(change.vm, atNs);
        return atNs;
      case 'unpause':
        policy.unpauseVm(change.vm, atNs, CONTROL_PCPU);
        return atNs;
      case 'pin':
        for (let vcpu = this.firstVcpu[change.vm]; vcpu < this.firstVcpu[change.vm + 1]; vcpu++)
          if (change.vcpu === null || vcpu === this.firstVcpu[change.vm] + change.vcpu)
            policy.pinVcpu(vcpu, change.pcpus, atNs);
        return atNs;
      case 'destroy':
        this.destroyVm(change.vm, atNs);
        return atNs;
    }
  }

  /** The first instant at which one of these parameters has an effect. */
  private actsNs(parameters: ParameterValues, atNs: number, vm: number): number {
    const { policy } = this;
    const instants = Object.keys(parameters).map((field) => policy.actsNs?.(field, atNs, vm) ?? atNs);
    return instants.length === 0 ? atNs : Math.min(...instants);
  }

  /** Its pCPUs go to others first, so that they are told so before its vCPUs leave. */
  private destroyVm(vm: number, atNs: number): void {
    const { policy, machine, firstVcpu } = this;
    policy.destroyVm(vm, atNs);
    this.reschedule(atNs);
    for (let vcpu = firstVcpu[vm]; vcpu < firstVcpu[vm + 1]; vcpu++) {
      machine.retire(vcpu);
      this.isDone(vcpu);
    }
  }

  private awaitDone(vcpu: number): void {
    this.isAwaited[vcpu] = 1;
    this.awaitedCount++;
  }

  /** Nothing more is to be waited for from this vCPU. */
  private isDone(vcpu: number): void {
    this.awaitedCount -= this.isAwaited[vcpu];
    this.isAwaited[vcpu] = 0;
  }

  /**
   * Wake the vCPUs of a VM that starts: the first one from pCPU 0, each further one from the pCPU on which schedule()
   * has run last since then.
   */
  private startVm(vm: number, nowNs: number): void {
    const { policy } = this;
    policy.startVm(vm, nowNs);
    this.lastScheduled = 0;
    for (let vcpu = this.firstVcpu[vm]; vcpu < this.firstVcpu[vm + 1]; vcpu++) {
      policy.wake(vcpu, nowNs, this.lastScheduled);
      this.reschedule(nowNs);
    }
  }

  private reschedule(nowNs: number): void {
    const { policy, machine, observer } = this;
    for (let pcpu = policy.nextResched(); pcpu >= 0; pcpu = policy.nextResched()) {
      const prev = policy.current[pcpu];
      const startNs = observer === null ? 0 : machine.nowNs();
      const next = policy.schedule(pcpu, nowNs, this.cpuNsOn(pcpu));
      const decidedNs = observer === null ? 0 : machine.nowNs();
      if (next !== prev) machine.dispatch(pcpu, next);
      if (observer !== null) this.tellDecision(observer, pcpu, startNs, decidedNs, next !== prev);
      this.lastScheduled = pcpu;
    }
  }

  private tellDecision(
    observer: LoopObserver,
    pcpu: number,
    startNs: number,
    decidedNs: number,
    isChange: boolean,
  ): void {
    const toldNs = isChange ? this.machine.nowNs() : decidedNs;
    observer.decision(pcpu, startNs, decidedNs, isChange ? toldNs : -1);
    const { firedNs } = this;
    if (Number.isNaN(firedNs[pcpu])) return;
    observer.timer(pcpu, firedNs[pcpu], toldNs);
    firedNs[pcpu] = NaN;
  }

  private cpuNsOn(pcpu: number): number {
    const vcpu = this.policy.current[pcpu];
    return vcpu === IDLE ? 0 : this.machine.cpuNs(vcpu);
  }

  private end(reason: LoopEnd, nowNs: number): LoopEnd {
    this.endNs = nowNs;
    return reason;
  }

  private releaseAll(): void {
    const { policy, machine } = this;
    for (let pcpu = 0; pcpu < policy.pcpuCount; pcpu++) {
      if (policy.current[pcpu] !== IDLE) machine.dispatch(pcpu, IDLE);
    }
  }
}

/** The first kind from this one on of which something is due; behind the last one the first comes again. */
function turnFrom(turn: Turn, isExit: boolean, isTimer: boolean, isWake: boolean, isPlanned: boolean): Turn {
  if (turn <= Turn.exits && isExit) return Turn.exits;
  if (turn <= Turn.timers && isTimer) return Turn.timers;
  if (turn <= Turn.wakes && isWake) return Turn.wakes;
  if (isPlanned) return Turn.agenda;
  if (isExit) return Turn.exits;
  return isTimer ? Turn.timers : Turn.wakes;
}

function firstVcpus(policy: Policy): number[] {
  const first: number[] = [];
  for (let vcpu = 0; vcpu < policy.vcpuCount; vcpu++)
    if (policy.vmOf[vcpu] === first.length) first.push(vcpu);
  first.push(policy.vcpuCount);
  return first;
}
