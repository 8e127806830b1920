/**
 * A run on real cores that is changed while it is under way, from the main thread's side.
 *
 *   prepare  check and calibrate; new threads warm up, off the pCPUs if there are other CPUs, and wait
 *   start    the loop tells the policy, and lets the threads come to the gate in the same pass
 *   destroy  the loop tells the policy, then the gate sends the threads away
 */
import { setTimeout as sleep } from 'node:timers/promises';
import type { Native } from '../addon/native.ts';
import { LabError } from '../base/errors.ts';
import { counted } from '../base/text.ts';
import type { Inspection } from '../machine/inspect.ts';
import type { ChangeResult } from '../result/result.ts';
import { MAX_VCPUS } from '../scenario/limits.ts';
import { planOf } from '../scenario/plan.ts';
import type { PlayedScenario } from '../scenario/played.ts';
import type { Scenario, VmSpec } from '../scenario/scenario.ts';
import type { Applied, LiveRun, Operation, Prepared, Taken, VcpuFailure } from '../testbed/live-run.ts';
import type { Hypervisor } from './hypervisor.ts';
import type { Instruments } from './instruments.ts';
import { Admission, AdmissionCell, admit, type HostOperation } from './orders.ts';
import { ReadyLimit } from './ready-limit.ts';
import type { Place } from './place.ts';
import type { Ran } from './vcpu-pool.ts';

const READY_LOOK_MS = 5;
const ATTACH_LOOKS = 1000;

/** What a live run needs of the run that it belongs to. */
export interface Crew {
  readonly native: Native;
  readonly hypervisor: Hypervisor;
  readonly instruments: Instruments;
  readonly played: PlayedScenario;
  /** what was changed, in the order of the instants; this adds to it */
  readonly changes: ChangeResult[];
  readonly failures: readonly VcpuFailure[];
  /** Where a VM is made ready while the run goes on. */
  place(): Place;
  /**
   * What is known of a VM's program before its threads are started.
   * @throws LabError BAD_WORKLOAD or LIMIT
   */
  study(spec: VmSpec, place: Place): Promise<Study>;
  /** Start the threads of a VM whose first vCPU gets that number. They warm up, and wait to be admitted. */
  launch(spec: VmSpec, first: number, launch: Launch): Tasks;
  /** A VM has been admitted. */
  enrol(tasks: Tasks, study: Study): void;
}

export interface Study {
  /** CPU time of a unit; null: not known */
  readonly nsPerUnit: number | null;
  /** how long its threads may take until they are ready */
  readonly readyLimitMs: number;
  /** how that has disturbed the run, in sentences */
  readonly remarks: readonly string[];
}

export interface Launch {
  readonly study: Study;
  readonly admission: SharedArrayBuffer;
  readonly place: Place;
  /** aborted: those that aren't ready are ended */
  readonly giveUp: AbortSignal;
}

/** One per vCPU: settles when it has left the gate. */
export type Tasks = readonly Promise<Ran>[];

interface PreparedVm extends Prepared {
  readonly admission: SharedArrayBuffer;
  readonly tasks: Tasks;
  readonly study: Study;
}

export class LiveHardware implements LiveRun {
  private readonly crew: Crew;
  /** The VM that is being prepared, or waits to be started. */
  private waiting: PreparedVm | null = null;
  private isPreparing = false;
  private hasEnded = false;
  /** All that the loop has told of is on record: one after the other, in the order of the instants. */
  private recorded: Promise<void> = Promise.resolve();
  /** It was told to end: then that is its end, and its result is whole. */
  wasStopped = false;

  constructor(crew: Crew) {
    this.crew = crew;
  }

  /** The loop has ended: what it did in its last passes is part of the run. Nothing more is taken. */
  async settle(): Promise<void> {
    this.hasEnded = true;
    await this.recorded;
  }

  /** The run is over. */
  end(): void {
    this.hasEnded = true;
    if (this.waiting !== null) this.abandon(this.waiting);
  }

  /** Put something on record when what was done before it is. */
  inTurn(put: () => void): void {
    this.recorded = this.recorded.then(put);
  }

  nowNs(): number {
    return this.crew.instruments.nowNs;
  }

  cpuNs(): readonly number[] {
    const { gauges } = this.crew.instruments;
    return gauges.places.map((_, vcpu) => gauges.cpuNs(vcpu));
  }

  taken(): Taken {
    const { facts, ownThreadsNs } = this.crew.instruments;
    return {
      stolenNs: [...facts.stolenOnNs],
      ownThreadsNs: ownThreadsNs === null ? null : [...ownThreadsNs],
    };
  }

  done(): readonly boolean[] {
    return this.crew.instruments.gauges.doneNs().map((ns) => ns !== null);
  }

  failures(): readonly VcpuFailure[] {
    return this.crew.failures;
  }

  played(): Scenario {
    const { scoreboard } = this.crew.instruments;
    return this.crew.played.scenario(scoreboard.endNs >= 0 ? scoreboard.endNs : undefined);
  }

  changes(): readonly ChangeResult[] {
    return this.crew.changes;
  }

  async apply(operations: readonly Operation[], askedNs: number): Promise<Applied> {
    if (this.hasEnded) throw isOver();
    const applied = this.carryOut(operations, askedNs, this.recorded);
    this.recorded = applied.then(
      () => undefined,
      () => undefined,
    );
    return applied;
  }

  /** @param before what was asked for earlier is on record */
  private async carryOut(
    operations: readonly Operation[],
    askedNs: number,
    before: Promise<void>,
  ): Promise<Applied> {
    const { instruments } = this.crew;
    // Records of a new VM can be understood only after the trace knows the VM.
    instruments.hold();
    try {
      const made = await this.make(operations.filter(isForLoop).map((operation) => this.orderOf(operation)));
      await before;
      const { atNs, refused } = made;
      // A pass takes what comes while it is under way, at the instant at which it began.
      const times = { askedNs: Math.min(askedNs, atNs), atNs };
      let next = 0;
      for (const operation of operations) {
        if (isForLoop(operation) && next === made.actsNs.length) break;
        const actsNs = isForLoop(operation) ? made.actsNs[next++] : atNs;
        this.record(operation, { ...times, actsNs });
      }
      if (refused !== null) throw new LabError('BAD_OPTION', refused);
      return { ...times, actsNs: made.actsNs.length === 0 ? atNs : Math.min(...made.actsNs) };
    } finally {
      instruments.release();
    }
  }

  async prepare(spec: VmSpec): Promise<Prepared> {
    if (this.hasEnded) throw isOver();
    if (this.isPreparing) throw new Error('another VM is being prepared: it gets the next numbers');
    this.isPreparing = true;
    try {
      const place = this.crew.place();
      return await this.warmUp(spec, await this.crew.study(spec, place), place);
    } catch (error) {
      this.isPreparing = false;
      throw error;
    }
  }

  abandon(prepared: Prepared): void {
    if (prepared !== this.waiting) return;
    admit(this.waiting.admission, Admission.refused);
    this.forget();
  }

  inspect(): Promise<Inspection> {
    return this.hasEnded ? Promise.reject(isOver()) : this.crew.hypervisor.inspect();
  }

  stop(): void {
    this.wasStopped = true;
    this.crew.hypervisor.stop();
  }

  private async warmUp(spec: VmSpec, study: Study, place: Place): Promise<Prepared> {
    const { crew } = this;
    const first = crew.instruments.gauges.places.length;
    if (first + spec.vcpus > MAX_VCPUS) {
      throw new LabError('LIMIT', 'there is no room for another VM', {
        expected: `at most ${MAX_VCPUS} vCPUs in the life of a host, those of destroyed VMs included`,
        got: counted(first + spec.vcpus, 'vCPU'),
        hint: 'end this host, and start a new one',
      });
    }
    if (this.hasEnded) throw isOver();
    const admission = new SharedArrayBuffer(4 * AdmissionCell.size);
    const giveUp = new AbortController();
    const tasks = crew.launch(spec, first, { study, admission, place, giveUp: giveUp.signal });
    const prepared = { spec, remarks: study.remarks, admission, tasks, study };
    this.waiting = prepared;
    try {
      await this.ready(prepared);
    } catch (error) {
      admit(admission, Admission.refused);
      giveUp.abort();
      this.waiting = null;
      throw error;
    }
    return prepared;
  }

  /**
   * Wait until all threads are ready.
   * @throws LabError as a thread failed or takes too long, or when the run is over
   */
  private async ready({ spec, admission, tasks, study }: PreparedVm): Promise<void> {
    const limit = new ReadyLimit(study.readyLimitMs);
    const cells = new Int32Array(admission);
    const failure: { error: Error | null } = { error: null };
    for (const task of tasks)
      task.catch(
        (error: unknown) => (failure.error = error instanceof Error ? error : new Error(String(error))),
      );
    while (Atomics.load(cells, AdmissionCell.ready) < spec.vcpus) {
      if (failure.error !== null) throw failure.error;
      if (this.hasEnded) throw isOver();
      limit.look(() => [spec]);
      await sleep(READY_LOOK_MS);
    }
  }

  private orderOf(operation: ForLoop): HostOperation {
    if (operation.kind !== 'start') return operation;
    if (operation.vm !== this.waiting) throw new LabError('BAD_OPTION', 'the VM has not been prepared');
    const { spec } = operation;
    const [vm] = planOf({ ...this.crew.played.scenario(), vms: [spec], events: [] }).vms;
    return { kind: 'start', vm, hasEnd: spec.work !== null, admission: this.waiting.admission };
  }

  /** @param orders none for a mark alone: then the loop says at which instant it is made, as of all else */
  private async make(orders: readonly HostOperation[]): ReturnType<Hypervisor['change']> {
    const made = await this.crew.hypervisor.change(orders);
    if (orders.slice(0, made.actsNs.length).some(({ kind }) => kind === 'start')) await this.attached();
    return made;
  }

  /** The threads that were admitted come to the gate within a moment, or fail, or find that the run has ended. */
  private async attached(): Promise<void> {
    const { gauges } = this.crew.instruments;
    const first = gauges.places.length;
    const { waiting } = this;
    if (waiting === null) return;
    const missing = (): boolean =>
      Array.from({ length: waiting.spec.vcpus }, (_, i) => gauges.tid(first + i)).some((tid) => tid <= 0);
    for (let looks = 0; looks < ATTACH_LOOKS && missing() && !this.hasEnded; looks++) await sleep(1);
  }

  private record(operation: Operation, { askedNs, atNs, actsNs }: Applied): void {
    const { played, instruments, changes } = this.crew;
    if (operation.kind === 'start') {
      this.enrol(operation, askedNs, atNs);
      instruments.changed(played.scenario());
      changes.push({ event: null, vm: played.vms.length - 1, askedNs, atNs, actsNs });
      return;
    }
    if (operation.kind === 'destroy') instruments.retire(operation.vm);
    const event = played.change(operation, atNs);
    instruments.trace?.grow({ event, askedNs, actsNs });
    if (operation.kind === 'destroy' || operation.kind === 'pause') instruments.changed(played.scenario());
    changes.push({ event: played.events.length - 1, askedNs, atNs, actsNs });
  }

  /** The VM has started. */
  private enrol({ vm, spec }: Start, askedNs: number, atNs: number): void {
    const { played, instruments } = this.crew;
    const { waiting } = this;
    if (waiting === null || vm !== waiting) return;
    const started = played.start(spec, atNs);
    instruments.trace?.grow({ vm: started, askedNs });
    instruments.add(started, played.vms.length - 1);
    this.crew.enrol(waiting.tasks, waiting.study);
    this.forget();
  }

  /** The next one may be prepared. */
  private forget(): void {
    this.waiting = null;
    this.isPreparing = false;
  }
}

type ForLoop = Exclude<Operation, { kind: 'mark' }>;
type Start = Extract<Operation, { kind: 'start' }>;

function isForLoop(operation: Operation): operation is ForLoop {
  return operation.kind !== 'mark';
}

function isOver(): LabError {
  return new LabError('BAD_OPTION', 'the run is over');
}
