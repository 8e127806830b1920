/**
 * What a command needs from the hardware, and nothing else: the border between `src/cli` and `src/host`.
 *
 * `src/host/open-testbed.ts` exports `openTestbed: OpenTestbed`. It is imported only when a command really runs
 * something, so that help, listings and every complaint about bad input work without the native addon.
 */
import type { LiveRun } from './live-run.ts';
import type { Scenario } from '../scenario/scenario.ts';
import type { WorkloadRef } from '../workload/work.ts';
import type { RecordTaker } from '../trace/store.ts';
import type { HostDescription, RunResult } from '../result/result.ts';

/** This machine's cores, ready to run scenarios one after the other. */
export interface Testbed {
  readonly host: HostDescription;

  /**
   * Calibrate what the scenario needs, warm up, run it once, and verify the checksums.
   *
   * Calibrations are kept for the life of the testbed, so that repeats and further rows don't pay for them again.
   *
   * @returns the measurement; with `complete: false` when `hooks.signal` was aborted meanwhile (then within 1 s)
   * @throws RunFailed (code RUN_FAILED or NATIVE), with what was measured until then
   * @throws LabError BAD_WORKLOAD before anything starts, when a module breaks the contract
   */
  run(scenario: Scenario, hooks: RunHooks): Promise<RunResult>;

  /** Measure one workload alone on one core (default size when `ref.size` is null). */
  calibrate(ref: WorkloadRef, seed: number): Promise<Calibration>;

  /**
   * What the run under way has measured so far, read synchronously by a process that is about to die.
   * Null when no run is under way or nothing can be said.
   * @param options `withIdeal`: false for who asks again and again, since to find the ideal takes the longer the more
   *   was changed; default: true
   */
  snapshot?(options?: { readonly withIdeal: boolean }): RunResult | null;

  /** Release every vCPU and end all threads. May be called at any time, also twice. */
  close(): Promise<void>;
}

export interface TestbedOptions {
  /** Host CPUs that runs and calibrations will use; the first one serves calibrations. */
  readonly pcpus: readonly number[];
  /**
   * The most vCPUs that a run will have: whether the system has room for them is known before anything starts. Default:
   * 1.
   */
  readonly vcpus?: number;
  /** Check the policy after each of its calls; a breach ends the run as failed. Default: no. */
  readonly paranoid?: boolean;
  /** Default: auto. */
  readonly verify?: VerifyMode;
}

/**
 * How much of what vCPUs compute is held against the right results after a run. Where a workload knows its checksums
 * without doing the steps again, everything is, unless nothing shall be. auto: fixed work whole, programs without an
 * end by their first half second; prefix: all by that; whole; none.
 */
export const VERIFY_MODES = ['auto', 'prefix', 'whole', 'none'] as const;
export type VerifyMode = (typeof VERIFY_MODES)[number];

/**
 * @throws LabError NOT_SUPPORTED (not Linux, or it forbids what pausing needs), NO_ADDON (not built; the hint is the
 *   command that builds it), LIMIT (too little memory, address space, … for so many vCPUs), or NATIVE
 */
export type OpenTestbed = (options: TestbedOptions) => Promise<Testbed>;

export interface RunHooks {
  /** Called in the main thread about ten times a second, from the first calibration to the end. */
  onProgress(progress: RunProgress): void;
  /** Aborting it ends the run early; what was measured until then is the result. */
  readonly signal: AbortSignal;
  /** Is given all records of intent and fact, ten times a second. Default: nothing is recorded. */
  readonly trace?: RecordTaker | null;
  /** A run that can be changed while it is under way. Default: it can't. */
  readonly live?: LiveHooks;
}

export interface LiveHooks {
  /** Called at the common start, when changes are taken. */
  onStart(run: LiveRun): void;
  /**
   * Whether the run goes on until it is told to stop: when all work is done, since VMs may come, and when a program
   * fails, whose vCPU stands still from then on.
   */
  readonly staysUp: boolean;
}

export interface RunProgress {
  readonly phase: 'calibrating' | 'warming-up' | 'running' | 'verifying';
  /** What is being done, in a few words: `calibrating matmul (size 64)`. */
  readonly text: string;
  /** since the common start; 0 before it */
  readonly elapsedNs: number;
  /** In the scenario's order; empty before the common start. */
  readonly vms: readonly VmProgress[];
  /** while steps are done again to verify them */
  readonly verifying?: VerifyProgress;
}

export interface VerifyProgress {
  /** 0..1 of the steps */
  readonly fraction: number;
  /** time until all are done, as far as one can tell */
  readonly leftNs: number;
}

export interface VmProgress {
  readonly name: string;
  /** 0..1 of the VM's work (of all its vCPUs together), or null when it is endless */
  readonly fraction: number | null;
  readonly cpuNs: number;
  /** execution time so far: since the VM's own start, frozen when it has finished; 0 before it starts */
  readonly elapsedNs: number;
}

/** How fast a workload is on this machine, alone on a core. */
export interface Calibration {
  readonly size: number;
  readonly unitsPerSecond: number;
  /** CPU time of one step, median of the samples */
  readonly nsPerUnit: number;
  /** (third quartile − first quartile) ÷ median of the samples' ns per unit, in percent */
  readonly spreadPercent: number;
  readonly samples: number;
  /** steps done in all samples together */
  readonly units: number;
  /** two short runs from one seed agreed, and with the workload's own forecast if it has one; null: not tried */
  readonly checksumOk: boolean | null;
}
