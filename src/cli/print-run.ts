import { titled } from '../report/lab-row.ts';
import { runReport } from '../report/terminal/run-table.ts';
import { styleFor } from '../report/terminal/style.ts';
import { columnsOf } from '../report/text-layout.ts';
import type { RunResult } from '../result/result.ts';
import type { Scenario } from '../scenario/scenario.ts';
import type { Console } from './console.ts';

/** A run with its title. @param name above the tables */
export function printRun(io: Console, scenario: Scenario, result: RunResult, name = scenario.name): void {
  const style = styleFor(io.stdout);
  const title = titled(name, result.machine === 'simulated', [scenario.scheduler.type]);
  io.print(`${style.bold(title)}\n\n${runReport(scenario, result, style, columnsOf(io.stdout))}\n`);
}
