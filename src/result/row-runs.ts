import type { RepeatMetric } from './lab-result.ts';
import type { RunResult } from './result.ts';
import type { Scenario } from '../scenario/scenario.ts';

/** All runs of one scenario, in the order in which they were made. */
export interface RowRuns {
  readonly label: string;
  readonly scenario: Scenario;
  readonly runs: readonly RunResult[];
}

export function metricOf(runs: readonly RunResult[], vmIndex: number): RepeatMetric {
  return runs.some((run) => run.complete && run.vms[vmIndex].wallNs !== null) ? 'wallNs' : 'sharePercent';
}

/** That figure of one VM in each complete run; runs in which the VM did not finish its work have none. */
export function samplesOf(runs: readonly RunResult[], vmIndex: number, metric: RepeatMetric): number[] {
  return runs.filter((run) => run.complete).flatMap((run) => run.vms[vmIndex][metric] ?? []);
}
