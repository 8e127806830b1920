import { compareRows } from '../../analysis/compare-rows.ts';
import { metrics, type Metric } from '../../analysis/metrics.ts';
import { labFindings } from '../findings.ts';
import { measuredRow } from '../lab-row.ts';
import { comparisonLines, intervalNote } from '../repeat-lines.ts';
import { isAboutShares } from '../share-table.ts';
import { html, NOTHING, type Html } from './html.ts';
import { VM_COLORS } from './plot.ts';
import type { HtmlRow } from './report.ts';
import { rowVms, type Quantity, type RowVm } from './row-vm.ts';

/** All figures of all rows, medians where a row has several runs. */
export function resultsSection(rows: readonly HtmlRow[]): Html {
  const vms = rowVms(rows);
  const hasTimes = rows.some(({ scenario }) => scenario.vms.some(({ work }) => work !== null));
  const isPredicted = vms.some(({ share }) => share.band !== null);
  const isVerified = rows.some(({ runs }) => runs.some(({ machine }) => machine !== 'simulated'));
  const hasWork = vms.some(({ workSharePercent }) => workSharePercent !== null);
  const counts = rows.map(({ runs }) => runs.filter(({ complete }) => complete).length);
  const groups = [
    ...(hasTimes
      ? [
          {
            metric: metrics.wallNs,
            predicted: metrics.predictedWallNs,
            ideal: metrics.idealWallNs,
            of: ({ wall }: RowVm) => wall,
          },
        ]
      : []),
    {
      metric: metrics.sharePercent,
      predicted: metrics.predictedSharePercent,
      ideal: metrics.idealSharePercent,
      of: ({ share }: RowVm) => share,
    },
  ];
  const measured = rows.map(({ label, scenario, runs }) => measuredRow(label, scenario, runs));
  const repeated = rows.filter(({ runs }) => runs.length > 1);
  const findings = [
    ...(isAboutShares(measured) ? [] : labFindings(measured)),
    ...comparisonLines(compareRows(repeated)),
  ];
  return html`<section aria-labelledby="results">
    <h2 id="results">Results</h2>
    ${
      Math.max(0, ...counts) > 1
        ? html`<p>Of up to ${Math.max(...counts)} runs per row: ${intervalNote(Math.min(...counts))}.</p>`
        : NOTHING
    }
    <div class="scroll">
      <table>
        <thead>
          <tr>
            <th scope="col">row</th>
            <th scope="col">VM</th>
            ${[metrics.weight, metrics.cap].map(head)}
            ${groups.map(
              ({ metric, predicted, ideal }) => html`
                ${head(metric)}
                ${
                  isPredicted
                    ? html`<th scope="col" title="${predicted.description}">predicted</th>
                        <th scope="col" title="${metrics.inBand.description}">in band</th>`
                    : NOTHING
                }
                <th scope="col" title="${ideal.description}">ideal</th>
              `,
            )}
            ${hasWork ? head(metrics.workSharePercent) : NOTHING}
            ${isVerified ? html`<th scope="col">verified</th>` : NOTHING}
          </tr>
        </thead>
        <tbody>
          ${vms.map(
            (vm, i) =>
              html`<tr class="${vms[i - 1]?.row === vm.row ? '' : 'first'}">
                <th scope="row">${vms[i - 1]?.row === vm.row ? '' : labelOf(vm.row)}</th>
                <td class="name"><span class="swatch vm-${vm.vm % VM_COLORS}"></span>${vm.spec.name}</td>
                <td>${metrics.weight.format(vm.spec.weight)}</td>
                <td>${metrics.cap.format(vm.spec.cap)}</td>
                ${groups.map(({ metric, of }) => cells(of(vm), metric, isPredicted))}
                ${hasWork ? html`<td>${metrics.workSharePercent.format(vm.workSharePercent)}</td>` : NOTHING}
                ${isVerified ? html`<td>${markOf(vm.isVerified, 'verified', 'WRONG')}</td>` : NOTHING}
              </tr>`,
          )}
        </tbody>
      </table>
    </div>
    ${findings.map((finding) => html`<p>${finding}</p>`)}
  </section>`;
}

function cells(
  { median, interval, band, ideal, inBand, predicted }: Quantity,
  metric: Metric,
  isPredicted: boolean,
): Html {
  const measured = html`<strong>${metric.format(median)}</strong>
    ${interval === null ? NOTHING : spread(metric, interval.low, interval.high)}`;
  const prediction =
    band === null ? html`–` : html`${metric.format(band.median)} ${spread(metric, band.min, band.max)}`;
  const verdict =
    predicted > 1
      ? html`<span class="${inBand === predicted ? 'yes' : 'no'}">${inBand} of ${predicted}</span>`
      : markOf(predicted === 0 ? null : inBand === 1, 'in band', 'not in band');
  return html`<td>${measured}</td>
    ${
      isPredicted
        ? html`<td>${prediction}</td>
            <td>${verdict}</td>`
        : NOTHING
    }
    <td>${metric.format(ideal)}</td>`;
}

function spread(metric: Metric, low: number, high: number): Html {
  return html`<small>${metric.format(low)} … ${metric.format(high)}</small>`;
}

function labelOf({ label, runs }: HtmlRow): string {
  if (runs.length === 0) return `${label} (did not run)`;
  return runs.every(({ complete }) => complete) ? label : `${label} (incomplete)`;
}

function head({ title, unit, description }: Metric): Html {
  return html`<th scope="col" title="${unit === '' ? description : `${description}, in ${unit}`}">
    ${title}
  </th>`;
}

/** A mark that doesn't speak by colour alone. */
export function markOf(isGood: boolean | null, yes: string, no: string): Html {
  if (isGood === null) return html`<span class="muted" aria-label="not known">–</span>`;
  return isGood
    ? html`<span class="yes" role="img" aria-label="${yes}">✓</span>`
    : html`<span class="no" role="img" aria-label="${no}">✗</span>`;
}
