import { titled } from '../report/lab-row.ts';
import { runReport } from '../report/terminal/run-table.ts';
import { styleFor } from '../report/terminal/style.ts';
import { columnsOf } from '../report/text-layout.ts';
import type { RunResult } from '../result/result.ts';
import type { Scenario } from '../scenario/scenario.ts';
import type { Console } from './console.ts';
import { printLastSecond, type GanttFlags } from './gantt-option.ts';
import type { RecordedRow } from './recorder.ts';
import { printSteps, type StepsFlags } from './steps-option.ts';

/** A run with its title. @param name above the tables */
export function printRun(io: Console, scenario: Scenario, result: RunResult, name = scenario.name): void {
  const style = styleFor(io.stdout);
  const title = titled(name, result.machine === 'simulated', [scenario.scheduler.type]);
  io.print(`${style.bold(title)}\n\n${runReport(scenario, result, style, columnsOf(io.stdout))}\n`);
}

/** The runs of a host: one, or as many as there were since it was told to run its VMs again. */
export function printRows(
  io: Console,
  rows: readonly RecordedRow[],
  { gantt, steps }: GanttFlags & StepsFlags,
): void {
  for (const [index, row] of rows.entries()) {
    const { scenario, runs } = row;
    const place = rows.length === 1 ? '' : `, run ${String(index + 1)} of ${String(rows.length)}`;
    for (const result of runs) printRun(io, scenario, result, scenario.name + place);
    if (gantt === true) printLastSecond(io, row);
    if (steps === true) printSteps(io, row);
  }
}
