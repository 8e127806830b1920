/** Files that show what was recorded: a report to look at, and traces for other viewers. */
import { Option } from 'commander';
import type { LabError } from '../base/errors.ts';
import { predictedTraces } from '../predict/predicted-trace.ts';
import type { HostDescription } from '../result/result.ts';
import { htmlReport } from '../report/html/report.ts';
import { compareReport } from '../report/html/compare-report.ts';
import type { Comparison } from '../compare/comparison.ts';
import type { HtmlInput } from '../report/html/input.ts';
import { chromeOf } from '../trace/export/chrome.ts';
import { perfettoOf } from '../trace/export/perfetto/perfetto.ts';
import type { ComparedStep } from '../trace/steps.ts';
import type { Trace } from '../trace/trace.ts';
import { OutputFile } from './output-file.ts';
import { joined, refusalOf } from './attempt.ts';
import type { RecordedRow, Recorder } from './recorder.ts';
import { stepsBeside } from './steps-option.ts';

/** So many show what lateness makes of a cap's pattern. */
const SIMULATIONS = 4;

export interface PictureFlags {
  readonly html?: string;
  readonly perfetto?: string;
  readonly chrome?: string;
}

export const htmlOption = (): Option =>
  new Option(
    '--html <file>',
    'write a report to look at in a browser, all in one file (default: not written)',
  );

export const perfettoOption = (which = 'the last run'): Option =>
  new Option('--perfetto <file>', `write ${which} for https://ui.perfetto.dev (default: not written)`);
export const chromeOption = (which = 'the last run'): Option =>
  new Option('--chrome <file>', `write ${which} for chrome://tracing (default: not written)`);

export interface Pictured {
  readonly title: string;
  readonly texts?: HtmlInput['texts'];
  readonly rows: readonly RecordedRow[];
  readonly host: HostDescription;
}

/** Checked before anything starts, written at the end. */
export class Pictures {
  private readonly html: OutputFile | null;
  private readonly perfetto: OutputFile | null;
  private readonly chrome: OutputFile | null;

  /** @throws LabError BAD_FILE when a file could not be written */
  constructor({ html, perfetto, chrome }: PictureFlags) {
    this.html = fileOf('--html', html);
    this.perfetto = fileOf('--perfetto', perfetto);
    this.chrome = fileOf('--chrome', chrome);
  }

  get files(): readonly (OutputFile | null)[] {
    return [this.html, this.perfetto, this.chrome];
  }

  /**
   * @param isHurried the process is about to end: what takes longest, simulations to compare with, is left out
   * @returns why a file could not be written, or null
   */
  write({ title, texts, rows, host }: Pictured, isHurried = false): LabError | null {
    const last = rows.flatMap(({ traces }) => traces).findLast((trace) => trace !== null) ?? null;
    return joined([
      refusalOf(() =>
        this.html?.write(
          htmlReport({
            title,
            rows: rows.map((row) => ({
              ...row,
              simulated: isHurried ? [] : simulatedOf(row),
              steps: stepsIn(row, isHurried),
            })),
            host,
            generatedAt: new Date().toISOString(),
            ...(texts !== undefined && { texts }),
          }),
        ),
      ),
      last === null ? null : this.export(last),
    ]);
  }

  /** The page of a comparison. @returns why the file could not be written, or null */
  writeComparison(
    comparison: Comparison,
    rows: readonly RecordedRow[],
    host: HostDescription,
  ): LabError | null {
    return refusalOf(() =>
      this.html?.write(compareReport({ comparison, rows, host, generatedAt: new Date().toISOString() })),
    );
  }

  /** For other viewers. @returns why a file could not be written, or null */
  export(trace: Trace): LabError | null {
    return joined([
      refusalOf(() => this.perfetto?.writeBytes(perfettoOf(trace))),
      refusalOf(() => this.chrome?.write(chromeOf(trace))),
    ]);
  }

  /** Where the report is, for people; null: none was asked for */
  get reportPath(): string | null {
    return this.html?.path ?? null;
  }
}

/** Writes the pictures of what there is; see Pictures.write. */
export type Draw = (isHurried: boolean) => LabError | null;

/** The pictures of what a recorder has by then; none before there is a run. */
export function drawing(
  recorder: Recorder,
  pictures: Pictures,
  { title, texts }: Pick<Pictured, 'title' | 'texts'>,
): Draw {
  return (isHurried) => {
    const { rows, host, runCount } = recorder;
    if (host === null || runCount === 0) return null;
    return pictures.write({ title, rows, host, ...(texts !== undefined && { texts }) }, isHurried);
  };
}

/** A cap's fingerprint is held against those of simulations; without a cap there is none. */
function simulatedOf({ scenario, runs }: RecordedRow): readonly Trace[] {
  const [run] = runs;
  const isCapped = scenario.vms.some(({ cap = 0 }) => cap > 0);
  const isPredicted = isCapped && run !== undefined && run.machine !== 'simulated';
  return isPredicted ? predictedTraces(scenario, run, SIMULATIONS) : [];
}

/** Of the last run that was recorded. */
function stepsIn({ traces }: RecordedRow, isHurried: boolean): readonly ComparedStep[] {
  const trace = traces.findLast((each) => each !== null);
  if (trace === null || trace === undefined) return [];
  return stepsBeside(trace, !isHurried && trace.header.machine === 'hardware');
}

function fileOf(option: string, path: string | undefined): OutputFile | null {
  return path === undefined ? null : new OutputFile(option, path);
}
