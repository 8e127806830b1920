import { type MessagePort, receiveMessageOnPort } from 'node:worker_threads';
import type { Policy } from '../core/policy.ts';
import type { Plan } from '../scenario/plan.ts';
import { type Commands, type LoopEnd, MachineLoop } from '../machine/loop.ts';
import type { LoopObserver, Exit } from '../machine/machine.ts';
import { paranoid } from '../machine/paranoid.ts';
import { createPolicy } from '../policies.ts';
import type { RecordSink } from '../trace/record.ts';
import { TraceRecorder } from '../trace/recorder.ts';
import { injectIntoLoop } from './injected-failure.ts';
import { HELD_UP_NS, HostMachine } from './host-machine.ts';
import type { Native } from '../addon/native.ts';
import type { Scoreboard } from './scoreboard.ts';

/** What the main thread may ask of a run under way. */
export type Command = {
  readonly kind: 'stop';
  /** One that comes late must not end the next run. */
  readonly run: number;
};

/** Reading a CPU clock is a system call; the loop's own is kept up to date this coarsely. */
const TIMERS_PER_CPU_READING = 32;

export interface ConductorOptions {
  /** see HostMachine; default 1 */
  readonly speed?: number;
  /** which run this is; default 0 */
  readonly run?: number;
  /** check the policy after each call; default: no */
  readonly paranoid?: boolean;
  /** where the intent is recorded; default: nowhere */
  readonly trace?: RecordSink | null;
}

/**
 * Policy, machine and loop of one run, put together in the hypervisor thread, with what is measured of the loop itself.
 */
export class Conductor implements LoopObserver, Commands {
  private readonly native: Native;
  private readonly scoreboard: Scoreboard;
  private readonly commands: MessagePort;
  private readonly machine: HostMachine;
  private readonly loop: MachineLoop;
  private readonly cpuBeforeNs: number;
  private readonly options: ConductorOptions;
  private readonly recorder: TraceRecorder | null;
  private timers = 0;

  constructor(
    native: Native,
    plan: Plan,
    scoreboard: Scoreboard,
    commands: MessagePort,
    options: ConductorOptions = {},
  ) {
    const { speed = 1, trace = null } = options;
    this.recorder = trace === null ? null : new TraceRecorder(trace);
    this.native = native;
    this.scoreboard = scoreboard;
    this.commands = commands;
    this.machine = new HostMachine(native, countVcpus(plan), scoreboard, speed);
    const plain = createPolicy({
      type: plan.spec.type,
      parameters: plan.spec.parameters,
      pcpuCount: plan.cpus.length,
      vms: plan.vms,
      ...(plan.topology !== undefined && { topology: plan.topology }),
      counters: scoreboard.counters,
      recorder: this.recorder,
    });
    const policy = options.paranoid === true ? paranoid(plain) : plain;
    this.loop = new MachineLoop(policy, this.machine, {
      startNs: plan.startNs,
      events: plan.events,
      durationNs: plan.durationNs,
      untilDone: plan.untilDone,
      observer: this,
      commands: this,
      ...(plan.spec.instants !== undefined && { instants: plan.spec.instants }),
    });
    this.cpuBeforeNs = native.ownCpuNs();
    this.options = options;
  }

  run(): LoopEnd {
    const { loop, scoreboard, machine } = this;
    const end = loop.run();
    scoreboard.endNs = loop.endNs;
    for (let vcpu = 0; vcpu < scoreboard.finalCpuNs.length; vcpu++)
      scoreboard.finalCpuNs[vcpu] = machine.cpuNs(vcpu);
    scoreboard.loopCpuNs = this.native.ownCpuNs() - this.cpuBeforeNs;
    return end;
  }

  timer(_pcpu: number, dueNs: number, doneNs: number): void {
    // A hold-up is kept apart: it isn't how the machine's timers are.
    if (doneNs - dueNs < HELD_UP_NS) this.scoreboard.tickLateness.add(doneNs - dueNs);
    if (++this.timers % TIMERS_PER_CPU_READING === 0)
      this.scoreboard.loopCpuNs = this.native.ownCpuNs() - this.cpuBeforeNs;
  }

  decision(_pcpu: number, startNs: number, decidedNs: number, toldNs: number): void {
    this.scoreboard.decision.add(decidedNs - startNs);
    if (toldNs >= 0) this.scoreboard.dispatch.add(toldNs - decidedNs);
  }

  exit(nowNs: number, vcpu: number, exit: Exit): void {
    if (this.recorder !== null) this.recorder.exit(nowNs, vcpu, exit);
  }

  poll(_policy: Policy, nowNs: number): void {
    if (this.options.speed === undefined) injectIntoLoop(nowNs);
    if (!this.machine.kicked) return;
    this.machine.kicked = false;
    for (;;) {
      const got = receiveMessageOnPort(this.commands) as { message: Command } | undefined;
      if (got === undefined) return;
      switch (got.message.kind) {
        case 'stop':
          if (got.message.run === this.options.run) this.loop.stop();
      }
    }
  }
}

export function countVcpus(plan: Plan): number {
  return plan.vms.reduce((count, vm) => count + vm.vcpus.length, 0);
}
