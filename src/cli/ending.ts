/** How runs reach their files and the terminal, whether they come to their end or not. */
import type { LabError } from '../base/errors.ts';
import { joined, refusalOf } from './attempt.ts';
import type { Draw } from './pictures.ts';
import type { Recorder } from './recorder.ts';
import { Shutdown } from './shutdown.ts';
import type { Tracing } from './tracing.ts';

/** What becomes of the results. */
export interface Outlets {
  readonly recorder: Recorder;
  readonly tracing: Tracing;
  /** Print what was measured; called once, when the files of figures are written. */
  readonly report: () => void;
  /** Called last, since it may take longest; and by a process that is about to end early. */
  readonly draw: Draw;
  readonly say: (line: string) => void;
}

export interface RowsEnd {
  /** of the signal that ended it early, else null */
  readonly signalExitCode: number | null;
  /** what broke a run off or kept a later one from starting, else null; what came before it was measured */
  readonly failure: Error | null;
  /** why a file could not be written, else null */
  readonly writeFailure: LabError | null;
}

export interface EndingHooks {
  /** Add what is known of the run under way. */
  readonly gather: () => void;
  /** Leave the terminal as it was. */
  readonly restore: () => void;
}

/** Stands by from before the first run until all is written: a signal in between, even a second one, loses no file. */
export class Ending {
  readonly shutdown: Shutdown;
  private readonly outlets: Outlets;
  private isFinished = false;

  constructor(outlets: Outlets, { gather, restore }: EndingHooks) {
    this.outlets = outlets;
    this.shutdown = new Shutdown({ salvage: () => this.salvage(gather), restore, say: outlets.say });
  }

  /** Write and print everything. */
  finish(failure: Error | null): RowsEnd {
    const { recorder, tracing, report, draw } = this.outlets;
    const written = [refusalOf(() => recorder.write()), tracing.close()];
    report();
    written.push(draw(false));
    this.isFinished = true;
    return { signalExitCode: this.shutdown.exitCode, failure, writeFailure: joined(written) };
  }

  private salvage(gather: () => void): void {
    if (this.isFinished) return;
    const { recorder, tracing, draw } = this.outlets;
    try {
      gather();
    } finally {
      // Whatever is wrong with the run under way, those before it were measured. Only now: a snapshot also gathers the
      // last records.
      tracing.flush();
      const refusal = joined([refusalOf(() => recorder.write()), draw(true)]);
      if (refusal !== null) this.outlets.say(refusal.describe());
    }
  }
}
