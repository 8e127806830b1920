/**
 * The one loop that drives any policy on any machine, real or simulated.
 *
 *        ┌──► exits ──► timers ──► commands ──► wake-ups ──► VM starts ──► events ──► sleep ──┐
 *        └──────────────────── until the duration, the last work, or a stop ────────────────────┘
 *
 * After each step the pCPUs that the policy wants to reschedule are decided upon, always the lowest-numbered
 * first; wake-ups, starts and events are steps one by one. In virtual time this order settles what happens at
 * one instant; on real cores an instant is one pass, in which whatever came since the last pass is due.
 *
 * A vCPU that yielded and is chosen again isn't dispatched anew: as far as the machine knows it never
 * stopped.
 */
import type { Policy } from '../core/policy.ts';
import { IDLE } from '../core/policy.ts';
import type { ScriptedEvent } from './agenda.ts';
import { Agenda, applyEvent } from './agenda.ts';
import type { LoopObserver } from './loop-observer.ts';
import type { Machine } from './machine.ts';
import { Exit } from './machine.ts';

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
  /** the run ends when that many vCPUs are done; default 0: it doesn't */
  readonly untilDone?: number;
  readonly commands?: Commands | null;
  readonly observer?: LoopObserver | null;
}

export type LoopEnd = 'duration' | 'done' | 'stopped';

export class MachineLoop {
  /** vCPUs that have finished their work. */
  doneCount = 0;
  /** When the run ended; NaN until then. */
  endNs = NaN;
  private readonly policy: Policy;
  private readonly machine: Machine;
  private readonly agenda: Agenda;
  private readonly durationNs: number;
  private readonly untilDone: number;
  private readonly commands: Commands | null;
  private readonly observer: LoopObserver | null;
  /** Index VM: its first vCPU; the next VM's first vCPU ends it. */
  private readonly firstVcpu: readonly number[];
  private isStopping = false;
  /** the pCPU on which schedule() ran last */
  private lastScheduled = 0;

  constructor(policy: Policy, machine: Machine, options: LoopOptions) {
    this.policy = policy;
    this.machine = machine;
    this.agenda = new Agenda(options.startNs, options.events ?? []);
    this.durationNs = options.durationNs ?? Infinity;
    this.untilDone = options.untilDone ?? 0;
    this.commands = options.commands ?? null;
    this.observer = options.observer ?? null;
    this.firstVcpu = firstVcpus(policy);
  }

  /** Returns when the run is over and all pCPUs have been told to run nothing. May be called once. */
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

  private pass(): LoopEnd | null {
    const { machine, policy } = this;
    const nowNs = machine.nowNs();
    if (nowNs >= this.durationNs) return this.end('duration', nowNs);
    this.takeExits(nowNs);
    this.fireTimers(nowNs);
    if (this.commands !== null) {
      this.commands.poll(policy, nowNs);
      this.reschedule(nowNs);
    }
    this.takeWakes(nowNs);
    if (this.agenda.nextNs <= nowNs) this.followAgenda(nowNs);
    if (this.isStopping) return this.end('stopped', nowNs);
    if (this.untilDone > 0 && this.doneCount >= this.untilDone) return this.end('done', nowNs);
    machine.wait(Math.min(policy.nextTimerNs(), this.agenda.nextNs, this.durationNs));
    return null;
  }

  private takeExits(nowNs: number): void {
    const { machine, policy, observer } = this;
    for (let vcpu = machine.nextExit(nowNs); vcpu >= 0; vcpu = machine.nextExit(nowNs)) {
      const exit = machine.exit;
      if (observer !== null) observer.exit(nowNs, vcpu, exit);
      if (exit === Exit.yielded) policy.yieldVcpu(vcpu, nowNs);
      else policy.block(vcpu, nowNs);
      if (exit === Exit.done) this.doneCount++;
    }
    this.reschedule(nowNs);
  }

  private fireTimers(nowNs: number): void {
    const { policy, observer } = this;
    for (let dueNs = policy.nextTimerNs(); dueNs <= nowNs; dueNs = policy.nextTimerNs()) {
      const pcpu = policy.nextTimerPcpu();
      if (observer !== null) observer.timer(pcpu, dueNs, nowNs);
      policy.fireTimer(nowNs, pcpu < 0 ? 0 : this.cpuNsOn(pcpu));
    }
    this.reschedule(nowNs);
  }

  private takeWakes(nowNs: number): void {
    const { machine, policy } = this;
    for (let vcpu = machine.nextWake(nowNs); vcpu >= 0; vcpu = machine.nextWake(nowNs)) {
      policy.wake(vcpu, nowNs, policy.pcpuOf[vcpu]);
      this.reschedule(nowNs);
    }
  }

  private followAgenda(nowNs: number): void {
    const { agenda, policy } = this;
    for (let vm = agenda.takeStart(nowNs); vm >= 0; vm = agenda.takeStart(nowNs)) this.startVm(vm, nowNs);
    for (let event = agenda.takeEvent(nowNs); event !== null; event = agenda.takeEvent(nowNs)) {
      applyEvent(policy, event, nowNs);
      this.reschedule(nowNs);
    }
  }

  /**
   * The first vCPU is woken from pCPU 0, each further one from the pCPU that has last run schedule() since
   * then.
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
      if (observer !== null)
        observer.decision(pcpu, startNs, decidedNs, next === prev ? -1 : machine.nowNs());
      this.lastScheduled = pcpu;
    }
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

function firstVcpus(policy: Policy): number[] {
  const first: number[] = [];
  policy.vmOf.forEach((vm, vcpu) => {
    if (vm === first.length) first.push(vcpu);
  });
  first.push(policy.vcpuCount);
  return first;
}
