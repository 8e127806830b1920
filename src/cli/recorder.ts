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
import { OutputFile } from './output-file.ts';

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

/**
 * Keeps what has been measured, and writes it to the files that were asked for. All synchronous, so that a process that
 * is about to die can still use it.
 */
export class Recorder {
  readonly rows: readonly RecordedRow[];
  private readonly plan: LabPlan;
  private readonly kind: 'run' | 'lab';
  private readonly json: OutputFile | null;
  private readonly csv: OutputFile | null;
  private readonly startedAt = new Date().toISOString();
  private host: HostFacts | null = null;
  private written = 0;

  /** @throws LabError BAD_FILE when a file could not be written */
  constructor(plan: LabPlan, kind: 'run' | 'lab', { json, csv }: OutputOptions) {
    this.plan = plan;
    this.kind = kind;
    this.rows = plan.rows.map(({ label, scenario }) => ({ label, scenario, runs: [] }));
    this.json = json === undefined ? null : new OutputFile('--json', json);
    this.csv = csv === undefined ? null : new OutputFile('--csv', csv);
    if (json !== undefined && json === csv) {
      throw new LabError('BAD_OPTION', '--json and --csv name the same file', { where: '--csv', got: csv });
    }
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

  /** Write the files, unless nothing was measured since the last time. @throws LabError RUN_FAILED */
  write(): void {
    if (this.host === null || this.runCount === this.written) return;
    this.written = this.runCount;
    this.json?.write(`${JSON.stringify(this.result(this.host), null, 2)}\n`);
    this.csv?.write(toCsv(this.rows));
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
