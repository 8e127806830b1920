import type { z } from 'zod';
import type { TraceSink } from '../core/trace-sink.ts';
import type { SimOptions, SimResult } from '../sim/simulate.ts';
import type { GoldenRecorder, GoldenRecorderOptions } from './golden-recorder.ts';
import type { GoldenResult, GoldenScenario } from './golden-schema.ts';

/**
 * What the golden files of one policy have of their own. Comparing and writing know nothing else of it; each policy has
 * a folder here with its dialect, and a line in dialects.ts.
 */
export interface GoldenDialect<
  Scenario extends GoldenScenario = GoldenScenario,
  Recorder extends GoldenRecorder & TraceSink = GoldenRecorder & TraceSink,
> {
  /** the policy's; as `policy` in files, where credit's have none */
  readonly type: string;
  /** of the file, records left out */
  readonly fileSchema: z.ZodObject;
  readonly recordSchema: z.ZodType;
  /** by kind of record: what its fields are called, behind kind and time */
  readonly recordFields: Readonly<Record<string, readonly string[]>>;
  /** kinds of records that are for the reader: simulations may differ in them */
  readonly kindsForReaders: ReadonlySet<string>;
  /** kinds of records that one pass makes in no defined order, a vCPU behind each */
  readonly unorderedKinds: ReadonlySet<string>;
  /** keys of `result` that are for the reader */
  readonly figuresForReaders: ReadonlySet<string>;
  /** files round percents, and times in ms, to so many */
  readonly decimals: number;
  /** the quantities of VMs that `band` has */
  readonly bandKeys: readonly string[];
  /** @throws LabError BAD_FILE */
  simulationOf(scenario: Scenario): SimOptions;
  /**
   * The reverse.
   * @param options with a duration, without jitter
   * @throws LabError BAD_SCENARIO for what files can't tell
   */
  scenarioOf(name: string, vmNames: readonly string[], options: SimOptions): Scenario;
  recorder(options: GoldenRecorderOptions): Recorder;
  /** The file's `result`, not rounded. @param recorder looked on */
  figuresOf(scenario: Scenario, result: SimResult, recorder: Recorder): GoldenResult;
  /** Runs that span the bands together with the run itself. None: files have no bands. */
  variantsOf(simulation: SimOptions): readonly SimOptions[];
}
