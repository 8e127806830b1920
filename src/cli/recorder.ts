import type { LabResult } from '../result/lab-result.ts';
import type { HostDescription, Result, RunResult } from '../result/result.ts';
import { compareRows } from '../result/compare-rows.ts';
import { certify } from '../result/certificate.ts';
import { withPrediction } from '../predict/predict.ts';
import { LabError } from '../base/errors.ts';
import { packageVersion } from '../base/package-root.ts';
import { toCsv } from '../report/csv.ts';
import type { LabPlan } from '../scenario/lab.ts';
import type { Scenario } from '../scenario/scenario.ts';
import type { Trace } from '../trace/trace.ts';
import { joined } from './attempt.ts';
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
  /** Per run what was recorded of it; null: it was too much to keep. */
  readonly traces: (Trace | null)[];
}

/** What every result file says. */
export interface KnownResult {
  readonly generator: { readonly name: 'creditlab'; readonly version: string };
  readonly startedAt: string;
  readonly host: HostDescription;
  readonly rows: readonly RecordedRow[];
}

/** The result file of a command that has a kind of its own. */
export type ResultMaker = (known: KnownResult) => object;

/** A file, what goes into it, and what was in it when it was last written. */
interface Output {
  readonly file: OutputFile;
  /** @param isFinal also with what is made of all runs together */
  readonly render: (host: HostDescription, isFinal: boolean) => string;
  runCount: number;
  isFinal: boolean;
}

/**
 * Keeps what has been measured, and writes it to the files that were asked for. All synchronous, so that a process that
 * is about to die can still use it.
 */
export class Recorder {
  private readonly allRows: RecordedRow[];
  private readonly plan: LabPlan;
  private readonly kind: 'run' | 'lab' | ResultMaker;
  private readonly repeat: number;
  private readonly outputs: readonly Output[];
  private readonly startedAt = new Date().toISOString();
  private machine: HostDescription | null = null;

  /**
   * @param inputs files that the command reads, and that must not be replaced
   * @param repeat how often each row is to run
   * @throws LabError BAD_FILE when a file could not be written, BAD_OPTION when one would replace another
   */
  constructor(
    plan: LabPlan,
    kind: 'run' | 'lab' | ResultMaker,
    { json, csv }: OutputOptions,
    inputs: readonly string[] = [],
    repeat = 1,
  ) {
    this.repeat = repeat;
    this.plan = plan;
    this.kind = kind;
    this.allRows = plan.rows.map(({ label, scenario }) => ({ label, scenario, runs: [], traces: [] }));
    const outputs: Output[] = [];
    if (json !== undefined) {
      const render = (host: HostDescription, isFinal: boolean) =>
        `${JSON.stringify(this.result(host, isFinal), null, 2)}\n`;
      outputs.push({ file: new OutputFile('--json', json), render, runCount: 0, isFinal: false });
    }
    if (csv !== undefined) {
      const file = new OutputFile('--csv', csv);
      outputs.push({ file, render: () => toCsv(this.rows), runCount: 0, isFinal: false });
    }
    this.outputs = outputs;
    requireDistinct(this.files, inputs);
  }

  get rows(): readonly RecordedRow[] {
    return this.allRows;
  }

  /** A host runs its VMs once more: from then on the result is that of a lab, with a row for each run. */
  another(scenario: Scenario): RecordedRow {
    const rows = this.allRows;
    const [first] = rows;
    if (rows.length === 1) (first as { label: string }).label = numbered(1, first.scenario);
    const row = { label: numbered(rows.length + 1, scenario), scenario, runs: [], traces: [] };
    rows.push(row);
    return row;
  }

  opened(host: HostDescription): void {
    this.machine = host;
  }

  /** Keep a result, and beside it what the scheduler was predicted to do and whether it can be trusted. */
  add(row: RecordedRow, run: RunResult): void {
    row.runs.push(withPrediction(row.scenario, certified(run, row.scenario)));
  }

  /**
   * The same of a run that may have gone on for hours, which takes minutes to predict: meanwhile it is in the files
   * already, as far as they can be written twice.
   */
  addLong(row: RecordedRow, run: RunResult): void {
    const measured = certified(run, row.scenario);
    const place = row.runs.push(measured) - 1;
    this.checkpoint();
    row.runs[place] = withPrediction(row.scenario, measured);
  }

  /** A run that could be changed while it was under way has become another scenario: the one that was played. */
  played(row: RecordedRow, scenario: Scenario): void {
    (row as { scenario: Scenario }).scenario = scenario;
  }

  /** Where the runs were; null before the testbed was opened. */
  get host(): HostDescription | null {
    return this.machine;
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
    const failure = joined(this.writeTo(this.outputs, true));
    if (failure !== null) throw failure;
  }

  /**
   * The same in the middle of a series, in case even this process is killed. What can't be written now is tried, and
   * complained about, at the end. Pipes and devices take everything once, at the end.
   */
  checkpoint(): void {
    this.writeTo(
      this.outputs.filter(({ file }) => file.isReplaced),
      false,
    );
  }

  /** @returns what went wrong */
  private writeTo(outputs: readonly Output[], isFinal: boolean): LabError[] {
    const { machine: host, runCount } = this;
    if (host === null) return [];
    const failures: LabError[] = [];
    for (const output of outputs) {
      if (output.runCount === runCount && (output.isFinal || !isFinal)) continue;
      try {
        output.file.write(output.render(host, isFinal));
        output.runCount = runCount;
        output.isFinal = isFinal;
      } catch (error) {
        if (!(error instanceof LabError)) throw error;
        failures.push(error);
      }
    }
    return failures;
  }

  private result(host: HostDescription, isFinal: boolean): Result | LabResult | object {
    const generator = { name: 'creditlab', version: packageVersion() } as const;
    const { startedAt, rows: known } = this;
    if (typeof this.kind === 'function') return this.kind({ generator, startedAt, host, rows: known });
    if (this.kind === 'run' && known.length === 1) {
      const [{ scenario, runs }] = this.rows;
      const { scheduler } = scenario;
      return {
        format: 'creditlab-result',
        version: 2,
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
      format: 'creditlab-lab-result',
      version: 2,
      generator,
      startedAt,
      host,
      lab: { name, title },
      complete: this.rows.every(
        ({ runs }) => runs.length >= this.repeat && runs.every((run) => run.complete),
      ),
      rows: this.rows.flatMap(({ label, scenario, runs }) => runs.map((run) => ({ label, scenario, run }))),
      // Comparisons take longer than the writing, and only the last file needs them.
      ...(isFinal && this.repeat > 1 && { comparisons: compareRows(this.rows) }),
    };
  }
}

/** `2 credit2`: which run of a host, and under which scheduler. */
function numbered(number: number, { scheduler }: Scenario): string {
  return `${String(number)} ${scheduler.type}`;
}

function certified(run: RunResult, scenario: Scenario): RunResult {
  const certificate = certify(run, scenario);
  return certificate === null ? run : { ...run, certificate };
}
