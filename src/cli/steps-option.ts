import { Option } from 'commander';
import { playedAgain } from '../predict/simulated-trace.ts';
import { stepTable } from '../report/terminal/step-table.ts';
import { styleFor, type Style } from '../report/terminal/style.ts';
import { textWidth } from '../report/text-layout.ts';
import { changesOf, comparedSteps, type ComparedStep } from '../trace/steps.ts';
import type { Trace } from '../trace/trace.ts';
import type { Console } from './console.ts';
import type { RecordedRow } from './recorder.ts';

export interface StepsFlags {
  readonly steps?: boolean;
}

export const stepsOption = (which = 'the last run'): Option =>
  new Option(
    '--steps',
    `show what each change in ${which} did to the shares: delay, overshoot, settling (default: off)`,
  );

/** Of the last run that was recorded. */
export function printSteps(io: Console, { traces }: RecordedRow): void {
  const trace = traces.findLast((each) => each !== null);
  if (trace === null || trace === undefined) return;
  io.print(`${stepsText(trace, textWidth(io.stdout), styleFor(io.stdout))}\n`);
}

export function stepsText(trace: Trace, width: number, style: Style): string {
  const { machine } = trace.header;
  const isMeasured = machine === 'hardware';
  return stepTable({ changes: changesOf(trace.header), steps: stepsBeside(trace), isMeasured }, width, style);
}

/** Those of a run on real cores beside those of the same run in virtual time. */
export function stepsBeside(trace: Trace, isSimulated = trace.header.machine === 'hardware'): ComparedStep[] {
  const isChanged = changesOf(trace.header).length > 0;
  return comparedSteps(trace, isChanged && isSimulated ? playedAgain(trace) : null);
}
