/**
 * The lab, as a program uses it:
 *
 *     const lab = await openLab();
 *     const run = lab.start(scenario({ pcpus: [1], duration: '6s', vms: [{ name: 'A' }, { name: 'B' }] }));
 *     await run.at('3s');
 *     await run.set('A', { weight: 1024 });
 *     const result = await run.result;
 *     await lab.close();
 */
import { LabError } from '../base/errors.ts';
import { LiveHost } from '../control/live-host.ts';
import { LiveSimulation } from '../control/live-simulation.ts';
import { readHostCpus } from '../cpus/read-host-cpus.ts';
import { openTestbed } from '../host/open-testbed.ts';
import { termsOf } from '../policies.ts';
import { withPrediction } from '../predict/predict.ts';
import { simulatedHost, simulatedRun } from '../predict/simulated-run.ts';
import { certify } from '../result/certificate.ts';
import type { HostDescription, RunResult } from '../result/result.ts';
import type { Scenario } from '../scenario/scenario.ts';
import type { LiveRun } from '../testbed/live-run.ts';
import type { Calibration, Testbed, VerifyMode } from '../testbed/testbed.ts';
import type { RecordSink } from '../trace/record.ts';
import type { RecordTaker, TraceEnd } from '../trace/store.ts';
import { TraceStore } from '../trace/store.ts';
import type { Growth, Trace } from '../trace/trace.ts';
import { traceHeader } from '../trace/trace.ts';
import { LabRun, type LabRunResult, type Started } from './lab-run.ts';

export interface LabOptions {
  /** real cores, or virtual time that goes with the wall clock and needs no rights; default `hardware` */
  readonly machine?: 'hardware' | 'simulated';
  /** host CPUs that runs may use; default: those that the doctor recommends */
  readonly pcpus?: readonly number[];
  /** the most vCPUs that a run begins with: whether there is room is known at once; default 16 */
  readonly vcpus?: number;
  /** check the policy after each of its calls; default false */
  readonly paranoid?: boolean;
  /** how much of what vCPUs compute is verified; default `auto` */
  readonly verify?: VerifyMode;
}

export interface StartOptions {
  /** is given all records, while they come; default: nobody is */
  readonly trace?: RecordTaker | null;
  /** ends the run early: its result is incomplete then; default: nothing does */
  readonly signal?: AbortSignal;
  /** directory that relative workload paths in commands start from; default: the current one */
  readonly baseDir?: string;
}

/**
 * Open the lab. A process opens one, and closes it.
 * @throws LabError NOT_SUPPORTED, NO_ADDON, LIMIT or NATIVE where this machine's cores can't be used
 */
export async function openLab(options: LabOptions = {}): Promise<Lab> {
  const { machine = 'hardware', vcpus = 16, paranoid = false, verify = 'auto' } = options;
  if (machine === 'simulated') return new Lab(null);
  const cpus = readHostCpus();
  const pcpus = options.pcpus ?? cpus.recommendedCpus ?? cpus.allowedCpus;
  return new Lab(await openTestbed({ pcpus, vcpus, paranoid, verify }));
}

export class Lab implements AsyncDisposable {
  private readonly testbed: Testbed | null;
  private current: Promise<unknown> | null = null;

  /** @internal Made by openLab(). @param testbed null: virtual time */
  constructor(testbed: Testbed | null) {
    this.testbed = testbed;
  }

  /** What the numbers were measured on; null: virtual time. */
  get host(): HostDescription | null {
    return this.testbed?.host ?? null;
  }

  /**
   * Start a run. It goes on until its duration, its work or stop() ends it.
   * @throws LabError BAD_OPTION while another run is under way
   */
  start(planned: Scenario, options: StartOptions = {}): LabRun {
    if (this.current !== null)
      throw new LabError('BAD_OPTION', 'another run is under way', { hint: 'await its result first' });
    const store = new TraceStore();
    const machine = this.testbed === null ? 'simulated' : 'hardware';
    store.begin(traceHeader(planned, { label: planned.name, run: 1, machine }));
    const records = new Records(store, options.trace ?? null);
    let onStart: (started: Started) => void = () => undefined;
    let onRefusal: (error: Error) => void = () => undefined;
    const started = new Promise<Started>((resolve, reject) => {
      onStart = resolve;
      onRefusal = reject;
    });
    const begin = (run: LiveRun): void => {
      const host = new LiveHost({
        name: planned.name,
        machine,
        run,
        scenario: planned,
        ...(options.baseDir !== undefined && { baseDir: options.baseDir }),
      });
      records.host = host;
      onStart({ host, run });
    };
    const signal = options.signal ?? new AbortController().signal;
    const ended = this.play(planned, records, signal, begin);
    ended.then(() => onRefusal(new LabError('BAD_OPTION', 'the run is over')), onRefusal);
    const result = Promise.all([ended, started]).then(([measured, { host }]) =>
      concluded(measured, host.played(), store.trace()),
    );
    const run = new LabRun(planned, termsOf(planned.scheduler.type), started, result);
    records.run = run;
    const over = (): void => {
      this.current = null;
    };
    this.current = ended.then(over, over);
    return run;
  }

  /**
   * How fast a workload is here, alone on a core.
   * @param workload a built-in's name, a module's path or a package, as a scenario's VM has it
   * @throws LabError BAD_WORKLOAD; NOT_SUPPORTED in virtual time
   */
  async calibrate(vm: Scenario['vms'][number], seed = 1): Promise<Calibration> {
    if (this.testbed === null) throw new LabError('NOT_SUPPORTED', 'virtual time has no speed');
    return this.testbed.calibrate(vm.workload, seed);
  }

  /** Release every vCPU and end all threads. A run under way ends with it. */
  async close(): Promise<void> {
    await this.testbed?.close();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.close();
  }

  private async play(
    planned: Scenario,
    trace: RecordTaker & RecordSink,
    signal: AbortSignal,
    onStart: (run: LiveRun) => void,
  ): Promise<RunResult> {
    const staysUp = planned.durationNs === null && planned.vms.every(({ work }) => work === null);
    if (this.testbed !== null)
      return this.testbed.run(planned, {
        onProgress: () => undefined,
        signal,
        trace,
        live: { onStart, staysUp },
      });
    const run = new LiveSimulation(planned, { trace, staysUp });
    onStart(run);
    const end = await run.run(signal);
    trace.end({ endNs: run.endNs, complete: end !== 'stopped', lostIntents: 0, lostFacts: 0 });
    return simulatedRun({ ...run.played(), durationNs: run.endNs });
  }
}

/**
 * Simulate a scenario as fast as it goes, in virtual time.
 * @throws LabError BAD_SCENARIO: work in units of unknown length, or a run that would never end
 */
export function simulate(planned: Scenario): LabRunResult & { readonly host: HostDescription } {
  return {
    ...simulatedRun(planned),
    scenario: planned,
    commands: [],
    trace: null,
    host: simulatedHost(planned),
  };
}

/** With the certificate and the prediction for what was played. */
function concluded(
  measured: RunResult,
  played: Scenario,
  trace: Trace | null,
): Omit<LabRunResult, 'commands'> {
  const certificate = certify(measured);
  const certified = certificate === null ? measured : { ...measured, certificate };
  return { ...withPrediction(played, certified), scenario: played, trace };
}

/** Brings records to all who want them. */
class Records implements RecordTaker, RecordSink {
  host: RecordTaker | null = null;
  run: RecordTaker | null = null;
  private readonly store: TraceStore;
  private readonly also: RecordTaker | null;

  constructor(store: TraceStore, also: RecordTaker | null) {
    this.store = store;
    this.also = also;
  }

  append(rows: Float64Array, count: number): void {
    for (const taker of this.takers()) taker.append(rows, count);
  }

  put(row: Float64Array): void {
    this.append(row, 1);
  }

  grow(growth: Growth): void {
    for (const taker of this.takers()) taker.grow(growth);
  }

  end(end: TraceEnd): void {
    for (const taker of this.takers()) taker.end(end);
  }

  private takers(): RecordTaker[] {
    return [this.store, this.also, this.host, this.run].filter((taker) => taker !== null);
  }
}
