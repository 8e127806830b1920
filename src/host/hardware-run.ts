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
/** How long a released thread may take to come back from its step. */
const LEAVE_MS = 1000;

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
    const tasks = this.places.map((place, vcpu) =>
      pool.run(
        {
          kind: 'run',
          program: programOf(place.vm.workload, this.scenario.seed),
          vcpu,
          threadName: place.id,
          units: unitsOf(place.vm.work, this.nsPerUnit[place.vmIndex]),
        },
        'ran',
      ),
    );
    const back = new Set<number>();
    for (const [vcpu, task] of tasks.entries()) {
      const isBack = (): void => void back.add(vcpu);
      task.then(isBack, isBack);
    }
    const all = Promise.all(tasks);
    // A vCPU that fails ends the run for all.
    all.catch(() => (this.hasStarted ? this.lab.hypervisor.stop() : native.releaseAll()));
    if (!(await this.gathered(all))) {
      native.releaseAll();
      await orTimeout(all, LEAVE_MS);
      return ABORTED;
    }
    this.statsBefore = this.places.map((_, vcpu) => readStats(native, this.tidOf(vcpu)));
    await this.conduct();
    const ran = await orTimeout(this.settled(all), LEAVE_MS);
    if (this.hooks.signal.aborted) return ABORTED;
    if (ran === TIMED_OUT) throw this.stuck(this.places.filter((_, vcpu) => !back.has(vcpu)));
    return ran;
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

  /** @throws RunFailed with what was measured, if a vCPU failed */
  private async settled(all: Promise<Ran[]>): Promise<Ran[]> {
    try {
      return await all;
    } catch (cause) {
      const details = cause instanceof LabError ? cause.details : {};
      throw new RunFailed((cause as Error).message, this.result(false), { ...details, cause });
    }
  }

  private stuck(places: readonly VcpuPlace[]): RunFailed {
    const names = places.map((place) => place.id);
    return this.failed(`${names.join(', ')}: a step did not return within ${LEAVE_MS / 1000} s of the end`);
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
