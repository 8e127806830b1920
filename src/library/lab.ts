/**
 * The lab, as a program uses it:
 *
 *     const lab = await openLab();
 *     const run = lab.start(scenario({ pcpus: [1], duration: '6s', vms: [{ name: 'A' }, { name: 'B' }] }));
 *     await run.at('3s');
 *     await run.set('A', { weight: 1024 });
 *     const result = await run.result;
 *     await lab.close();
 *
 * A run is made of parts that come one after the other, and each wants its records: the store and whoever was named in
 * the options at once, the host as soon as the machine runs.
 */
import { LabError } from '../base/errors.ts';
import { LiveHost } from '../control/live-host.ts';
import { LiveSimulation } from '../control/live-simulation.ts';
import type { HostCpus } from '../cpus/host-cpus.ts';
import { readHostCpus } from '../cpus/read-host-cpus.ts';
import { openTestbed } from '../host/open-testbed.ts';
import { termsOf } from '../policies.ts';
import { simulatedHost } from '../predict/simulated-run.ts';
import type { HostDescription, RunResult } from '../result/result.ts';
import { formatCpuList } from '../scenario/cpu-list.ts';
import { MAX_VCPUS } from '../scenario/limits.ts';
import type { Scenario } from '../scenario/scenario.ts';
import { scenarioSchema } from '../scenario/scenario.ts';
import { describeValue } from '../scenario/validate.ts';
import type { LiveRun } from '../testbed/live-run.ts';
import type { Calibration, Testbed, VerifyMode } from '../testbed/testbed.ts';
import { VERIFY_MODES } from '../testbed/testbed.ts';
import type { RecordSink } from '../trace/record.ts';
import { RecordFan } from '../trace/record-fan.ts';
import type { RecordTaker, TraceTaker } from '../trace/store.ts';
import { TraceStore } from '../trace/store.ts';
import { traceHeader } from '../trace/trace.ts';
import { conclude } from './conclude.ts';
import { scenario } from './describe.ts';
import { LabRun, type LabRunResult, type Started } from './lab-run.ts';
import { checkOptions, directory, isMapping, oneOf, yesOrNo } from './options.ts';
import { RecordNews } from './record-news.ts';

export interface LabOptions {
  /** real cores, or virtual time that goes with the wall clock and needs no rights; default `hardware` */
  readonly machine?: 'hardware' | 'simulated';
  /**
   * host CPUs that are tried out now, the first one also for calibrate(); default: those that the doctor recommends
   */
  readonly pcpus?: readonly number[];
  /** the most vCPUs that a run begins with: whether there is room is known at once; default 16 */
  readonly vcpus?: number;
  /** check the policy after each of its calls; default false */
  readonly paranoid?: boolean;
  /** how much of what vCPUs compute is verified; default `auto` */
  readonly verify?: VerifyMode;
}

export interface StartOptions {
  /** is given all records, while they come: a TraceFileWriter, say; default: nobody is */
  readonly trace?: TraceTaker | null;
  /** ends the run early: its result is incomplete then; default: nothing does */
  readonly signal?: AbortSignal;
  /** directory that relative workload paths in commands start from; default: the current one */
  readonly baseDir?: string;
}

export interface CalibrateOptions {
  /** default: the workload's own */
  readonly size?: number;
  /** of its data; default 1 */
  readonly seed?: number;
  /** directory that a relative path starts from; default: the current one */
  readonly baseDir?: string;
}

/** The gate to the cores is the process's: there can be one lab on it. */
let isHardwareOpen = false;

/**
 * Open the lab. A process has one on real cores at a time, and as many as it likes in virtual time.
 * @throws LabError NOT_SUPPORTED, NO_ADDON, LIMIT or NATIVE where this machine's cores can't be used; BAD_OPTION
 */
export async function openLab(options: LabOptions = {}): Promise<Lab> {
  const cpus = readHostCpus();
  const {
    machine = 'hardware',
    pcpus = cpus.recommendedCpus ?? cpus.allowedCpus,
    vcpus = 16,
    paranoid = false,
    verify = 'auto',
  } = checkOptions('openLab', options, {
    machine: oneOf('hardware', 'simulated'),
    pcpus: cpusOutOf(cpus),
    vcpus: {
      expected: `a whole number from 1 to ${MAX_VCPUS}`,
      isRight: (value) => Number.isInteger(value) && Number(value) >= 1 && Number(value) <= MAX_VCPUS,
    },
    paranoid: yesOrNo,
    verify: oneOf(...VERIFY_MODES),
  });
  if (machine === 'simulated') return new Lab(null, paranoid);
  if (isHardwareOpen)
    throw new LabError('BAD_OPTION', 'there is a lab on real cores already', {
      where: 'openLab',
      expected: 'one at a time',
      hint: 'await its close() first, or start this run in it',
    });
  isHardwareOpen = true;
  try {
    return new Lab(await openTestbed({ pcpus, vcpus, paranoid, verify }), paranoid);
  } catch (error) {
    isHardwareOpen = false;
    throw error;
  }
}

/** Real cores, or virtual time, for one run after the other. */
export class Lab implements AsyncDisposable {
  private readonly testbed: Testbed | null;
  private readonly paranoid: boolean;
  private current: { readonly over: Promise<void>; readonly abort: AbortController } | null = null;
  private closing: Promise<void> | null = null;

  /** @internal Made by openLab(). @param testbed null: virtual time */
  constructor(testbed: Testbed | null, paranoid: boolean) {
    this.testbed = testbed;
    this.paranoid = paranoid;
  }

  /** What the numbers are measured on; null: virtual time. */
  get host(): HostDescription | null {
    return this.testbed?.host ?? null;
  }

  /**
   * Start a run. It goes on until its duration, its work or stop() ends it.
   * @param planned from scenario() or loadScenario()
   * @throws LabError BAD_OPTION while another run is under way, or when the lab is closed; BAD_SCENARIO
   */
  start(planned: Scenario, options: StartOptions = {}): LabRun {
    const { trace = null, signal, baseDir } = checkOptions('start', options, START_CHECKS);
    this.requireFree('start');
    this.requireScenario(planned);
    const machine = this.testbed === null ? 'simulated' : 'hardware';
    const store = new TraceStore();
    const traces = trace === null ? [store] : [store, trace];
    for (const each of traces) each.begin(traceHeader(planned, { label: planned.name, run: 1, machine }));
    const records = new RecordFan(...traces);
    const abort = new AbortController();
    const ending = signal === undefined ? abort.signal : AbortSignal.any([abort.signal, signal]);
    const { promise: started, resolve, reject } = deferred<Started>();
    const measured = this.play(planned, records, ending, (live) => {
      const host = new LiveHost({
        name: planned.name,
        machine,
        run: live,
        scenario: planned,
        ...(baseDir !== undefined && { baseDir }),
      });
      records.takers.push(host);
      resolve({ host, run: live });
    });
    // What was started has resolved it: then this says nothing.
    measured.then(() => reject(new LabError('BAD_OPTION', 'the run ended before it began')), reject);
    const result = Promise.all([measured, started]).then(([raw, { run: live }]) =>
      this.concluded(raw, planned, live, store),
    );
    const run = new LabRun({ started, result });
    records.takers.push(new RecordNews(planned.vms, termsOf(planned.scheduler.type), run.recordListener()));
    const over = (): void => {
      this.current = null;
    };
    this.current = { over: measured.then(over, over), abort };
    return run;
  }

  /**
   * How fast a workload is here, alone on a core.
   * @param workload a built-in's name, a module's path or a package, as a scenario's VM has it
   * @throws LabError BAD_SCENARIO or BAD_WORKLOAD; NOT_SUPPORTED in virtual time; BAD_OPTION while a run is under way
   */
  async calibrate(workload: string, options: CalibrateOptions = {}): Promise<Calibration> {
    const { size, seed = 1, baseDir } = checkOptions('calibrate', options, CALIBRATE_CHECKS);
    this.requireFree('calibrate');
    if (this.testbed === null) throw new LabError('NOT_SUPPORTED', 'virtual time has no speed');
    const program = { name: 'A', workload, ...(size !== undefined && { size }) };
    const { vms } = scenario({ vms: [program] }, { ...(baseDir !== undefined && { baseDir }) });
    return this.testbed.calibrate(vms[0].workload, seed);
  }

  /** Release every vCPU and end all threads. A run under way ends with it: its result is incomplete. */
  close(): Promise<void> {
    this.closing ??= this.end();
    return this.closing;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.close();
  }

  private async end(): Promise<void> {
    this.current?.abort.abort();
    await this.current?.over;
    if (this.testbed === null) return;
    await this.testbed.close();
    isHardwareOpen = false;
  }

  private async play(
    planned: Scenario,
    trace: RecordTaker & RecordSink,
    signal: AbortSignal,
    onStart: (run: LiveRun) => void,
  ): Promise<RunResult> {
    const staysUp = planned.durationNs === null && planned.vms.every(({ work }) => work === null);
    if (this.testbed !== null) {
      const live = { onStart, staysUp };
      return this.testbed.run(planned, { onProgress: () => undefined, signal, trace, live });
    }
    // Whoever started it begins to listen first, as on real cores.
    await Promise.resolve();
    const run = new LiveSimulation(planned, { trace, staysUp, paranoid: this.paranoid });
    onStart(run);
    await run.run(signal);
    const complete = !signal.aborted;
    trace.end({ endNs: run.endNs, complete, lostIntents: 0, lostFacts: 0 });
    return run.result(complete);
  }

  private concluded(
    raw: RunResult,
    planned: Scenario,
    live: LiveRun,
    store: TraceStore,
  ): Omit<LabRunResult, 'commands'> {
    const { measured, scenario: played } = conclude(raw, planned, live.played());
    const host = this.host ?? simulatedHost(planned);
    return { ...measured, scenario: played, trace: store.trace(), host };
  }

  private requireFree(where: string): void {
    if (this.closing !== null) throw new LabError('BAD_OPTION', 'the lab is closed', { where });
    if (this.current !== null)
      throw new LabError('BAD_OPTION', 'another run is under way', { where, hint: 'await its result first' });
  }

  private requireScenario(planned: Scenario): void {
    if (!scenarioSchema.safeParse(planned).success)
      throw new LabError('BAD_SCENARIO', 'this is no scenario', {
        where: 'start',
        expected: 'what scenario() or loadScenario() returned',
        got: describeValue(planned),
        hint: 'lab.start(scenario({ … }))',
      });
    if (this.testbed === null) return;
    const { allowedCpus } = readHostCpus();
    const missing = planned.pcpus.find((cpu) => !allowedCpus.includes(cpu));
    if (missing !== undefined)
      throw new LabError('BAD_SCENARIO', 'this scenario is for a simulation', {
        where: 'start',
        expected: `CPUs out of ${formatCpuList(allowedCpus)}`,
        got: String(missing),
      });
  }
}

const START_CHECKS = {
  trace: {
    expected: 'an object that takes records, or null',
    isRight: (value: unknown) => value === null || isMapping(value),
  },
  signal: { expected: 'an AbortSignal', isRight: (value: unknown) => value instanceof AbortSignal },
  baseDir: directory,
} as const;

const WHOLE_NUMBER = {
  expected: 'a whole number',
  isRight: (value: unknown) => Number.isInteger(value) && Number(value) >= 0,
} as const;
const CALIBRATE_CHECKS = { size: WHOLE_NUMBER, seed: WHOLE_NUMBER, baseDir: directory } as const;

function cpusOutOf({ allowedCpus }: HostCpus) {
  return {
    expected: `different CPUs out of ${formatCpuList(allowedCpus)}`,
    isRight: (value: unknown) =>
      Array.isArray(value) &&
      value.length > 0 &&
      new Set(value).size === value.length &&
      value.every((cpu: unknown) => allowedCpus.some((allowed) => allowed === cpu)),
  };
}

function deferred<T>(): {
  readonly promise: Promise<T>;
  readonly resolve: (value: T) => void;
  readonly reject: (error: Error) => void;
} {
  let resolve: (value: T) => void = () => undefined;
  let reject: (error: Error) => void = () => undefined;
  const promise = new Promise<T>((onValue, onError) => {
    resolve = onValue;
    reject = onError;
  });
  return { promise, resolve, reject };
}
