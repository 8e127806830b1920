import { LAB_RESULT_FORMAT, LAB_RESULT_VERSION, type LabResult } from '../experiment/lab-result.ts';
import {
  RESULT_FORMAT,
  RESULT_VERSION,
  type HostFacts,
  type Result,
  type RunResult,
} from '../experiment/result.ts';
import { withPrediction } from '../experiment/predict.ts';
import { LabError } from '../errors.ts';
import { packageVersion } from '../package-root.ts';
import { toCsv } from '../report/csv.ts';
import type { LabPlan } from '../scenario/lab.ts';
import type { Scenario } from '../scenario/scenario.ts';
import { OutputFile, requireDistinct } from './output-file.ts';

export interface OutputOptions {
  readonly json?: string;
  readonly csv?: string;
}

/** What a command measures, row by row. */
export interface RecordedRow {
  readonly label: string;
  readonly scenario: Scenario;
  readonly runs: RunResult[];
}

/** A file, what goes into it, and how many runs were in it when it was last written. */
interface Output {
  readonly file: OutputFile;
  readonly render: (host: HostFacts) => string;
  runCount: number;
}

/**
 * Keeps what has been measured, and writes it to the files that were asked for. All synchronous, so that a process that
 * is about to die can still use it.
 */
export class Recorder {
  readonly rows: readonly RecordedRow[];
  private readonly plan: LabPlan;
  private readonly kind: 'run' | 'lab';
  private readonly outputs: readonly Output[];
  private readonly startedAt = new Date().toISOString();
  private host: HostFacts | null = null;

  /**
   * @param inputs files that the command reads, and that must not be replaced
   * @throws LabError BAD_FILE when a file could not be written, BAD_OPTION when one would replace another
   */
  constructor(
    plan: LabPlan,
    kind: 'run' | 'lab',
    { json, csv }: OutputOptions,
    inputs: readonly string[] = [],
  ) {
    this.plan = plan;
    this.kind = kind;
    this.rows = plan.rows.map(({ label, scenario }) => ({ label, scenario, runs: [] }));
    const outputs: Output[] = [];
    if (json !== undefined) {
      const render = (host: HostFacts) => `${JSON.stringify(this.result(host), null, 2)}\n`;
      outputs.push({ file: new OutputFile('--json', json), render, runCount: 0 });
    }
    if (csv !== undefined) {
      outputs.push({ file: new OutputFile('--csv', csv), render: () => toCsv(this.rows), runCount: 0 });
    }
    this.outputs = outputs;
    requireDistinct(this.files, inputs);
  }

  opened(host: HostFacts): void {
    this.host = host;
  }

  /** Keep a result, and beside it what the scheduler was predicted to do. */
  add(row: RecordedRow, run: RunResult): void {
    row.runs.push(withPrediction(row.scenario, run));
  }

  get runCount(): number {
    return this.rows.reduce((sum, { runs }) => sum + runs.length, 0);
  }

  get files(): readonly OutputFile[] {
    return this.outputs.map(({ file }) => file);
  }

  /**
   * Write each file that doesn't hold all yet; one that can't be written doesn't keep the other from it.
   * @throws LabError RUN_FAILED for the first that couldn't
   */
  write(): void {
    const [first, ...more] = this.writeTo(this.outputs);
    if (first === undefined) return;
    const hint = more.map((error) => error.describe()).join('\n');
    throw hint === '' ? first : new LabError(first.code, first.message, { ...first.details, hint });
  }

  /**
   * The same in the middle of a series, in case even this process is killed. What can't be written now is tried, and
   * complained about, at the end. Pipes and devices take everything once, at the end.
   */
  checkpoint(): void {
    this.writeTo(this.outputs.filter(({ file }) => file.isReplaced));
  }

  /** @returns what went wrong */
  private writeTo(outputs: readonly Output[]): LabError[] {
    const { host, runCount } = this;
    if (host === null) return [];
    const failures: LabError[] = [];
    for (const output of outputs) {
      if (output.runCount === runCount) continue;
      try {
        output.file.write(output.render(host));
        output.runCount = runCount;
      } catch (error) {
        if (!(error instanceof LabError)) throw error;
        failures.push(error);
      }
    }
    return failures;
  }

  private result(host: HostFacts): Result | LabResult {
    const generator = { name: 'creditlab', version: packageVersion() } as const;
    const { startedAt } = this;
    if (this.kind === 'run') {
      const [{ scenario, runs }] = this.rows;
      const { scheduler } = scenario;
      return {
        format: RESULT_FORMAT,
        version: RESULT_VERSION,
        generator,
        startedAt,
        host,
        scenario,
        scheduler,
        runs,
      };
    }
    const { name, title } = this.plan;
    return {
      format: LAB_RESULT_FORMAT,
      version: LAB_RESULT_VERSION,
      generator,
      startedAt,
      host,
      lab: { name, title },
      complete: this.rows.every(({ runs }) => runs.length > 0 && runs.every((run) => run.complete)),
      rows: this.rows.flatMap(({ label, scenario, runs }) => runs.map((run) => ({ label, scenario, run }))),
    };
  }
}
