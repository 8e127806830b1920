/** The result file of `creditlab lab … --json`: one object with all rows. Units as in result.ts. */
import type { Scenario } from '../scenario/scenario.ts';
import type { RowComparison } from './compare-rows.ts';
import type { HostFacts, Result, RunResult } from './result.ts';

export const LAB_RESULT_FORMAT = 'creditlab-lab-result';
export const LAB_RESULT_VERSION = 2;

export interface LabResult {
  readonly format: typeof LAB_RESULT_FORMAT;
  readonly version: typeof LAB_RESULT_VERSION;
  readonly generator: Result['generator'];
  readonly startedAt: string;
  readonly host: HostFacts;
  readonly lab: { readonly name: string; readonly title: string };
  /** False when rows are missing or incomplete. */
  readonly complete: boolean;
  /** In the lab's order, as far as they ran; a row that was run several times is there as often. */
  readonly rows: readonly LabResultRow[];
  /** Of rows that were run several times; made when all runs are done. */
  readonly comparisons?: readonly RowComparison[];
}

export interface LabResultRow {
  readonly label: string;
  readonly scenario: Scenario;
  readonly run: RunResult;
}
