/** A comparison as one HTML file that needs nothing else, like the report of a run. */
import type { Comparison } from '../../compare/comparison.ts';
import type { HostDescription } from '../../result/result.ts';
import { figuresSection, translationSection, wakeUpSection } from './compare-figures.ts';
import { detailsSection } from './details.ts';
import { errorSection } from './error-plot.ts';
import { given, html } from './html.ts';
import type { HtmlRow } from './input.ts';
import { page } from './page.ts';
import { readable } from './report.ts';
import { dataOf } from './timeline-data.ts';
import { shownTraces, timelinesSection } from './timelines.ts';
import { verdictSection } from './verdict.ts';
import { policyData, STOPPED } from './words.ts';

export interface CompareInput {
  readonly comparison: Comparison;
  /** the rows of the comparison, in its order */
  readonly rows: readonly HtmlRow[];
  readonly host: HostDescription;
  /** ISO 8601; the only thing in the file that depends on when it was written */
  readonly generatedAt: string;
}

/** @returns the file's text; the same input gives the same text */
export function compareReport(input: CompareInput): string {
  const { comparison, rows, host, generatedAt } = input;
  const { source } = comparison;
  const types = [...new Set(comparison.rows.map(({ scheduler }) => scheduler.type))];
  const title = `${source.name} under ${types.join(', ')}`;
  const shown = shownTraces(
    comparison,
    rows.map(({ traces }) => traces),
  );
  const { policies, timelines } = dataOf(shown);
  const body = html`<header>
      <h1>${title}</h1>
      ${given(source.description, (text) => html`<p class="lead">${text}</p>`)}
      <p class="muted">creditlab, <time datetime="${generatedAt}">${readable(generatedAt)}</time></p>
    </header>
    <main>
      ${verdictSection(rows)} ${translationSection(comparison)} ${figuresSection(comparison)}
      ${errorSection(comparison)} ${timelinesSection(comparison, shown, policies)}
      ${wakeUpSection(comparison)} ${detailsSection({ title, rows, host, generatedAt })}
    </main>`;
  return page(title, body, {
    policies: policies.map(policyData),
    stopped: STOPPED,
    timelines,
    areTogether: true,
  });
}
