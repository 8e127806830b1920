import type { HostDescription } from '../../src/result/result.ts';
import type { Native } from '../../src/addon/native.ts';
import type { Comparison } from './comparison.ts';
import type { Measurement } from './figure.ts';
import type { ProgramRun } from './program-run.ts';

/** A few figures that are measured together. */
export interface Bench {
  readonly name: string;
  /** one line */
  readonly description: string;
  /** @throws when it could not be done; the abort reason when `context.signal` was aborted */
  run(context: BenchContext): Promise<void>;
}

export interface BenchContext {
  readonly host: HostDescription;
  /** @throws LabError NO_ADDON or NOT_SUPPORTED */
  readonly native: () => Native;
  /** CPUs that this process may use, best choice first */
  readonly cpus: readonly number[];
  /** length of a measurement, s: what the user asked for, else the bench's own */
  readonly seconds: (otherwise: number) => number;
  /** how many vCPUs are many */
  readonly vcpus: number;
  readonly signal: AbortSignal;
  /** A figure is kept as soon as it is measured, also when the bench breaks off later. */
  readonly add: (measurement: Measurement) => void;
  /** The same for a prediction and what came of it. */
  readonly compare: (comparison: Comparison) => void;
  /** The same for a run of an ordinary program. */
  readonly program: (run: ProgramRun) => void;
  /** What is being done right now, for whoever waits. */
  readonly say: (text: string) => void;
}
