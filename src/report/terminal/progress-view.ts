import type { RunProgress, VerifyProgress } from '../../testbed/testbed.ts';
import type { Scenario } from '../../scenario/scenario.ts';
import type { Trace } from '../../trace/trace.ts';
import type { Style } from './style.ts';

/** Shows how a run is getting on. */
export interface ProgressView {
  /** A run is about to start. @param label names it among others, as in `3/16 alone, cap 50` */
  begin(label: string, scenario: Scenario): void;
  update(progress: RunProgress): void;
  /** The run has ended; the terminal is as it was. May be called when nothing has begun. */
  end(): void;
}

export interface ProgressOptions {
  readonly stream: NodeJS.WritableStream & {
    readonly isTTY?: boolean;
    readonly columns?: number;
    readonly rows?: number;
  };
  readonly style: Style;
  readonly quiet: boolean;
  /** Milliseconds, for the pace of plain lines. Default: the real clock. */
  readonly nowMs?: () => number;
  /** A Gantt in place of bars, of what was recorded so far. Default: bars. */
  readonly gantt?: (() => Trace | null) | null;
}

/** `12 %, about 45 s left`: of the steps that are done again to verify them. */
export function verifyText({ fraction, leftNs }: VerifyProgress): string {
  const seconds = Math.ceil(leftNs / 1e9);
  const left = seconds < 100 ? `${String(seconds)} s` : `${String(Math.ceil(seconds / 60))} min`;
  return `${String(Math.floor(100 * fraction))} %, about ${left} left`;
}

/** 0..1: of a VM's work, or of the run's duration for a VM without an end; null when there is neither. */
export function fractionOf(progress: RunProgress, index: number, scenario: Scenario): number | null {
  const { fraction } = progress.vms[index];
  if (fraction !== null) return fraction;
  const { durationNs } = scenario;
  return durationNs === null ? null : Math.min(1, progress.elapsedNs / durationNs);
}
