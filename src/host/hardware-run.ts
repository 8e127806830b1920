/**
 * One run on real cores, from the main thread's side.
 *
 *   check, calibrate ──► vCPU threads warm up, gather at the gate ──► loop runs ──► threads leave ──► verify checksums
 *                                                                     │
 *                                                                     └ ten times a second: read facts, tell progress
 */
import { availableParallelism } from 'node:os';
import { setTimeout as sleep } from 'node:timers/promises';
import type {
  TestbedOptions,
  RunHooks,
  RunProgress,
  VerifyMode,
  VerifyProgress,
} from '../testbed/testbed.ts';
import { eventPlaces, planOf, type VcpuPlace } from '../scenario/plan.ts';
import { forecast } from '../predict/forecast.ts';
import type { Lateness } from '../predict/predict.ts';
import type { ChangeResult, HostDescription, RunResult } from '../result/result.ts';
import type { VmPrediction } from '../result/vm-result.ts';
import { RunFailed } from '../result/run-failed.ts';
import { LabError } from '../base/errors.ts';
import type { LoopEnd, MadeChange } from '../machine/loop.ts';
import type { VcpuFailure } from '../testbed/live-run.ts';
import type { Scenario, VmSpec } from '../scenario/scenario.ts';
import { PlayedScenario } from '../scenario/played.ts';
import { MAX_VCPUS } from '../scenario/limits.ts';
import { ABORTED, orAborted, orTimeout, TIMED_OUT } from './abort.ts';
import { ABORT_LEAVE_MS, departure } from './departure.ts';
import { injectIntoMain } from './injected-failure.ts';
import { confineHelpers } from './helper-threads.ts';
import { Instruments } from './instruments.ts';
import { type Outcome, resultOf } from './measurement.ts';
import type { Hypervisor } from './hypervisor.ts';
import type { RunRequest } from './hypervisor-thread.ts';
import { type Crew, LiveHardware, type Study } from './live-hardware.ts';
import { disturbances, type Place, placeBeside } from './place.ts';
import { ReadyLimit, readyLimitMs } from './ready-limit.ts';
import { readAllowedCpus } from '../cpus/read-host-cpus.ts';
import { requireRoom } from './require-room.ts';
import { readRoom } from './room.ts';
import { mixedPcpus } from './mixed-pcpus.ts';
import { checked, type Native } from '../addon/native.ts';
import { OrphanWatch } from './orphan-watch.ts';
import { stepSizeWarning } from '../workload/size.ts';
import { programOf, unitsOf, workNs, type Programs } from './programs.ts';
import { helpersWarning } from '../base/single-threaded.ts';
import type { Ran, VcpuPool } from './vcpu-pool.ts';
import { vmProgress } from './vcpu-gauges.ts';
import type { RunTask } from './vcpu-thread.ts';
import { prefixUnits } from './verified-prefix.ts';
import { vcpuWarnings } from './vcpu-warnings.ts';
import { Verification } from './verification.ts';
import { warmUpBounds } from './warm-up-bounds.ts';

const LOOK_MS = 100;
const GATHER_LOOK_MS = 2;

/** What outlives a run: the threads, and what is known of this machine and of its programs. */
export interface OpenHardware {
  readonly host: HostDescription;
  readonly native: Native;
  readonly hypervisor: Hypervisor;
  readonly programs: Programs;
  readonly options: TestbedOptions;
  /** how late the scheduler is on this machine, as far as it is known */
  readonly lateness: Lateness;
  /**
   * A pool with at least so many threads.
   * @param most how many there may be; default: no more than there are
   * @throws LabError LIMIT, where the system has no room for them
   */
  pool(threads: number, most?: number): Promise<VcpuPool>;
  /** End all vCPU threads; the next run starts new ones. */
  endPool(): Promise<void>;
}

export class HardwareRun {
  private readonly testbed: OpenHardware;
  private readonly planned: Scenario;
  private readonly played: PlayedScenario;
  private readonly live: LiveHardware | null;
  private readonly hooks: RunHooks;
  private readonly instruments: Instruments;
  private readonly outcomes: Outcome[];
  private readonly warnings: string[] = [];
  private readonly changes: ChangeResult[] = [];
  private readonly failures: VcpuFailure[] = [];
  private readonly tasks: Promise<Ran>[] = [];
  private pool: VcpuPool | null = null;
  private nsPerUnit: (number | null)[] = [];
  private forecast: readonly VmPrediction[] | null = null;
  private hasStarted = false;
  private readyLimitMs = Infinity;

  constructor(testbed: OpenHardware, scenario: Scenario, hooks: RunHooks) {
    this.testbed = testbed;
    this.planned = scenario;
    this.played = new PlayedScenario(scenario);
    this.hooks = hooks;
    const { trace = null, live } = hooks;
    this.instruments = new Instruments(
      testbed.native,
      scenario,
      trace,
      live === undefined ? 0 : MAX_VCPUS - vcpuCount(scenario),
    );
    this.live = live === undefined ? null : new LiveHardware(this.crew());
    this.outcomes = this.places.map(() => noOutcome());
  }

  /** see LiveHooks */
  private get staysUp(): boolean {
    return this.hooks.live?.staysUp === true;
  }

  /** As it has been played until now: a copy. */
  private get scenario(): Scenario {
    return this.live === null ? this.planned : this.played.scenario();
  }

  private get places(): readonly VcpuPlace[] {
    return this.instruments.gauges.places;
  }

  async run(): Promise<RunResult> {
    const { length } = this.places;
    // In a run that can be changed it grows.
    const pool = await this.testbed.pool(length, this.live === null ? length : MAX_VCPUS);
    this.pool = pool;
    checked('set up the gate', this.testbed.native.setup(Int32Array.from(this.planned.pcpus)));
    this.warnAhead();
    await this.rehearse();
    if ((await orAborted(this.calibrate(pool), this.hooks.signal)) === ABORTED) return this.result(false);
    if ((await orAborted(this.foretell(), this.hooks.signal)) === ABORTED) return this.result(false);
    const ran = await this.measure(pool);
    if (ran === ABORTED) return this.result(false);
    this.warnings.push(
      ...vcpuWarnings(
        ran.flatMap((thread, vcpu) => (thread === null ? [] : [{ ...thread, id: this.places[vcpu].id }])),
      ),
    );
    const verified = await this.isVerified(pool, ran);
    // Threads in the middle of doing steps again would be in the next run's way.
    if (verified === ABORTED) await this.testbed.endPool();
    return this.result(verified !== ABORTED);
  }

  snapshot(withIdeal: boolean): RunResult {
    this.instruments.trace?.drain();
    return this.result(false, withIdeal);
  }

  // --- before ---

  private warnAhead(): void {
    const helpers = helpersWarning();
    if (helpers !== null) this.warnings.push(helpers);
    const quota = this.testbed.host.cgroupQuotaCpus;
    if (quota !== null && quota < this.planned.pcpus.length) {
      this.warnings.push(
        `the control group allows ${quota.toFixed(2)} CPUs' worth of time, the scenario asks for ` +
          `${this.planned.pcpus.length} pCPUs`,
      );
    }
    this.warnings.push(...mixedPcpus(this.planned.pcpus, this.testbed.host.cpus));
  }

  /** So that nothing but the run lies between the common start and the first look at it. */
  private async rehearse(): Promise<void> {
    try {
      await this.testbed.hypervisor.rehearse(this.planned.scheduler.type);
    } catch (cause) {
      throw this.hypervisorFailed(cause);
    }
  }

  private async calibrate(pool: VcpuPool): Promise<void> {
    const { vms, seed, pcpus } = this.planned;
    const checkNs: number[] = [];
    for (const vm of vms) {
      const program = programOf(vm.workload, seed);
      this.tell('calibrating', `checking ${vm.workload.spec}`);
      checkNs.push((await this.testbed.programs.check(pool, program)).cpuNs);
    }
    this.readyLimitMs = readyLimitMs(
      vms.map(({ vcpus }, vm) => ({ vcpus, checkNs: checkNs[vm] })),
      availableParallelism(),
    );
    this.nsPerUnit = [];
    for (const vm of vms) {
      this.tell('calibrating', `calibrating ${vm.workload.spec}`);
      this.nsPerUnit.push(await this.unitNs(pool, vm, pcpus[0]));
    }
  }

  /** @returns CPU time of a unit of its work, ns; null: not known, and not needed */
  private async unitNs(pool: VcpuPool, vm: VmSpec, cpu: number): Promise<number | null> {
    const { programs } = this.testbed;
    const program = programOf(vm.workload, this.planned.seed);
    if (vm.work === null) return programs.roughNsPerUnit(pool, program, cpu);
    const { nsPerUnit } = await programs.calibrate(pool, program, cpu);
    const warning = stepSizeWarning(vm.workload.spec, nsPerUnit);
    if (warning !== null && !this.warnings.includes(warning)) this.warnings.push(warning);
    return nsPerUnit;
  }

  /** The forecast: what the run will show, as far as that is known beforehand. */
  private async foretell(): Promise<void> {
    const { scenario, testbed, hooks } = this;
    // What will be done to a run that can be changed isn't known beforehand.
    if (this.live !== null) return;
    this.tell('calibrating', 'forecasting');
    const options = { ...testbed.lateness, nsPerUnit: this.nsPerUnit };
    this.forecast = await forecast(scenario, options, hooks.signal);
  }

  // --- the measurement ---

  /** @returns what each vCPU's thread says */
  private async measure(pool: VcpuPool): Promise<(Ran | null)[] | typeof ABORTED> {
    const { native } = this.testbed;
    this.tell('warming-up', 'warming up');
    const warmUp = warmUpBounds(this.places.length, this.planned.pcpus.length);
    const tasks = this.places.map(({ vm, vmIndex, id }, vcpu) =>
      pool.run(this.taskOf(vm, vcpu, id, this.nsPerUnit[vmIndex], { warmUp, prepareOn: null }), 'ran'),
    );
    this.tasks.push(...tasks);
    const all = Promise.all(tasks);
    for (const [vcpu, task] of tasks.entries()) this.watch(vcpu, task);
    let areGathered = false;
    try {
      areGathered = await this.gathered(all);
    } finally {
      if (!areGathered) native.releaseAll();
    }
    if (!areGathered) {
      // A thread that is still preparing would be in the next run's way.
      if ((await orTimeout(all, ABORT_LEAVE_MS)) === TIMED_OUT) await this.testbed.endPool();
      return ABORTED;
    }
    let isComplete = false;
    try {
      const end = await this.drive();
      const ran = await this.leave(this.tasks);
      const wasStopped = this.live?.wasStopped === true && !this.hooks.signal.aborted;
      isComplete = (end !== 'stopped' || wasStopped) && ran !== ABORTED;
      return ran;
    } finally {
      const { scoreboard, trace, facts } = this.instruments;
      trace?.end(scoreboard.endNs >= 0 ? scoreboard.endNs : NaN, isComplete, facts.dropped);
    }
  }

  private taskOf(
    vm: VmSpec,
    vcpu: number,
    threadName: string,
    nsPerUnit: number | null,
    more: Pick<RunTask, 'warmUp' | 'admission' | 'prepareOn'>,
  ): RunTask {
    return {
      kind: 'run',
      program: programOf(vm.workload, this.planned.seed),
      vcpu,
      threadName,
      units: unitsOf(vm.work, nsPerUnit),
      prefixUnits: prefixUnits(this.verifyMode, vm.work, nsPerUnit),
      ...more,
    };
  }

  /** @param task that a vCPU does in its thread: when it is over, another vCPU may get the thread */
  private watch(vcpu: number, task: Promise<Ran>): void {
    task
      .finally(() => this.instruments.retireVcpu(vcpu))
      .catch((error: unknown) => this.hasFailed(vcpu, error));
  }

  /** A vCPU that fails ends the run for all. In one that stays up it stands still, and the others go on. */
  private hasFailed(vcpu: number, error: unknown): void {
    if (!this.hasStarted) {
      this.testbed.native.releaseAll();
    } else if (this.staysUp) {
      const { id } = this.places[vcpu];
      const { message } = error as Error;
      this.warnings.push(`${id} failed, and stands still since then: ${message}`);
      this.failures.push({ vcpu, atNs: this.instruments.nowNs, message });
    } else {
      this.testbed.hypervisor.stop();
    }
  }

  private openPool(): VcpuPool {
    if (this.pool === null) throw new Error('the run has not begun');
    return this.pool;
  }

  private crew(): Crew {
    const { testbed, instruments, played } = this;
    const { native, hypervisor } = testbed;
    return {
      native,
      hypervisor,
      instruments,
      played,
      changes: this.changes,
      failures: this.failures,
      place: () => placeBeside(this.planned.pcpus, readAllowedCpus(), testbed.host.cpus),
      study: (spec, place) => this.study(spec, place),
      launch: (spec, first, { study, admission, place, giveUp }) => {
        const pool = this.openPool();
        const warmUp = warmUpBounds(spec.vcpus, this.planned.pcpus.length);
        return Array.from({ length: spec.vcpus }, (_, i) => {
          const id = `${spec.name}/v${i}`;
          const { prepareOn } = place;
          const task = this.taskOf(spec, first + i, id, study.nsPerUnit, { warmUp, admission, prepareOn });
          return pool.run(task, 'ran', giveUp);
        });
      },
      enrol: (tasks, { nsPerUnit }) => {
        this.nsPerUnit.push(nsPerUnit);
        for (const task of tasks) {
          const vcpu = this.tasks.push(task) - 1;
          this.outcomes.push(noOutcome());
          this.watch(vcpu, task);
        }
      },
    };
  }

  private async study(spec: VmSpec, place: Place): Promise<Study> {
    requireRoom(spec.vcpus, 'nothing', readRoom());
    const { programs } = this.testbed;
    const { pcpus, seed } = this.planned;
    const pool = this.openPool();
    const program = programOf(spec.workload, seed);
    const { cpuNs: checkNs } = await programs.check(pool, program, place.prepareOn);
    const { vcpus } = spec;
    // Work without an end needs no figure. One that was found on a pCPU before the run is as good.
    const isKnown = spec.work === null || programs.calibration(program, pcpus[0]) !== null;
    const cpu = isKnown ? pcpus[0] : place.calibrateOn;
    const nsPerUnit = spec.work === null ? null : await this.unitNs(pool, spec, cpu);
    return {
      nsPerUnit,
      readyLimitMs: readyLimitMs([{ vcpus, checkNs }], place.cpuCount),
      remarks: disturbances(place, pcpus, spec.name, !isKnown),
    };
  }

  /**
   * Wait until every vCPU's thread is at the gate.
   * @returns false: aborted
   * @throws LabError as one failed, or takes too long
   */
  private async gathered(all: Promise<unknown>): Promise<boolean> {
    let hasFailed = false;
    const limit = new ReadyLimit(this.readyLimitMs);
    all.catch(() => (hasFailed = true));
    while (this.testbed.native.attached() < this.places.length) {
      if (this.hooks.signal.aborted) return false;
      if (hasFailed) await all;
      limit.look(() => this.missing());
      await sleep(GATHER_LOOK_MS);
    }
    return !this.hooks.signal.aborted;
  }

  /** The VMs with a vCPU whose thread has not come to the gate. */
  private missing(): readonly VmSpec[] {
    return this.places.filter((_, vcpu) => this.instruments.gauges.tid(vcpu) <= 0).map(({ vm }) => vm);
  }

  /** Let the loop run, and look on until it ends. @throws RunFailed */
  private async drive(): Promise<LoopEnd> {
    const { hypervisor, native } = this.testbed;
    const stop = (): void => hypervisor.stop();
    this.hooks.signal.addEventListener('abort', stop, { once: true });
    const ticker = setInterval(() => this.look(), LOOK_MS);
    this.instruments.begin();
    const letHelpersGo = confineHelpers(native, this.planned.pcpus);
    injectIntoMain();
    this.hasStarted = true;
    const orphans = new OrphanWatch(native);
    const policyWatch = hypervisor.policyWatch(this.planned.scheduler.type);
    try {
      const ended = hypervisor.run(this.request(), (made) => this.takeChange(made));
      if (this.live !== null) this.hooks.live?.onStart(this.live);
      const end = await Promise.race([ended, orphans.start(), policyWatch.start()]);
      await this.live?.settle();
      return end;
    } catch (cause) {
      native.releaseAll();
      const stuck = cause instanceof LabError ? null : policyWatch.stuck();
      throw this.hypervisorFailed(stuck ?? cause);
    } finally {
      clearInterval(ticker);
      policyWatch.end();
      this.live?.end();
      orphans.end();
      this.hooks.signal.removeEventListener('abort', stop);
      this.instruments.end();
      letHelpersGo();
    }
  }

  private request(): Omit<RunRequest, 'run'> {
    const { testbed, instruments, planned } = this;
    const plan = planOf(planned);
    const most = this.live === null ? this.places.length : MAX_VCPUS;
    return {
      plan: this.staysUp ? { ...plan, awaited: [] } : plan,
      scoreboard: instruments.scoreboard.buffer,
      paranoid: testbed.options.paranoid === true,
      reserve: { vms: most - this.places.length, vcpus: most - this.places.length },
      trace: instruments.trace?.ring.buffer ?? null,
    };
  }

  /** An event of the scenario was carried out. */
  private takeChange({ event, atNs, actsNs }: MadeChange): void {
    const place = eventPlaces(this.planned)[event];
    const planned = this.planned.events[place];
    const times = { askedNs: planned.atNs, atNs, actsNs };
    if (planned.kind === 'destroy')
      this.instruments.retire(this.planned.vms.findIndex(({ name }) => name === planned.vm));
    const put = (): void => {
      this.changes.push({ event: place, ...times });
      this.instruments.trace?.grow({ planned: place, ...times });
    };
    if (this.live === null) put();
    else this.live.inTurn(put);
  }

  /** @throws RunFailed if a vCPU failed, or is stuck in a step */
  private async leave(tasks: readonly Promise<Ran>[]): Promise<(Ran | null)[] | typeof ABORTED> {
    const outcomes = await departure(this.testbed.native, tasks, this.hooks.signal);
    if (this.hooks.signal.aborted) return ABORTED;
    const failure = outcomes.find((outcome) => outcome instanceof Error);
    if (failure !== undefined && !this.staysUp) throw this.failed(failure.message, failure);
    const stuck = this.places.filter((_, vcpu) => outcomes[vcpu] === null).map(({ id }) => id);
    if (stuck.length > 0)
      throw this.failed(`${stuck.join(', ')}: a step did not return after the end of the run`);
    return outcomes.map((outcome) => (outcome instanceof Error ? null : outcome));
  }

  private hypervisorFailed(cause: unknown): RunFailed {
    if (cause instanceof LabError) return this.failed(cause.message, cause);
    return this.failed(`the hypervisor thread failed: ${(cause as Error).message}`, cause);
  }

  private failed(message: string, cause?: unknown): RunFailed {
    const details = cause instanceof LabError ? cause.details : {};
    return new RunFailed(message, this.result(false), { ...details, cause });
  }

  // --- after ---

  /** @throws RunFailed: the run has been, whatever is the matter with its checksums */
  private async isVerified(pool: VcpuPool, ran: readonly (Ran | null)[]): Promise<void | typeof ABORTED> {
    try {
      return await orAborted(this.verify(pool, ran), this.hooks.signal);
    } catch (cause) {
      throw this.failed(`the checksums can't be verified: ${(cause as Error).message}`, cause);
    }
  }

  private async verify(pool: VcpuPool, ran: readonly (Ran | null)[]): Promise<void> {
    for (const [vcpu, thread] of ran.entries()) this.outcomes[vcpu].checksum = thread?.checksum ?? null;
    if (this.verifyMode === 'none') return;
    const verification = new Verification(this.testbed.programs, pool);
    const tell = (): void => this.tell('verifying', 'verifying checksums', verification.progress());
    const ticker = setInterval(tell, LOOK_MS);
    tell();
    try {
      await inTurns([...ran.entries()], availableParallelism(), async ([vcpu, thread]) => {
        if (thread === null) return;
        const { units, checksum, prefix } = thread;
        const program = programOf(this.places[vcpu].vm.workload, this.planned.seed);
        const known = prefix ?? { units, checksum };
        const nsPerUnit = units > 0 ? this.instruments.gauges.cpuNs(vcpu) / units : 0;
        const isRight = await verification.isRight(program, known.units, known.checksum, nsPerUnit);
        this.outcomes[vcpu].checksumOk = isRight;
        this.outcomes[vcpu].verifiedUnits = known.units;
      });
    } finally {
      clearInterval(ticker);
    }
  }

  private get verifyMode(): VerifyMode {
    return this.testbed.options.verify ?? 'auto';
  }

  private result(complete: boolean, withIdeal = true): RunResult {
    const { scenario, instruments, outcomes, nsPerUnit } = this;
    // Of work that isn't known there is no ideal.
    const took = scenario.vms.map((vm, index) =>
      withIdeal ? (instruments.gauges.usedNs(index) ?? workNs(vm, nsPerUnit.at(index) ?? null)) : NaN,
    );
    const known = { outcomes, nsPerUnit, workNs: took, forecast: this.forecast };
    const warnings = [...this.warnings, ...instruments.warnings()];
    return {
      ...resultOf({ ...instruments.readings(scenario), ...known }, complete, warnings),
      ...(this.live !== null && { played: this.live.played() }),
      ...(this.changes.length > 0 && { changes: this.changes }),
    };
  }

  // --- looking on ---

  private look(): void {
    this.instruments.look();
    this.tell('running', this.planned.name);
  }

  private tell(phase: RunProgress['phase'], text: string, verifying: VerifyProgress | null = null): void {
    const isRunning = phase === 'running';
    const nowNs = isRunning ? this.instruments.nowNs : 0;
    const vms = isRunning ? this.played.vms : [];
    this.hooks.onProgress({
      phase,
      text,
      elapsedNs: nowNs,
      vms: vms.map((vm, index) =>
        vmProgress(this.instruments.gauges, vm, index, this.nsPerUnit[index], nowNs),
      ),
      ...(verifying !== null && { verifying }),
    });
  }
}

/** Do this for all, so many at a time. */
async function inTurns<T>(all: readonly T[], most: number, one: (each: T) => Promise<void>): Promise<void> {
  const left = [...all];
  const work = async (): Promise<void> => {
    for (let each = left.shift(); each !== undefined; each = left.shift()) await one(each);
  };
  await Promise.all(Array.from({ length: most }, work));
}

function noOutcome(): Outcome {
  return { checksum: null, checksumOk: null, verifiedUnits: 0 };
}

function vcpuCount({ vms }: Scenario): number {
  return vms.reduce((count, vm) => count + vm.vcpus, 0);
}
