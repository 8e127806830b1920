/**
 * A run in virtual time that can be changed while it is under way: what a host is without real cores. The loop goes in
 * steps, each as far as a clock has come; by default that is the wall clock, so that people can look on.
 */
import { LabError } from '../base/errors.ts';
import { isGuarded } from '../core/guarded.ts';
import type { Policy, PolicyVm } from '../core/policy.ts';
import { type Inspection, readInspection } from '../machine/inspect.ts';
import { type LoopEnd, type MadeChange, MachineLoop, REFUSED_TOGETHER } from '../machine/loop.ts';
import { paranoid } from '../machine/paranoid.ts';
import { createPolicy } from '../policies.ts';
import { watched, withFaults } from '../policy-file/watched.ts';
import { guestOf } from '../predict/sim-options.ts';
import { simulatedRun, workNsOf } from '../predict/simulated-run.ts';
import { MAX_VCPUS } from '../scenario/limits.ts';
import { eventPlaces, planOf } from '../scenario/plan.ts';
import { PlayedScenario } from '../scenario/played.ts';
import type { ChangeResult, RunResult } from '../result/result.ts';
import type { Scenario, VmSpec } from '../scenario/scenario.ts';
import type { GuestSpec } from '../sim/guest.ts';
import { SimMachine } from '../sim/sim-machine.ts';
import type { Applied, LiveRun, Operation, Prepared } from '../testbed/live-run.ts';
import type { RecordSink } from '../trace/record.ts';
import type { RecordTaker } from '../trace/store.ts';
import { TraceRecorder } from '../trace/recorder.ts';

const STEP_MS = 20;

export interface LiveSimulationOptions {
  /** is given all records; default: nobody is */
  readonly trace?: (RecordSink & RecordTaker) | null;
  /** how far time has come since the start, ns; default: by the wall clock, from run() on */
  readonly clock?: () => number;
  /** check the policy after each of its calls */
  readonly paranoid?: boolean;
  /** it goes on when all work is done, until it is told to stop: VMs may come; default: it ends then */
  readonly staysUp?: boolean;
}

interface Asked {
  readonly operations: readonly Operation[];
  readonly askedNs: number;
  readonly resolve: (applied: Applied) => void;
  readonly reject: (error: Error) => void;
}

export class LiveSimulation implements LiveRun {
  private readonly scenario: Scenario;
  private readonly policy: Policy;
  /** the same without what checks it after each call */
  private readonly unchecked: Policy;
  private readonly machine: SimMachine;
  private readonly loop: MachineLoop;
  private readonly clock: () => number;
  private readonly asked: Asked[] = [];
  private readonly taker: RecordTaker | null;
  private readonly growing: PlayedScenario;
  private readonly log: ChangeResult[] = [];
  private startedMs = performance.now();
  private vcpuCount: number;
  private ended: LoopEnd | null = null;
  /** what the policy did wrong, if it did */
  private failure: Error | null = null;
  private onEnd: () => void = () => undefined;

  /** @throws LabError BAD_SCENARIO: work in units of unknown length */
  constructor(scenario: Scenario, options: LiveSimulationOptions = {}) {
    const { trace = null } = options;
    this.scenario = scenario;
    this.growing = new PlayedScenario(scenario);
    this.taker = trace;
    this.clock = options.clock ?? (() => (performance.now() - this.startedMs) * 1e6);
    const plan = planOf(scenario);
    const places = eventPlaces(scenario);
    const vmOf = plan.vms.flatMap(({ vcpus }, vm) => vcpus.map(() => vm));
    const recorder = trace === null ? null : new TraceRecorder(trace);
    const policy = withFaults(plan.spec.type, () =>
      createPolicy({
        ...plan.spec,
        pcpuCount: plan.cpus.length,
        vms: plan.vms,
        reserve: { vms: MAX_VCPUS - plan.vms.length, vcpus: MAX_VCPUS - vmOf.length },
        ...(plan.topology !== undefined && { topology: plan.topology }),
        recorder,
      }),
    );
    this.unchecked = policy;
    this.vcpuCount = vmOf.length;
    this.policy = options.paranoid === true ? paranoid(policy) : policy;
    this.machine = new SimMachine({
      pcpuCount: plan.cpus.length,
      guests: vmOf.map((vm) => guestSpec(scenario.vms[vm])),
      startNs: vmOf.map((vm) => plan.startNs[vm]),
      reserve: MAX_VCPUS - vmOf.length,
    });
    this.loop = new MachineLoop(this.policy, this.machine, {
      startNs: plan.startNs,
      events: plan.events,
      durationNs: plan.durationNs,
      awaited: options.staysUp === true ? [] : plan.awaited,
      commands: { poll: (_policy, nowNs) => this.makeChanges(nowNs) },
      observer: recorder,
      onChange: (made) => this.tellPlanned(places[made.event], made),
      ...(plan.spec.instants !== undefined && { instants: plan.spec.instants }),
    });
  }

  /** Go with the clock until the run ends. @param signal aborting it ends the run early */
  async run(signal: AbortSignal): Promise<LoopEnd> {
    this.startedMs = performance.now();
    const over = new Promise<void>((resolve) => {
      this.onEnd = resolve;
    });
    const stop = (): void => this.stop();
    signal.addEventListener('abort', stop, { once: true });
    const ticker = setInterval(() => this.advance(), STEP_MS);
    if (signal.aborted) stop();
    try {
      if (this.ended === null) await over;
      if (this.failure !== null) throw this.failure;
      return this.ended ?? 'stopped';
    } finally {
      clearInterval(ticker);
      signal.removeEventListener('abort', stop);
    }
  }

  /** When the run ended; NaN until then. */
  get endNs(): number {
    return this.loop.endNs;
  }

  /** Until when it was played. What broke the policy was in the instant after that. */
  private lastNs(): number {
    return this.failure === null ? this.endNs : Math.max(1, this.nowNs() - 1);
  }

  /** Go as far as the clock has come, and make the changes that were asked for. */
  advance(): void {
    const { machine, loop } = this;
    machine.horizonNs = Math.max(machine.nowNs(), Math.floor(this.clock()));
    while (this.ended === null && (machine.nowNs() < machine.horizonNs || this.asked.length > 0))
      this.ended = this.watch(() => loop.step());
    if (this.ended === null) return;
    for (const { reject } of this.asked.splice(0)) reject(isOver());
    this.onEnd();
  }

  nowNs(): number {
    return this.machine.nowNs();
  }

  cpuNs(): readonly number[] {
    return Array.from({ length: this.vcpuCount }, (_, vcpu) => this.machine.cpuNs(vcpu));
  }

  done(): readonly boolean[] {
    return Array.from({ length: this.vcpuCount }, (_, vcpu) => this.machine.doneNs[vcpu] >= 0);
  }

  apply(operations: readonly Operation[], askedNs: number): Promise<Applied> {
    if (this.ended !== null) return Promise.reject(isOver());
    return new Promise((resolve, reject) => {
      this.asked.push({ operations, askedNs, resolve, reject });
      this.advance();
    });
  }

  prepare(spec: VmSpec): Promise<Prepared> {
    // Whether it can be simulated is said before it starts.
    return Promise.resolve().then(() => {
      guestSpec(spec);
      return { spec, remarks: [] };
    });
  }

  abandon(): void {
    // Nothing was made for it.
  }

  played(): Scenario {
    return this.growing.scenario(this.ended === null ? undefined : this.lastNs());
  }

  changes(): readonly ChangeResult[] {
    return this.log;
  }

  /** As the simulation of what was played until now, or until the end; the same to the nanosecond. */
  result(complete: boolean): RunResult {
    const played = this.played();
    const durationNs = played.durationNs ?? Math.max(1, Math.round(this.nowNs()));
    return {
      ...simulatedRun({ ...played, durationNs }),
      complete,
      played,
      ...(this.log.length > 0 && { changes: [...this.log] }),
    };
  }

  inspect(): Promise<Inspection> {
    return Promise.resolve(readInspection(this.policy, this.machine.nowNs()));
  }

  stop(): void {
    if (this.ended !== null) return;
    this.advance();
    this.loop.stop();
    this.ended ??= this.watch(() => this.loop.step());
    this.onEnd();
  }

  /** A policy that breaks ends the run. */
  private watch(step: () => LoopEnd | null): LoopEnd | null {
    try {
      return watched(this.unchecked, this.scenario.scheduler.type, step);
    } catch (error) {
      if (!isGuarded(this.unchecked) || !(error instanceof Error)) throw error;
      this.failure = error;
      return 'stopped';
    }
  }

  /** From the loop. */
  private makeChanges(nowNs: number): void {
    for (const { operations, askedNs, resolve, reject } of this.asked.splice(0)) {
      try {
        const instants = operations.map((operation) => this.make(operation, askedNs, nowNs));
        const acting = instants.filter((_, i) => operations[i].kind !== 'mark');
        resolve({ askedNs, atNs: nowNs, actsNs: acting.length === 0 ? nowNs : Math.min(...acting) });
      } catch (cause) {
        if (!(cause instanceof RangeError)) throw cause;
        reject(new LabError('BAD_OPTION', cause.message, { cause }));
      }
    }
  }

  /** @returns from when on it can have an effect @throws RangeError: the policy refuses it */
  private make(operation: Operation, askedNs: number, atNs: number): number {
    const { growing, log } = this;
    if (operation.kind === 'start') {
      this.start(operation.spec, askedNs, atNs);
      log.push({ event: null, vm: growing.vms.length - 1, askedNs, atNs, actsNs: atNs });
      return atNs;
    }
    const actsNs = operation.kind === 'mark' ? atNs : this.loop.apply(operation, atNs);
    if (Number.isNaN(actsNs)) throw new RangeError(REFUSED_TOGETHER);
    const event = growing.change(operation, atNs);
    this.taker?.grow({ event, askedNs, actsNs });
    log.push({ event: growing.events.length - 1, askedNs, atNs, actsNs });
    return actsNs;
  }

  /** An event of the scenario was carried out. */
  private tellPlanned(event: number, { atNs, actsNs }: MadeChange): void {
    const times = { askedNs: this.scenario.events[event].atNs, atNs, actsNs };
    this.log.push({ event, ...times });
    this.taker?.grow({ planned: event, ...times });
  }

  private start(spec: VmSpec, askedNs: number, atNs: number): void {
    // The policy says whether there is room. Records of the VM come as soon as it has said so.
    this.loop.start(policyVmOf(this.scenario, spec), spec.work !== null, atNs, () => {
      const vm = this.growing.start(spec, atNs);
      this.taker?.grow({ vm, askedNs });
      for (let i = 0; i < spec.vcpus; i++) this.machine.addVcpu(guestSpec(spec), atNs);
      this.vcpuCount += spec.vcpus;
    });
  }
}

function isOver(): LabError {
  return new LabError('BAD_OPTION', 'the run is over');
}

function guestSpec(spec: VmSpec): GuestSpec {
  return guestOf(spec, workNsOf(spec));
}

function policyVmOf(scenario: Scenario, spec: VmSpec): PolicyVm {
  const [vm] = planOf({ ...scenario, vms: [spec], events: [] }).vms;
  return vm;
}
