import { Option } from 'commander';
import { gantt } from '../report/terminal/gantt.ts';
import { textWidth } from '../report/text-layout.ts';
import { styleFor } from '../report/terminal/style.ts';
import { endOf } from '../trace/timeline.ts';
import type { Console } from './console.ts';
import type { RecordedRow } from './recorder.ts';

export interface GanttFlags {
  readonly gantt?: boolean;
}

/** Some turns of a few VMs, and a quantum is still wider than a character. */
const SHOWN_NS = 1e9;

export const ganttOption = (): Option =>
  new Option(
    '--gantt',
    'show who had which pCPU: the last second, and on a terminal also while it runs (default: off)',
  );

export const lastSecondOption = (): Option =>
  new Option('--gantt', 'show who had which pCPU in the last second (default: off)');

/** The last second of the last run that was recorded. */
export function printLastSecond(io: Console, { traces }: RecordedRow): void {
  const trace = traces.findLast((each) => each !== null);
  if (trace === null || trace === undefined) return;
  const toNs = endOf(trace);
  // The run broke off before anything was recorded.
  if (toNs <= 0) return;
  const fromNs = Math.max(0, toNs - SHOWN_NS);
  io.print(`${gantt(trace, { fromNs, toNs, width: textWidth(io.stdout), style: styleFor(io.stdout) })}\n`);
}
