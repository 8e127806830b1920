/**
 * One run on real cores, from the main thread's side.
 *
 *   check, calibrate ──► vCPU threads warm up, gather at the gate ──► loop runs ──► threads leave ──► verify checksums
 *                                                                     │
 *                                                                     └ ten times a second: read facts, tell progress
 */
import { setTimeout as sleep } from 'node:timers/promises';
import type {
  TestbedOptions,
  RunHooks,
  RunProgress,
  VerifyMode,
  VerifyProgress,
} from '../testbed/testbed.ts';
import { planOf, type VcpuPlace } from '../scenario/plan.ts';
import { forecast } from '../predict/forecast.ts';
import type { Lateness } from '../predict/predict.ts';
import type { HostDescription, RunResult } from '../result/result.ts';
import type { VmPrediction } from '../result/vm-result.ts';
import { RunFailed } from '../result/run-failed.ts';
import { LabError } from '../base/errors.ts';
import type { LoopEnd } from '../machine/loop.ts';
import type { Scenario } from '../scenario/scenario.ts';
import { ABORTED, orAborted, orTimeout, TIMED_OUT } from './abort.ts';
import { ABORT_LEAVE_MS, departure } from './departure.ts';
import { injectIntoMain } from './injected-failure.ts';
import { confineHelpers } from './helper-threads.ts';
import { Instruments } from './instruments.ts';
import { type Outcome, resultOf } from './measurement.ts';
import type { Hypervisor } from './hypervisor.ts';
import { mixedPcpus } from './mixed-pcpus.ts';
import { checked, type Native } from '../addon/native.ts';
import { OrphanWatch } from './orphan-watch.ts';
import { stepSizeWarning } from '../workload/size.ts';
import { programOf, unitsOf, workNs, type Programs } from './programs.ts';
import { helpersWarning } from '../base/single-threaded.ts';
import type { VcpuPool } from './vcpu-pool.ts';
import { vmProgress } from './vcpu-gauges.ts';
import type { Prefix } from './vcpu-thread.ts';
import { prefixUnits } from './verified-prefix.ts';
import { vcpuWarnings } from './vcpu-warnings.ts';
import { Verification } from './verification.ts';
import { warmUpBounds } from './warm-up-bounds.ts';

const LOOK_MS = 100;
const GATHER_LOOK_MS = 2;
type Ran = {
  readonly units: number;
  readonly checksum: number | string;
  readonly prefix: Prefix | null;
  readonly isWarm: boolean;
  readonly batchClass: number;
};

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
   * @throws LabError LIMIT, where the system has no room for them
   */
  pool(threads: number): Promise<VcpuPool>;
  /** End all vCPU threads; the next run starts new ones. */
  endPool(): Promise<void>;
}

export class HardwareRun {
  private readonly testbed: OpenHardware;
  private readonly scenario: Scenario;
  private readonly hooks: RunHooks;
  private readonly instruments: Instruments;
  private readonly outcomes: Outcome[];
  private readonly warnings: string[] = [];
  private nsPerUnit: (number | null)[] = [];
  private forecast: readonly VmPrediction[] | null = null;
  private hasStarted = false;

  constructor(testbed: OpenHardware, scenario: Scenario, hooks: RunHooks) {
    this.testbed = testbed;
    this.scenario = scenario;
    this.hooks = hooks;
    this.instruments = new Instruments(testbed.native, scenario, hooks.trace ?? null);
    this.outcomes = this.places.map(() => ({ checksum: null, checksumOk: null, verifiedUnits: 0 }));
  }

  private get places(): readonly VcpuPlace[] {
    return this.instruments.gauges.places;
  }

  async run(): Promise<RunResult> {
    const pool = await this.testbed.pool(this.places.length);
    checked('set up the gate', this.testbed.native.setup(Int32Array.from(this.scenario.pcpus)));
    this.warnAhead();
    if ((await orAborted(this.calibrate(pool), this.hooks.signal)) === ABORTED) return this.result(false);
    if ((await orAborted(this.foretell(), this.hooks.signal)) === ABORTED) return this.result(false);
    const ran = await this.measure(pool);
    if (ran === ABORTED) return this.result(false);
    this.warnings.push(...vcpuWarnings(ran.map((thread, vcpu) => ({ ...thread, id: this.places[vcpu].id }))));
    const verified = await this.isVerified(pool, ran);
    // Threads in the middle of doing steps again would be in the next run's way.
    if (verified === ABORTED) await this.testbed.endPool();
    return this.result(verified !== ABORTED);
  }

  snapshot(): RunResult {
    this.instruments.trace?.drain();
    return this.result(false);
  }

  // --- before ---

  private warnAhead(): void {
    const helpers = helpersWarning();
    if (helpers !== null) this.warnings.push(helpers);
    const quota = this.testbed.host.cgroupQuotaCpus;
    if (quota !== null && quota < this.scenario.pcpus.length) {
      this.warnings.push(
        `the control group allows ${quota.toFixed(2)} CPUs' worth of time, the scenario asks for ` +
          `${this.scenario.pcpus.length} pCPUs`,
      );
    }
    this.warnings.push(...mixedPcpus(this.scenario.pcpus, this.testbed.host.cpus));
  }

  private async calibrate(pool: VcpuPool): Promise<void> {
    const { vms, seed, pcpus } = this.scenario;
    for (const vm of vms) {
      const program = programOf(vm.workload, seed);
      this.tell('calibrating', `checking ${vm.workload.spec}`);
      await this.testbed.programs.check(pool, program);
    }
    this.nsPerUnit = [];
    for (const vm of vms) {
      this.tell('calibrating', `calibrating ${vm.workload.spec}`);
      const program = programOf(vm.workload, seed);
      if (vm.work === null) {
        this.nsPerUnit.push(await this.testbed.programs.roughNsPerUnit(pool, program, pcpus[0]));
        continue;
      }
      const { nsPerUnit } = await this.testbed.programs.calibrate(pool, program, pcpus[0]);
      this.nsPerUnit.push(nsPerUnit);
      const warning = stepSizeWarning(vm.workload.spec, nsPerUnit);
      if (warning !== null && !this.warnings.includes(warning)) this.warnings.push(warning);
    }
  }

  /** The forecast: what the run will show, as far as that is known beforehand. */
  private async foretell(): Promise<void> {
    const { scenario, testbed, hooks } = this;
    this.tell('calibrating', 'forecasting');
    const options = { ...testbed.lateness, nsPerUnit: this.nsPerUnit };
    this.forecast = await forecast(scenario, options, hooks.signal);
  }

  // --- the measurement ---

  /** @returns what each vCPU's thread says */
  private async measure(pool: VcpuPool): Promise<Ran[] | typeof ABORTED> {
    const { native } = this.testbed;
    this.tell('warming-up', 'warming up');
    const warmUp = warmUpBounds(this.places.length, this.scenario.pcpus.length);
    const tasks = this.places.map((place, vcpu) =>
      pool.run(
        {
          kind: 'run',
          program: programOf(place.vm.workload, this.scenario.seed),
          vcpu,
          threadName: place.id,
          units: unitsOf(place.vm.work, this.nsPerUnit[place.vmIndex]),
          prefixUnits: prefixUnits(this.verifyMode, place.vm.work, this.nsPerUnit[place.vmIndex]),
          warmUp,
        },
        'ran',
      ),
    );
    const all = Promise.all(tasks);
    // A vCPU that fails ends the run for all.
    all.catch(() => (this.hasStarted ? this.testbed.hypervisor.stop() : native.releaseAll()));
    if (!(await this.gathered(all))) {
      native.releaseAll();
      // A thread that is still preparing would be in the next run's way.
      if ((await orTimeout(all, ABORT_LEAVE_MS)) === TIMED_OUT) await this.testbed.endPool();
      return ABORTED;
    }
    let isComplete = false;
    try {
      const end = await this.drive();
      const ran = await this.leave(tasks);
      isComplete = end !== 'stopped' && ran !== ABORTED;
      return ran;
    } finally {
      const { scoreboard, trace, facts } = this.instruments;
      trace?.end(scoreboard.endNs >= 0 ? scoreboard.endNs : NaN, isComplete, facts.dropped);
    }
  }

  /** Wait until every vCPU's thread is at the gate. False: aborted. */
  private async gathered(all: Promise<unknown>): Promise<boolean> {
    let hasFailed = false;
    all.catch(() => (hasFailed = true));
    while (this.testbed.native.attached() < this.places.length) {
      if (this.hooks.signal.aborted) return false;
      if (hasFailed) await all;
      await sleep(GATHER_LOOK_MS);
    }
    return !this.hooks.signal.aborted;
  }

  /** Let the loop run, and look on until it ends. @throws RunFailed */
  private async drive(): Promise<LoopEnd> {
    const { hypervisor, native } = this.testbed;
    const stop = (): void => hypervisor.stop();
    this.hooks.signal.addEventListener('abort', stop, { once: true });
    const ticker = setInterval(() => this.look(), LOOK_MS);
    this.instruments.begin();
    const letHelpersGo = confineHelpers(native, this.scenario.pcpus);
    injectIntoMain();
    this.hasStarted = true;
    const orphans = new OrphanWatch(native);
    try {
      const ended = hypervisor.run({
        plan: planOf(this.scenario),
        scoreboard: this.instruments.scoreboard.buffer,
        paranoid: this.testbed.options.paranoid === true,
        trace: this.instruments.trace?.ring.buffer ?? null,
      });
      return await Promise.race([ended, orphans.start()]);
    } catch (cause) {
      native.releaseAll();
      throw this.failed(`the hypervisor thread failed: ${(cause as Error).message}`, cause);
    } finally {
      clearInterval(ticker);
      orphans.end();
      this.hooks.signal.removeEventListener('abort', stop);
      this.instruments.end();
      letHelpersGo();
    }
  }

  /** @throws RunFailed if a vCPU failed, or is stuck in a step */
  private async leave(tasks: readonly Promise<Ran>[]): Promise<Ran[] | typeof ABORTED> {
    const outcomes = await departure(this.testbed.native, tasks, this.hooks.signal);
    if (this.hooks.signal.aborted) return ABORTED;
    const failure = outcomes.find((outcome) => outcome instanceof Error);
    if (failure !== undefined) throw this.failed(failure.message, failure);
    const stuck = this.places.filter((_, vcpu) => outcomes[vcpu] === null).map(({ id }) => id);
    if (stuck.length > 0)
      throw this.failed(`${stuck.join(', ')}: a step did not return after the end of the run`);
    return outcomes as Ran[];
  }

  private failed(message: string, cause?: unknown): RunFailed {
    const details = cause instanceof LabError ? cause.details : {};
    return new RunFailed(message, this.result(false), { ...details, cause });
  }

  // --- after ---

  /** @throws RunFailed: the run has been, whatever is the matter with its checksums */
  private async isVerified(pool: VcpuPool, ran: readonly Ran[]): Promise<void | typeof ABORTED> {
    try {
      return await orAborted(this.verify(pool, ran), this.hooks.signal);
    } catch (cause) {
      throw this.failed(`the checksums can't be verified: ${(cause as Error).message}`, cause);
    }
  }

  private async verify(pool: VcpuPool, ran: readonly Ran[]): Promise<void> {
    for (const [vcpu, { checksum }] of ran.entries()) this.outcomes[vcpu].checksum = checksum;
    if (this.verifyMode === 'none') return;
    const verification = new Verification(this.testbed.programs, pool);
    const tell = (): void => this.tell('verifying', 'verifying checksums', verification.progress());
    const ticker = setInterval(tell, LOOK_MS);
    tell();
    try {
      await Promise.all(
        ran.map(async ({ units, checksum, prefix }, vcpu) => {
          const program = programOf(this.places[vcpu].vm.workload, this.scenario.seed);
          const known = prefix ?? { units, checksum };
          const nsPerUnit = units > 0 ? this.instruments.gauges.cpuNs(vcpu) / units : 0;
          const isRight = await verification.isRight(program, known.units, known.checksum, nsPerUnit);
          this.outcomes[vcpu].checksumOk = isRight;
          this.outcomes[vcpu].verifiedUnits = known.units;
        }),
      );
    } finally {
      clearInterval(ticker);
    }
  }

  private get verifyMode(): VerifyMode {
    return this.testbed.options.verify ?? 'auto';
  }

  private result(complete: boolean): RunResult {
    const { scenario, instruments, outcomes, hasStarted, nsPerUnit } = this;
    const took = scenario.vms.map(
      (vm, index) => instruments.gauges.usedNs(index) ?? workNs(vm, nsPerUnit.at(index) ?? null),
    );
    const known = { outcomes, hasStarted, nsPerUnit, workNs: took, forecast: this.forecast };
    const warnings = [...this.warnings, ...instruments.warnings()];
    return resultOf({ ...instruments.readings(), ...known }, complete, warnings);
  }

  // --- looking on ---

  private look(): void {
    this.instruments.look();
    this.tell('running', this.scenario.name);
  }

  private tell(phase: RunProgress['phase'], text: string, verifying: VerifyProgress | null = null): void {
    const isRunning = phase === 'running';
    const nowNs = isRunning ? this.testbed.native.nowNs() : 0;
    const vms = isRunning ? this.scenario.vms : [];
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
