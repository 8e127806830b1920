/** The columns of the page's results: those of the terminal's tables of the same rows, and of times also the shares. */
import { metrics, type Metric } from '../../result/metrics.ts';
import { formatMetric } from '../format.ts';
import type { VcpuResult, VmResult } from '../../result/vm-result.ts';
import {
  isContendedApart,
  measuredRow,
  quotient,
  rowVms,
  isAboutShares,
  ownCountersOf,
  settingsOf,
  settingText,
  type Setting,
  WIDE_BANDS,
} from '../lab-row.ts';
import { SHARE, TIME, type Figure } from './figure.ts';
import { given, html, type Html } from './html.ts';
import type { HtmlRow } from './input.ts';
import { vmsOverRuns, type Quantity, type VmOverRuns } from './vm-over-runs.ts';

/** A VM of a row: its runs together, and each figure's median over them. */
export interface ResultLine extends VmOverRuns {
  /** null: the row did not run */
  readonly result: VmResult | null;
  /** measured over ideal execution time */
  readonly ratio: number | null;
  /** execution time over that of the same work alone and without a cap */
  readonly slowdown: number | null;
}

export interface ResultColumn {
  readonly title: string;
  /** what it is, for who asks */
  readonly hint: string;
  readonly cell: (line: ResultLine) => Html;
}

export function resultLines(rows: readonly HtmlRow[]): ResultLine[] {
  const figures = rowVms(rows.map(({ label, scenario, runs }) => measuredRow(label, scenario, runs)));
  return vmsOverRuns(rows).map((vm, i) => {
    const { result, ratio, slowdown } = figures[i];
    return { ...vm, result, ratio, slowdown };
  });
}

/** Columns that would be empty or 0 in every line are left out. */
export function resultColumns(rows: readonly HtmlRow[], lines: readonly ResultLine[]): ResultColumn[] {
  const measured = rows.map(({ label, scenario, runs }) => measuredRow(label, scenario, runs));
  const isApart = rows.some(({ runs }) => runs.some(isContendedApart));
  const isAlone = rows.length === 1;
  const isMeasured = rows.some(({ runs }) => runs.some(({ machine }) => machine !== 'simulated'));
  const some = (column: (line: ResultLine) => number | null) => lines.some((line) => (column(line) ?? 0) > 0);
  const settings = settingsOf(rows.map(({ scenario }) => scenario)).map(settingColumn);
  const shares = [
    measuredColumn(metrics.sharePercent, ({ share }) => share, SHARE),
    ...(isApart ? [measuredColumn(metrics.contendedSharePercent, ({ contended }) => contended, SHARE)] : []),
    ...expectedColumns(
      lines,
      [metrics.predictedSharePercent, metrics.forecastSharePercent],
      ({ contended }) => contended,
      SHARE,
    ),
    isApart
      ? idealColumn(metrics.idealContendedSharePercent, ({ contended }) => contended, SHARE)
      : idealColumn(metrics.idealSharePercent, ({ share }) => share, SHARE),
  ];
  const work = ({ workSharePercent }: ResultLine): number | null => workSharePercent;
  const dispatches = sum('dispatches');
  const perDispatch = (line: ResultLine) => quotient(line.result?.cpuNs ?? null, dispatches(line));
  const counters = ownCountersOf(rows.map(({ scenario }) => scenario)).flatMap(({ metric, sum: total }) => {
    const value = ({ result }: ResultLine) => total(result);
    return some(value) ? [column(metric, value)] : [];
  });
  const movements = (['steals', 'migrations'] as const).flatMap((key) =>
    some(sum(key)) && (isAlone || key !== 'migrations') ? [column(metrics[key], sum(key))] : [],
  );
  const verified = isMeasured
    ? [
        {
          title: 'verified',
          hint: 'whether what was computed is right',
          cell: ({ isVerified }: ResultLine) => html`<td>${markOf(isVerified, 'verified', 'WRONG')}</td>`,
        },
      ]
    : [];
  if (isAboutShares(measured)) {
    return [
      ...settings,
      ...shares,
      ...(some(work) ? [column(metrics.workSharePercent, work)] : []),
      ...(isAlone ? [cpuTime] : []),
      column(metrics.dispatches, dispatches),
      column(metrics.cpuPerDispatchNs, perDispatch),
      ...counters,
      ...movements,
      ...verified,
    ];
  }
  const times = expectedColumns(
    lines,
    [metrics.predictedWallNs, metrics.forecastWallNs],
    ({ wall }) => wall,
    TIME,
  );
  return [
    ...settings,
    measuredColumn(metrics.wallNs, ({ wall }) => wall, TIME),
    ...times,
    idealColumn(metrics.idealWallNs, ({ wall }) => wall, TIME),
    ...(isAlone && times.length > 0 ? [] : [column(metrics.ratio, ({ ratio }) => ratio)]),
    ...(some(({ slowdown }) => slowdown) ? [column(metrics.slowdown, ({ slowdown }) => slowdown)] : []),
    cpuTime,
    ...(isAlone ? [column(metrics.dispatches, dispatches), ...counters, ...movements] : []),
    ...shares,
    ...verified,
  ];
}

const cpuTime: ResultColumn = {
  ...hintOf(metrics.cpuNs),
  cell: ({ result }) => html`<td>${TIME.text(result?.cpuNs)}</td>`,
};

function column(metric: Metric, value: (line: ResultLine) => number | null): ResultColumn {
  return { ...hintOf(metric), cell: (line) => html`<td>${formatMetric(metric, value(line))}</td>` };
}

/** With what events made of it until the longest of the row's runs ended. */
function settingColumn(key: Setting): ResultColumn {
  return {
    ...hintOf(metrics[key]),
    cell: ({ row: { scenario, runs }, spec }) => {
      const untilNs = Math.max(0, ...runs.map(({ windowNs }) => windowNs));
      return html`<td>${settingText(key, spec, scenario, untilNs)}</td>`;
    },
  };
}

function hintOf({ title, unit, description }: Metric): { readonly title: string; readonly hint: string } {
  return { title, hint: unit === '' || unit === 'ns' ? description : `${description}, in ${unit}` };
}

function measuredColumn(metric: Metric, of: (line: ResultLine) => Quantity, figure: Figure): ResultColumn {
  return {
    ...hintOf(metric),
    cell: (line) => {
      const { median, interval } = of(line);
      return html`<td>
        <strong>${figure.text(median)}</strong>
        ${given(interval, ({ low, high }) => html`<small>${figure.range(low, high)}</small>`)}
      </td>`;
    },
  };
}

function idealColumn(metric: Metric, of: (line: ResultLine) => Quantity, figure: Figure): ResultColumn {
  return { ...hintOf(metric), title: 'ideal', cell: (line) => html`<td>${figure.text(of(line).ideal)}</td>` };
}

/** What was predicted and what was forecast, each only where there is any. */
function expectedColumns(
  lines: readonly ResultLine[],
  [predicted, forecast]: readonly [Metric, Metric],
  of: (line: ResultLine) => Quantity,
  figure: Figure,
): ResultColumn[] {
  return [
    ...(lines.some((line) => of(line).band !== null) ? [predictedColumn(predicted, of, figure)] : []),
    ...(lines.some((line) => of(line).forecast !== null) ? [forecastColumn(forecast, of, figure)] : []),
  ];
}

function forecastColumn(metric: Metric, of: (line: ResultLine) => Quantity, figure: Figure): ResultColumn {
  return {
    ...hintOf(metric),
    cell: (line) => {
      const { forecast } = of(line);
      if (forecast === null) return html`<td>–</td>`;
      return html`<td>
        ${figure.text(forecast.median)} <small>${figure.range(forecast.min, forecast.max)}</small>
      </td>`;
    },
  };
}

/** The band, and whether what was measured lies in it. */
function predictedColumn(
  { description }: Metric,
  of: (line: ResultLine) => Quantity,
  figure: Figure,
): ResultColumn {
  return {
    title: 'predicted',
    hint: `${description}; ✓: ${metrics.inBand.description}; ✓*: ${WIDE_BANDS}`,
    cell: (line) => {
      const { band, inBand, predicted, inWideBand } = of(line);
      if (band === null) return html`<td>–</td>`;
      return html`<td>
        ${figure.text(band.median)} ${bandMark(inBand, predicted, inWideBand)}
        <small>${figure.range(band.min, band.max)}</small>
      </td>`;
    },
  };
}

function sum(key: keyof VcpuResult & ('dispatches' | 'steals' | 'migrations')) {
  return ({ result }: ResultLine): number | null =>
    result?.vcpus.reduce((total, vcpu) => total + vcpu[key], 0) ?? null;
}

/** Whether all runs lie in the band, and whether that says little. */
function bandMark(inBand: number, predicted: number, inWideBand: number): Html {
  if (predicted === 0) return markOf(null, '', '');
  if (predicted > 1 && inBand < predicted) return html`<span class="no">${inBand} of ${predicted}</span>`;
  if (inWideBand > 0) return html`<span class="wide-band" role="img" aria-label="${WIDE_BANDS}">✓*</span>`;
  return markOf(inBand === predicted, `${inBand} of ${predicted} in band`, 'not in band');
}

/** A mark that doesn't speak by colour alone. */
function markOf(isGood: boolean | null, yes: string, no: string): Html {
  if (isGood === null) return html`<span class="muted" aria-label="not known">–</span>`;
  return isGood
    ? html`<span class="yes" role="img" aria-label="${yes}">✓</span>`
    : html`<span class="no" role="img" aria-label="${no}">✗</span>`;
}
