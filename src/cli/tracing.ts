/** What a command records of its runs, intent beside fact, and where it brings it. */
import { Option } from 'commander';
import { LabError } from '../base/errors.ts';
import { TraceFileWriter } from '../trace/file-writer.ts';
import { traceHeader, type Trace, type TraceHeader } from '../trace/trace.ts';
import type { RecordSink } from '../trace/record.ts';
import type { RecordTaker, TraceEnd } from '../trace/store.ts';
import { TraceStore } from '../trace/store.ts';
import { OutputFile } from './output-file.ts';
import type { RecordedRow } from './recorder.ts';

export interface TraceFlags {
  readonly trace?: string;
}

/** Records of all runs together that are kept in memory for pictures: 134 MB. */
const KEPT_RECORDS = 1 << 20;
const LATEST_RECORDS = 1 << 13;

export const traceOption = (): Option =>
  new Option(
    '--trace <file>',
    'write every decision and what the cores made of it as JSON Lines, gzipped if the name ends in .gz ' +
      '(default: in memory only)',
  );

/**
 * Records runs one after the other, always: in a bounded memory, for the pictures, and in a file while it goes on if
 * one was asked for.
 */
export class Tracing {
  /** null: no file was asked for */
  readonly file: OutputFile | null;
  private readonly writer: TraceFileWriter | null;
  private readonly mostKept: number;
  private readonly onKept: ((row: RecordedRow, trace: Trace | null) => void) | null;
  private store = new TraceStore();
  private failure: LabError | null = null;
  /** What is kept of which runs, the oldest first. */
  private readonly kept: { readonly row: RecordedRow; readonly index: number; readonly count: number }[] = [];

  /**
   * @param mostKept records of all runs together
   * @param onKept is told of each run that is over, when its records are there for certain
   * @throws LabError BAD_FILE when the file could not be written
   */
  constructor(
    { trace }: TraceFlags,
    mostKept = KEPT_RECORDS,
    onKept: ((row: RecordedRow, trace: Trace | null) => void) | null = null,
  ) {
    this.mostKept = mostKept;
    this.onKept = onKept;
    this.file = trace === undefined ? null : new OutputFile('--trace', trace);
    this.writer = this.file === null ? null : new TraceFileWriter(this.file.target);
  }

  /** A run of a row begins. */
  begin(row: RecordedRow, machine: TraceHeader['machine']): RecordTaker & RecordSink {
    const { label, scenario, runs } = row;
    const header = traceHeader(scenario, { label, run: runs.length + 1, machine });
    this.store = new TraceStore();
    this.store.begin(header);
    this.attempt((writer) => writer.begin(header));
    const append = (rows: Float64Array, count: number): void => {
      this.store.append(rows, count);
      this.attempt((writer) => writer.append(rows, count));
    };
    return {
      append,
      put: (row) => {
        append(row, 1);
      },
      grow: (growth) => {
        this.store.grow(growth);
        this.attempt((writer) => writer.grow(growth));
      },
      end: (end: TraceEnd) => {
        this.store.end(end);
        this.attempt((writer) => writer.end(end));
      },
    };
  }

  /** The latest that was recorded of the run under way: enough for some seconds. */
  latest(): Trace | null {
    return this.store.trace(LATEST_RECORDS);
  }

  /** Keep what was recorded of the run that is over beside its result; when it becomes too much, the oldest runs go. */
  keep(row: RecordedRow): void {
    const trace = this.store.trace();
    row.traces.push(trace);
    this.onKept?.(row, trace);
    this.kept.push({ row, index: row.traces.length - 1, count: trace?.count ?? 0 });
    let records = this.kept.reduce((sum, { count }) => sum + count, 0);
    while (records > this.mostKept && this.kept.length > 1) {
      const [{ row: old, index, count }] = this.kept.splice(0, 1);
      old.traces[index] = null;
      records -= count;
    }
  }

  /** What was recorded is in the file; for a process that is about to die. */
  flush(): void {
    this.attempt((writer) => writer.flush());
  }

  /** @returns why not all is in the file, or null */
  close(): LabError | null {
    this.attempt((writer) => writer.close());
    return this.failure;
  }

  /** A full disk must not end a run: it is complained about at the end. */
  private attempt(write: (writer: TraceFileWriter) => void): void {
    if (this.writer === null || this.failure !== null) return;
    try {
      write(this.writer);
    } catch (cause) {
      const { code } = cause as NodeJS.ErrnoException;
      this.failure = new LabError('RUN_FAILED', `the trace could not be written (${code ?? String(cause)})`, {
        where: `--trace ${this.file?.path ?? ''}`,
        cause,
      });
    }
  }
}
