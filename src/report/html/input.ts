/** What the page is made of. */
import type { HostDescription, RunResult } from '../../result/result.ts';
import type { LabTexts } from '../../scenario/lab-texts.ts';
import type { Scenario } from '../../scenario/scenario.ts';
import type { ComparedStep } from '../../trace/steps.ts';
import type { Trace } from '../../trace/trace.ts';

export interface HtmlInput {
  /** a lab's title, or the scenario's name */
  readonly title: string;
  readonly rows: readonly HtmlRow[];
  readonly host: HostDescription;
  /** ISO 8601; the only thing in the file that depends on when it was written */
  readonly generatedAt: string;
  /** what the lab says beside its title */
  readonly texts?: LabTexts & { readonly description?: string };
}

/** A row of a lab, or the only one. */
export interface HtmlRow {
  readonly label: string;
  readonly scenario: Scenario;
  /** in the order in which they ran; none: the row did not run */
  readonly runs: readonly RunResult[];
  /** of each run; null: it was not recorded */
  readonly traces: readonly (Trace | null)[];
  /**
   * the same scenario in virtual time, once or with timers late by chance in several ways: what the fingerprints of
   * caps are compared with. The first one is also a timeline
   */
  readonly simulated?: readonly Trace[];
  /** what the changes in its last recorded run did; default: there are none */
  readonly steps?: readonly ComparedStep[];
}

/** What a run is called: its row's label, and which of the row's runs it is, from 0, where there are several. */
export function runName(label: string, index: number, count: number): string {
  return count > 1 ? `${label}, run ${index + 1}` : label;
}
