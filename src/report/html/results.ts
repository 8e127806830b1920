import { compareRows } from '../../result/compare-rows.ts';
import { metrics } from '../../result/metrics.ts';
import { formatMetric } from '../format.ts';
import type { RunResult } from '../../result/result.ts';
import { idealNote } from '../ideal-note.ts';
import { labFindings } from '../findings.ts';
import { measuredRow, isAboutShares, schedulerCell, WIDE_BANDS } from '../lab-row.ts';
import { comparisonLines, intervalNote } from '../repeat-lines.ts';
import { given, html, when, type Html } from './html.ts';
import { VM_COLORS } from './plot.ts';
import type { HtmlRow } from './input.ts';
import { resultColumns, resultLines } from './result-columns.ts';

/** All figures of all rows, medians where a row has several runs. */
export function resultsSection(rows: readonly HtmlRow[]): Html {
  const lines = resultLines(rows);
  const columns = resultColumns(rows, lines);
  const hasRows = rows.length > 1;
  const schedulerOf = schedulerCell(rows.map(({ scenario }) => scenario));
  const counts = rows.map(({ runs }) => runs.filter(({ complete }) => complete).length);
  const mostRuns = Math.max(0, ...counts);
  const measured = rows.map(({ label, scenario, runs }) => measuredRow(label, scenario, runs));
  const onlyRun = hasRows ? null : measured[0].run;
  const repeated = rows.filter(({ runs }) => runs.length > 1);
  const hasWideBands = lines.some(({ wall, contended }) => wall.inWideBand + contended.inWideBand > 0);
  const ideal = idealNote(rows.map(({ scenario }) => scenario));
  const findings = [
    ...(isAboutShares(measured) ? [] : labFindings(measured)),
    ...comparisonLines(compareRows(repeated)),
  ];
  return html`<section aria-labelledby="results">
    <h2 id="results">Results</h2>
    ${when(
      mostRuns > 1,
      () => html`<p>Of up to ${mostRuns} runs per row: ${intervalNote(Math.min(...counts))}.</p>`,
    )}
    <div class="scroll">
      <table class="dense">
        <thead>
          <tr>
            ${when(hasRows, () => html`<th scope="col">row</th>`)}
            ${given(schedulerOf, () => html`<th scope="col" class="name">scheduler</th>`)}
            <th scope="col" class="name">VM</th>
            ${columns.map(({ title, hint }) => html`<th scope="col" title="${hint}">${title}</th>`)}
          </tr>
        </thead>
        <tbody>
          ${lines.map((line, i) => {
            const isFirst = lines[i - 1]?.row !== line.row;
            const name = html`<span class="swatch vm-${line.vm % VM_COLORS}"></span>${line.spec.name}`;
            const [rowClass, label] = isFirst ? ['first', labelOf(line.row)] : ['', ''];
            const heads = hasRows
              ? html`<th scope="row" class="label">${label}</th>
                  ${given(schedulerOf, (of) => html`<td class="name">${of(line.row.scenario, line.spec)}</td>`)}
                  <td class="name">${name}</td>`
              : html`<th scope="row">${name}</th>`;
            return html`<tr class="${rowClass}">
              ${heads} ${columns.map(({ cell }) => cell(line))}
            </tr>`;
          })}
        </tbody>
      </table>
    </div>
    ${when(hasWideBands, () => html`<p>✓*: ${WIDE_BANDS}.</p>`)}
    ${given(ideal, (note) => html`<p>${note}.</p>`)} ${given(onlyRun, pcpusOf)}
    ${findings.map((finding) => html`<p>${finding}</p>`)}
  </section>`;
}

/** More rows than this are folded up: they would push what follows them off the screen. */
const MOST_PCPU_ROWS = 16;

/** How busy each core was. */
function pcpusOf(run: RunResult): Html {
  const { pcpus, windowNs } = run;
  if (pcpus.length <= MOST_PCPU_ROWS) return pcpuTable(run);
  const busyNs = pcpus.map((pcpu) => pcpu.busyNs);
  const [least, most] = [Math.min(...busyNs), Math.max(...busyNs)].map((ns) => percentOf(ns, windowNs));
  const part = least === most ? most : `${least} to ${most}`;
  return html`<details>
    <summary>${pcpus.length} pCPUs, each busy for ${part} of the time</summary>
    ${pcpuTable(run)}
  </details>`;
}

function percentOf(part: number | null | undefined, windowNs: number): string {
  return typeof part === 'number' && windowNs > 0 ? `${((100 * part) / windowNs).toFixed(2)} %` : '–';
}

function pcpuTable({ pcpus, windowNs }: RunResult): Html {
  // Simulated cores have no other threads.
  const isMeasured = pcpus.some(({ ownThreadsNs }) => ownThreadsNs !== undefined);
  const own = metrics.ownThreadsNs;
  return html`<table class="pcpus">
    <thead>
      <tr>
        <th scope="col">pCPU</th>
        <th scope="col" title="${metrics.busyNs.description}">${metrics.busyNs.title}</th>
        ${when(isMeasured, () => html`<th scope="col" title="${own.description}">${own.title}</th>`)}
        <th scope="col" title="${metrics.switches.description}">${metrics.switches.title}</th>
      </tr>
    </thead>
    <tbody>
      ${pcpus.map(
        ({ id, busyNs, switches, ownThreadsNs }) =>
          html`<tr>
            <th scope="row">CPU ${id}</th>
            <td>${percentOf(busyNs, windowNs)}</td>
            ${when(isMeasured, () => html`<td>${percentOf(ownThreadsNs, windowNs)}</td>`)}
            <td>${formatMetric(metrics.switches, switches)}</td>
          </tr>`,
      )}
    </tbody>
  </table>`;
}

function labelOf({ label, runs }: HtmlRow): string {
  if (runs.length === 0) return `${label} (did not run)`;
  return runs.every(({ complete }) => complete) ? label : `${label} (incomplete)`;
}
