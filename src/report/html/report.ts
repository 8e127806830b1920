/** The result of a run or a lab as one HTML file that needs nothing else: no network, no other file. */
import { schedulersOf, titled } from '../lab-row.ts';
import { detailsSection } from './details.ts';
import { fingerprintSection } from './fingerprints.ts';
import { given, html } from './html.ts';
import { type HtmlInput, runName } from './input.ts';
import { page } from './page.ts';
import { resultsSection } from './results.ts';
import { sharesSection, timesSection } from './comparisons.ts';
import { stepsSection } from './steps.ts';
import { lookSection, predictSection } from './texts.ts';
import { dataOf } from './timeline-data.ts';
import { timelineSection } from './timeline.ts';
import { isSimulated, verdictSection } from './verdict.ts';
import { policyData, STOPPED } from './words.ts';

/** @returns the file's text; the same input gives the same text */
export function htmlReport(input: HtmlInput): string {
  const { rows, generatedAt, texts = {} } = input;
  const schedulers = schedulersOf(rows.map(({ scenario }) => scenario));
  const title = titled(input.title, isSimulated(rows), schedulers);
  const shown = rows.flatMap(({ label, traces, simulated = [] }) => [
    ...traces.flatMap((trace, i) =>
      trace === null ? [] : [{ title: runName(label, i, traces.length), trace }],
    ),
    ...simulated.slice(0, 1).map((trace) => ({ title: `${label}, in virtual time`, trace })),
  ]);
  const { policies, timelines } = dataOf(shown);
  const body = html`<header>
      <h1>${title}</h1>
      ${given(texts.description, (text) => html`<p class="lead">${text}</p>`)}
      ${given(texts.question, (text) => html`<p class="lead">${text}</p>`)}
      <p class="muted">creditlab, <time datetime="${generatedAt}">${readable(generatedAt)}</time></p>
    </header>
    <main>
      ${verdictSection(rows)} ${predictSection(texts)} ${resultsSection(rows)} ${timesSection(rows)}
      ${sharesSection(rows)} ${stepsSection(rows)} ${timelineSection(rows, timelines, policies)}
      ${fingerprintSection(rows)} ${lookSection(texts)} ${detailsSection(input)}
    </main>`;
  return page(title, body, {
    policies: policies.map(policyData),
    stopped: STOPPED,
    timelines,
    areTogether: false,
  });
}

export function readable(iso: string): string {
  return iso
    .replace('T', ' ')
    .replace(/(:\d\d)\.\d+/, '$1')
    .replace('Z', ' UTC');
}
