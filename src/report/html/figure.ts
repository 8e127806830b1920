/** Times and shares as the page writes them: in a unit and with digits in which small ones can be told apart, too. */
import { metrics } from '../../result/metrics.ts';
import { formatNs, formatMetric } from '../format.ts';

export interface Figure {
  readonly text: (value: number | null | undefined) => string;
  /** least and greatest, with one unit */
  readonly range: (low: number, high: number) => string;
}

/** Below it milliseconds say more than seconds with three digits. */
const SHORT_NS = 100e6;
/** A share below it, in percent, needs more digits. */
const SMALL_PERCENT = 1;

export const TIME: Figure = {
  text: timeText,
  range: (low, high) =>
    high < SHORT_NS
      ? joined(timeText(low), timeText(high))
      : joined(formatMetric(metrics.wallNs, low), formatMetric(metrics.wallNs, high)),
};

export const SHARE: Figure = {
  text: shareText,
  range: (low, high) => joined(shareText(low), shareText(high)),
};

function timeText(ns: number | null | undefined): string {
  return ns !== null && ns !== undefined && ns > 0 && ns < SHORT_NS
    ? formatNs(ns)
    : formatMetric(metrics.wallNs, ns);
}

function shareText(percent: number | null | undefined): string {
  return percent !== null && percent !== undefined && percent > 0 && percent < SMALL_PERCENT
    ? `${percent.toFixed(3)} %`
    : formatMetric(metrics.sharePercent, percent);
}

function joined(low: string, high: string): string {
  const unit = high.slice(high.lastIndexOf(' '));
  const from = low.endsWith(unit) ? low.slice(0, -unit.length) : low;
  return `${from}–${high}`;
}
