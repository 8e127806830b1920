/** What tables of results have in common: labels, measured and predicted values, marks, and the legend of these. */
import type { Band } from '../../analysis/band.ts';
import { median, medianInterval } from '../../analysis/stats.ts';
import { metrics } from '../../result/metrics.ts';
import { MS_BELOW_NS, formatMetric } from '../format.ts';
import type { RepeatMetric } from '../../result/lab-result.ts';
import { samplesOf } from '../../result/row-runs.ts';
import type { Scenario } from '../../scenario/scenario.ts';
import { idealNote } from '../ideal-note.ts';
import { type MeasuredRow, hasWideTick, WIDE_BANDS } from '../lab-row.ts';
import { textWidth, wrapItem } from '../text-layout.ts';
import type { Style } from './style.ts';

/** The row's label, marked where it did not run to its end. */
export function rowLabel({ label, run }: MeasuredRow, style: Style): string {
  if (run === null) return style.dim(`${label} (did not run)`);
  return run.complete ? label : style.yellow(`${label} (incomplete)`);
}

/** What was measured of a VM; of several runs the median and its interval. */
export function measuredCell(row: MeasuredRow, vmIndex: number, metric: RepeatMetric): string {
  const { run, repeats = [], scenario } = row;
  const samples = samplesOf(repeats, vmIndex, metric);
  const interval = medianInterval(samples, scenario.seed);
  if (interval === null) return formatMetric(metrics[metric], run?.vms[vmIndex][metric]);
  const band = { median: median(samples), min: interval.low, max: interval.high };
  return metric === 'wallNs' ? wallBandCell(band) : shareBandCell(band);
}

/** `33.4 % [33.3–33.5]`: median, least and greatest; a dash for none. */
export function shareBandCell(band: Band | null | undefined): string {
  return bandCell(band, '%', () => 1, 1);
}

/** `2.020 s [2.010–2.030]`, `8.2 ms [7.5–9.1]`; long times are rounded to keep the column narrow. */
export function wallBandCell(band: Band | null | undefined): string {
  if (band !== null && band !== undefined && band.max < MS_BELOW_NS) {
    return bandCell(band, 'ms', () => (band.max < 1e6 ? 3 : 1), 1e6);
  }
  return bandCell(band, 's', (seconds) => (seconds < 10 ? 3 : seconds < 100 ? 2 : 1), 1e9);
}

function bandCell(
  band: Band | null | undefined,
  unit: string,
  digitsFor: (value: number) => number,
  scale: number,
): string {
  if (band === null || band === undefined) return '–';
  const digits = digitsFor(band.max / scale);
  const [median, min, max] = [band.median, band.min, band.max].map((value) =>
    (value / scale).toFixed(digits),
  );
  return `${median} ${unit} [${min}–${max}]`;
}

/** Verified, wrong, or not known. */
export function checkMark(ok: boolean | null, style: Style): string {
  if (ok === null) return '–';
  return ok ? style.green(style.text('✓')) : style.red(style.text('✗'));
}

/**
 * As predicted, not as predicted, or not known.
 * @param isWide the band is made from what went wrong in the run itself: a tick gets a star (wide-bands.ts)
 */
export function bandMark(isInBand: boolean | null, style: Style, isWide = false): string {
  if (isInBand === null) return '–';
  if (!isInBand) return style.yellow(style.unicode ? '✗' : 'no');
  const tick = style.unicode ? '✓' : 'yes';
  return isWide ? style.yellow(`${tick}*`) : style.green(tick);
}

/** The line below a table that explains its star. */
export function wideBandsLine(style: Style, width: number): string {
  const mark = style.unicode ? '✓*' : 'yes*';
  return style.dim(wrapItem(style.text(`${mark}: ${WIDE_BANDS}`), width));
}

/** The line below a table that says why it has no ideals; null: it has. */
export function idealLine(scenarios: readonly Scenario[], style: Style, width: number): string | null {
  const note = idealNote(scenarios);
  return note === null ? null : style.dim(wrapItem(style.text(note), width));
}

/** A lab's table with these lines, if some row needs them. */
export function withLegend(
  table: string,
  rows: readonly MeasuredRow[],
  style: Style,
  columns: number,
): string {
  const width = textWidth({ columns });
  const isStarred = rows.some(({ run }) => run !== null && hasWideTick(run));
  const ideal = idealLine(
    rows.map(({ scenario }) => scenario),
    style,
    width,
  );
  return [
    table,
    ...(isStarred ? [wideBandsLine(style, width)] : []),
    ...(ideal === null ? [] : [ideal]),
  ].join('\n');
}
