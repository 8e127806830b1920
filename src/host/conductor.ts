import { type MessagePort, receiveMessageOnPort } from 'node:worker_threads';
import type { Policy } from '../core/policy.ts';
import type { Reserve } from '../core/policy-type.ts';
import type { Plan } from '../scenario/plan.ts';
import { type Commands, type LoopEnd, MachineLoop, REFUSED_TOGETHER } from '../machine/loop.ts';
import type { LoopObserver, Exit } from '../machine/machine.ts';
import { readInspection } from '../machine/inspect.ts';
import { paranoid } from '../machine/paranoid.ts';
import { createPolicy } from '../policies.ts';
import { withFaults } from '../policy-file/watched.ts';
import type { RecordPlace } from '../trace/record.ts';
import { TraceRecorder } from '../trace/recorder.ts';
import { injectIntoLoop } from './injected-failure.ts';
import { HELD_UP_NS, HostMachine } from './host-machine.ts';
import type { Native } from '../addon/native.ts';
import { Admission, admit, type Answer, type HostOperation, type Order } from './orders.ts';
import type { Scoreboard } from './scoreboard.ts';

/** Reading a CPU clock is a system call; the loop's own is kept up to date this coarsely. */
const TIMERS_PER_CPU_READING = 32;

export interface ConductorOptions {
  /** see HostMachine; default 1 */
  readonly speed?: number;
  /** which run this is; default 0 */
  readonly run?: number;
  /** check the policy after each call; default: no */
  readonly paranoid?: boolean;
  /** how many VMs and vCPUs may come later; the scoreboard has room for them; default: none */
  readonly reserve?: Reserve;
  /** where the intent is recorded; default: nowhere */
  readonly trace?: RecordPlace | null;
  /** of a policy from a file: where its guard tells which call is under way; default: nowhere */
  readonly pulse?: Int32Array;
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
  private readonly policy: Policy;
  /** the same without what checks it after each call */
  private readonly unchecked: Policy;
  private readonly type: string;
  private readonly cpuBeforeNs: number;
  private readonly runNumber: number;
  private readonly isRehearsal: boolean;
  private readonly recorder: TraceRecorder | null;
  private timers = 0;

  constructor(
    native: Native,
    plan: Plan,
    scoreboard: Scoreboard,
    commands: MessagePort,
    options: ConductorOptions = {},
  ) {
    const { speed = 1, run = 0, trace = null, reserve = NO_RESERVE } = options;
    this.recorder = trace === null ? null : new TraceRecorder(trace);
    this.native = native;
    this.scoreboard = scoreboard;
    this.commands = commands;
    this.machine = new HostMachine(native, countVcpus(plan) + reserve.vcpus, scoreboard, speed);
    const { type } = plan.spec;
    this.type = type;
    this.unchecked = withFaults(type, () =>
      createPolicy({
        type,
        parameters: plan.spec.parameters,
        pcpuCount: plan.cpus.length,
        vms: plan.vms,
        reserve,
        ...(plan.topology !== undefined && { topology: plan.topology }),
        counters: scoreboard.counters,
        recorder: this.recorder,
        ...(options.pulse !== undefined && { pulse: options.pulse }),
      }),
    );
    this.policy = options.paranoid === true ? paranoid(this.unchecked) : this.unchecked;
    this.loop = new MachineLoop(this.policy, this.machine, {
      startNs: plan.startNs,
      events: plan.events,
      durationNs: plan.durationNs,
      awaited: plan.awaited,
      observer: this,
      commands: this,
      onChange: (made) => this.answer({ kind: 'event', made }),
      ...(plan.spec.instants !== undefined && { instants: plan.spec.instants }),
    });
    this.cpuBeforeNs = native.ownCpuNs();
    // Fields of their own, because objects with options differ in shape: code that reads them would be thrown away.
    this.runNumber = run;
    this.isRehearsal = options.speed !== undefined;
  }

  /** @throws LabError RUN_FAILED: the policy is from a file, and broke */
  run(): LoopEnd {
    const { loop, scoreboard, machine } = this;
    const end = withFaults(this.type, () => loop.run(), this.unchecked);
    scoreboard.endNs = loop.endNs;
    for (let vcpu = 0; vcpu < this.policy.vcpuCount; vcpu++)
      scoreboard.finalCpuNs[vcpu] = machine.cpuNs(vcpu);
    scoreboard.loopCpuNs = this.native.ownCpuNs() - this.cpuBeforeNs;
    return end;
  }

  /** Of all VMs so far. */
  get vcpuCount(): number {
    return this.policy.vcpuCount;
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
    // Called in rehearsals, too, where nothing is due: a call that only a run makes would have its code thrown away.
    injectIntoLoop(this.isRehearsal ? -1 : nowNs);
    if (!this.machine.kicked) return;
    this.machine.kicked = false;
    for (;;) {
      const got = receiveMessageOnPort(this.commands) as { message: Order } | undefined;
      if (got === undefined) return;
      if (got.message.run === this.runNumber) this.obey(got.message, nowNs);
    }
  }

  private obey(order: Order, nowNs: number): void {
    switch (order.kind) {
      case 'stop':
        this.loop.stop();
        break;
      case 'inspect':
        this.answer({ kind: 'inspected', id: order.id, inspection: readInspection(this.policy, nowNs) });
        break;
      case 'change':
        this.change(order, nowNs);
        break;
    }
  }

  /** All in this pass, one after the other; what the policy refuses ends it. */
  private change({ id, operations }: Extract<Order, { kind: 'change' }>, atNs: number): void {
    const actsNs: number[] = [];
    const made = { atNs, actsNs };
    try {
      for (const operation of operations) actsNs.push(this.make(operation, atNs));
      this.answer({ kind: 'changed', id, made });
    } catch (cause) {
      // Anything else is a broken loop.
      if (!(cause instanceof RangeError)) throw cause;
      this.answer({ kind: 'refused', id, why: cause.message, made });
    }
  }

  /** @returns from when on it can have an effect @throws RangeError: the policy refuses it */
  private make(operation: HostOperation, nowNs: number): number {
    if (operation.kind === 'start') {
      const { vm, hasEnd, admission } = operation;
      this.loop.start(vm, hasEnd, nowNs, () => admit(admission, Admission.admitted));
      return nowNs;
    }
    const actsNs = this.loop.apply(operation, nowNs);
    if (Number.isNaN(actsNs)) throw new RangeError(REFUSED_TOGETHER);
    return actsNs;
  }

  private answer(answer: Answer): void {
    this.commands.postMessage(answer);
  }
}

const NO_RESERVE = { vms: 0, vcpus: 0 } as const;

export function countVcpus(plan: Plan): number {
  return plan.vms.reduce((count, vm) => count + vm.vcpus.length, 0);
}
