import { metrics } from '../../result/metrics.ts';
import { type RepeatMetric, samplesOf } from '../../result/row-runs.ts';
import { median, medianInterval } from '../../analysis/stats.ts';
import { shareBandCell, wallBandCell } from './band-cell.ts';
import type { MeasuredRow } from '../lab-row.ts';

/** What was measured of a VM; of several runs the median and its interval. */
export function measuredCell(row: MeasuredRow, vmIndex: number, metric: RepeatMetric): string {
  const { run, repeats = [], scenario } = row;
  const samples = samplesOf(repeats, vmIndex, metric);
  const interval = medianInterval(samples, scenario.seed);
  if (interval === null) return metrics[metric].format(run?.vms[vmIndex][metric]);
  const band = { median: median(samples), min: interval.low, max: interval.high };
  return metric === 'wallNs' ? wallBandCell(band) : shareBandCell(band);
}
