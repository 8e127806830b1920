/**
 * One run on real cores, from the main thread's side.
 *
 *   check, calibrate ──► vCPU threads warm up and gather at the gate ──► loop runs ──► threads leave ──► checksums verified
 *                                                                        │ meanwhile, ten times a second: facts read, progress told
 */
import { setTimeout as sleep } from 'node:timers/promises';
import type { RunHooks, RunProgress, VmProgress } from '../experiment/experiment.ts';
import type { RunResult } from '../experiment/result.ts';
import { RunFailed } from '../experiment/run-failed.ts';
import { LabError } from '../errors.ts';
import type { Scenario } from '../scenario/scenario.ts';
import { ABORTED, orAborted, orTimeout, TIMED_OUT } from './abort.ts';
import { mainFault } from './fault.ts';
import { FactReader } from './fact-reader.ts';
import type { HardwareLab } from './hardware-lab.ts';
import { idealWallNs } from './ideal.ts';
import { cpuNsOf, type Outcome, readStats, resultOf, type Sources } from './measurement.ts';
import { checked, Released, VcpuField } from './native.ts';
import { planOf, type VcpuPlace, vcpusOf } from './plan.ts';
import { programOf, unitsOf } from './programs.ts';
import { Scoreboard } from './scoreboard.ts';
import { SuspensionWatch } from './suspension.ts';
import type { VcpuPool } from './vcpu-pool.ts';

const LOOK_MS = 100;
const GATHER_LOOK_MS = 2;
/** CPU time that a released thread may use before it comes back from its step; and how long it may take on a host that hardly lets it run. */
const LEAVE_CPU_NS = 1e9;
const LEAVE_MS = 10_000;
/** When the user wants to be gone, nobody is waited for longer than this. */
const ABORT_LEAVE_MS = 1000;

/** CPU time per thread for getting a program compiled: as much as is of use, or, with many threads, as little as will do. */
const WARM_UP_MOST_NS = 80e6;
const WARM_UP_LEAST_NS = 10e6;
/** On each pCPU, before the common start. */
const WARM_UP_TOTAL_NS = 800e6;

type Ran = { readonly units: number; readonly checksum: number | string };

export class HardwareRun {
  private readonly lab: HardwareLab;
  private readonly scenario: Scenario;
  private readonly hooks: RunHooks;
  private readonly places: readonly VcpuPlace[];
  private readonly scoreboard: Scoreboard;
  private readonly facts: FactReader;
  private readonly outcomes: Outcome[];
  private readonly suspension = new SuspensionWatch();
  private readonly warnings: string[] = [];
  private nsPerUnit: (number | null)[] = [];
  private statsBefore: (Float64Array | null)[] = [];
  private hasStarted = false;

  constructor(lab: HardwareLab, scenario: Scenario, hooks: RunHooks) {
    this.lab = lab;
    this.scenario = scenario;
    this.hooks = hooks;
    this.places = vcpusOf(scenario);
    const pcpuCount = scenario.pcpus.length;
    this.scoreboard = new Scoreboard(this.places.length, pcpuCount);
    this.facts = new FactReader(lab.native, this.places.length, pcpuCount);
    this.outcomes = this.places.map(() => ({ checksum: null, checksumOk: null }));
  }

  async run(): Promise<RunResult> {
    const pool = await this.lab.pool(this.places.length);
    checked('set up the gate', this.lab.native.setup(Int32Array.from(this.scenario.pcpus)));
    this.warnAhead();
    if ((await orAborted(this.calibrate(pool), this.hooks.signal)) === ABORTED) return this.result(false);
    const ran = await this.measure(pool);
    if (ran === ABORTED) return this.result(false);
    if ((await orAborted(this.verify(pool, ran), this.hooks.signal)) === ABORTED) return this.result(false);
    return this.result(true);
  }

  snapshot(): RunResult {
    return this.result(false);
  }

  // --- before ---

  private warnAhead(): void {
    const quota = this.lab.host.cgroupQuotaCpus;
    if (quota !== null && quota < this.scenario.pcpus.length) {
      this.warnings.push(
        `the control group allows ${quota.toFixed(2)} CPUs' worth of time, the scenario asks for ${this.scenario.pcpus.length} pCPUs`,
      );
    }
  }

  private async calibrate(pool: VcpuPool): Promise<void> {
    const { vms, seed, pcpus } = this.scenario;
    for (const vm of vms) {
      const program = programOf(vm.workload, seed);
      this.tell('calibrating', `checking ${vm.workload.spec}`);
      await this.lab.programs.check(pool, program);
    }
    this.nsPerUnit = [];
    for (const vm of vms) {
      this.tell('calibrating', `calibrating ${vm.workload.spec}`);
      const wanted = vm.work !== null;
      this.nsPerUnit.push(
        wanted
          ? (await this.lab.programs.calibrate(pool, programOf(vm.workload, seed), pcpus[0])).nsPerUnit
          : null,
      );
    }
  }

  // --- the measurement ---

  /** @returns what each vCPU's thread says */
  private async measure(pool: VcpuPool): Promise<Ran[] | typeof ABORTED> {
    const { native } = this.lab;
    this.tell('warming-up', 'warming up');
    const perThread = (WARM_UP_TOTAL_NS * this.scenario.pcpus.length) / this.places.length;
    const warmUpNs = Math.min(WARM_UP_MOST_NS, Math.max(WARM_UP_LEAST_NS, perThread));
    const tasks = this.places.map((place, vcpu) =>
      pool.run(
        {
          kind: 'run',
          program: programOf(place.vm.workload, this.scenario.seed),
          vcpu,
          threadName: place.id,
          units: unitsOf(place.vm.work, this.nsPerUnit[place.vmIndex]),
          warmUpNs,
        },
        'ran',
      ),
    );
    const all = Promise.all(tasks);
    // A vCPU that fails ends the run for all.
    all.catch(() => (this.hasStarted ? this.lab.hypervisor.stop() : native.releaseAll()));
    if (!(await this.gathered(all))) {
      native.releaseAll();
      await orTimeout(all, ABORT_LEAVE_MS);
      return ABORTED;
    }
    this.statsBefore = this.places.map((_, vcpu) => readStats(native, this.tidOf(vcpu)));
    await this.conduct();
    const ran = await this.leave(tasks);
    return this.hooks.signal.aborted ? ABORTED : ran;
  }

  /** Wait until every vCPU's thread is at the gate. False: aborted. */
  private async gathered(all: Promise<unknown>): Promise<boolean> {
    let hasFailed = false;
    all.catch(() => (hasFailed = true));
    while (this.lab.native.attached() < this.places.length) {
      if (this.hooks.signal.aborted) return false;
      if (hasFailed) await all;
      await sleep(GATHER_LOOK_MS);
    }
    return !this.hooks.signal.aborted;
  }

  /** Let the loop run, and look on until it ends. @throws RunFailed */
  private async conduct(): Promise<void> {
    const { hypervisor, native } = this.lab;
    const stop = (): void => hypervisor.stop();
    this.hooks.signal.addEventListener('abort', stop, { once: true });
    const ticker = setInterval(() => this.look(), LOOK_MS);
    this.suspension.start();
    mainFault();
    this.hasStarted = true;
    try {
      const orphaned = this.orphaned();
      const ended = hypervisor.run({ plan: planOf(this.scenario), scoreboard: this.scoreboard.buffer });
      await Promise.race([ended, orphaned]);
    } catch (cause) {
      native.releaseAll();
      throw cause instanceof RunFailed
        ? cause
        : this.failed(`the hypervisor thread failed: ${(cause as Error).message}`, cause);
    } finally {
      clearInterval(ticker);
      this.suspension.end();
      this.hooks.signal.removeEventListener('abort', stop);
      this.stopWatchingOrphans();
      this.facts.drain();
    }
  }

  private orphanTimer: NodeJS.Timeout | undefined;

  /** Rejects when the vCPUs found the loop's heartbeat gone and released themselves. */
  private orphaned(): Promise<never> {
    return new Promise((_, reject) => {
      this.orphanTimer = setInterval(() => {
        if (this.lab.native.releasedWhy() === Released.orphaned) {
          reject(this.failed('the hypervisor thread stood still, and the vCPUs released themselves'));
        }
      }, LOOK_MS);
    });
  }

  private stopWatchingOrphans(): void {
    clearInterval(this.orphanTimer);
  }

  /** Everybody was released: wait until all threads have left their steps. @throws RunFailed if one failed, or is stuck */
  private async leave(tasks: readonly Promise<Ran>[]): Promise<Ran[]> {
    const outcomes: (Ran | Error | null)[] = tasks.map(() => null);
    const all = Promise.all(
      tasks.map(async (task, vcpu) => {
        outcomes[vcpu] = await settled(task);
      }),
    );
    const startMs = performance.now();
    const cpuBefore = tasks.map((_, vcpu) => this.lab.native.cpuNs(vcpu));
    const isStuck = (vcpu: number): boolean =>
      outcomes[vcpu] === null && this.lab.native.cpuNs(vcpu) - cpuBefore[vcpu] > LEAVE_CPU_NS;
    while ((await orTimeout(all, LOOK_MS)) === TIMED_OUT) {
      const waitedMs = performance.now() - startMs;
      if (waitedMs > (this.hooks.signal.aborted ? ABORT_LEAVE_MS : LEAVE_MS)) break;
      if (tasks.some((_, vcpu) => isStuck(vcpu))) break;
    }
    if (this.hooks.signal.aborted) return [];
    const failure = outcomes.find((outcome) => outcome instanceof Error);
    if (failure !== undefined) {
      const details = failure instanceof LabError ? failure.details : {};
      throw new RunFailed(failure.message, this.result(false), { ...details, cause: failure });
    }
    const stuck = this.places.filter((_, vcpu) => outcomes[vcpu] === null).map(({ id }) => id);
    if (stuck.length > 0)
      throw this.failed(`${stuck.join(', ')}: a step did not return after the end of the run`);
    return outcomes as Ran[];
  }

  private failed(message: string, cause?: unknown): RunFailed {
    return new RunFailed(message, this.result(false), cause === undefined ? {} : { cause });
  }

  // --- after ---

  private async verify(pool: VcpuPool, ran: readonly Ran[]): Promise<void> {
    this.tell('verifying', 'verifying checksums');
    await Promise.all(
      ran.map(async ({ units, checksum }, vcpu) => {
        this.outcomes[vcpu].checksum = checksum;
        const program = programOf(this.places[vcpu].vm.workload, this.scenario.seed);
        this.outcomes[vcpu].checksumOk =
          (await this.lab.programs.expected(pool, program, units)) === checksum;
      }),
    );
  }

  private result(complete: boolean): RunResult {
    const warnings = [...this.warnings, ...this.suspension.warnings(this.scoreboard)];
    const violations = this.lab.native.violations();
    if (violations > 0)
      warnings.push(`the gate's state machine was violated ${violations} times: a bug, please report it`);
    return resultOf(this.sources(), complete, warnings);
  }

  private sources(): Sources {
    const { scenario, lab, places, scoreboard, facts, outcomes, statsBefore } = this;
    if (!this.hasStarted) scoreboard.endNs = 0;
    return {
      native: lab.native,
      scenario,
      places,
      scoreboard,
      facts,
      outcomes,
      statsBefore,
      idealWallNs: idealWallNs(scenario, this.nsPerUnit),
      stopped: this.suspension.stopped(scoreboard),
    };
  }

  // --- looking on ---

  private look(): void {
    this.facts.drain();
    this.tell('running', this.scenario.name);
  }

  private tell(phase: RunProgress['phase'], text: string): void {
    const isRunning = phase === 'running';
    this.hooks.onProgress({
      phase,
      text,
      elapsedNs: isRunning ? this.lab.native.nowNs() : 0,
      vms: isRunning ? this.scenario.vms.map((_, index) => this.vmProgress(index)) : [],
    });
  }

  private vmProgress(vmIndex: number): VmProgress {
    const vm = this.scenario.vms[vmIndex];
    const vcpus = [...this.places.keys()].filter((vcpu) => this.places[vcpu].vmIndex === vmIndex);
    const total = unitsOf(vm.work, this.nsPerUnit[vmIndex]) * vcpus.length;
    const done = vcpus.reduce((sum, vcpu) => sum + this.fieldOf(vcpu, VcpuField.units), 0);
    const ends = vcpus.map((vcpu) => this.endOf(vcpu));
    const nowNs = ends.some((endNs) => endNs < 0) ? this.lab.native.nowNs() : Math.max(...ends);
    return {
      name: vm.name,
      fraction: Number.isFinite(total) ? done / total : null,
      cpuNs: vcpus.reduce(
        (sum, vcpu) => sum + cpuNsOf({ native: this.lab.native, scoreboard: this.scoreboard }, vcpu),
        0,
      ),
      elapsedNs: Math.max(0, nowNs - vm.startNs),
    };
  }

  private tidOf(vcpu: number): number {
    return this.fieldOf(vcpu, VcpuField.tid);
  }

  private endOf(vcpu: number): number {
    return this.fieldOf(vcpu, VcpuField.endNs);
  }

  private readonly fields = new Float64Array(VcpuField.size);

  private fieldOf(vcpu: number, field: number): number {
    this.lab.native.readVcpu(vcpu, this.fields);
    return this.fields[field];
  }
}

function settled<T>(task: Promise<T>): Promise<T | Error> {
  return task.catch((error: unknown) => (error instanceof Error ? error : new Error(String(error))));
}
