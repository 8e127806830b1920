/**
 * Are repeats of a run alike? Two tests of each VM's execution times (or shares): whether they drift, and whether they
 * come in two heaps. In both cases a median with its interval says less than it seems to.
 */
import { dipTest } from '../analysis/dip.ts';
import { mannKendall } from '../analysis/mann-kendall.ts';
import type { RepeatMetric } from './lab-result.ts';
import { metricOf, type RowRuns, samplesOf } from './row-runs.ts';
import { median } from '../analysis/stats.ts';

/** Fewer repeats are in some order, and in some heaps, too often by chance. */
export const LEAST_REPEATS = 8;
/** How often a report on steady runs may warn, for each of the two tests. */
const LEVEL = 0.01;
/** The least p-value that they can give must be below the level, also when many series are tested together. */
const DRAWS = 20_000;

interface Series {
  /** label of the row */
  readonly row: string;
  readonly vm: string;
  readonly metric: RepeatMetric;
}

export interface Unsteady extends Series {
  readonly kind: 'drift' | 'two-heaps';
  /** the series' own, times the number of series that were tested with it (Bonferroni) */
  readonly pValue: number;
  /** of a drift: the change from one run of the row to the next, over the median; else 0 */
  readonly changePerRun: number;
}

/** The VMs whose runs are not alike; VMs with fewer than 8 complete runs are left out. */
export function unsteadySeries(rows: readonly RowRuns[]): Unsteady[] {
  const all = rows.flatMap(({ label, scenario, runs }) =>
    scenario.vms.map(({ name }, vmIndex) => {
      const metric = metricOf(runs, vmIndex);
      const samples = samplesOf(runs, vmIndex, metric);
      return { series: { row: label, vm: name, metric }, samples, seed: scenario.seed };
    }),
  );
  const tested = all.filter(({ samples }) => samples.length >= LEAST_REPEATS);
  return tested.flatMap(({ series, samples, seed }): Unsteady[] => {
    const { pValue, slope } = mannKendall(samples);
    const drift = {
      kind: 'drift',
      pValue: pValue * tested.length,
      changePerRun: slope / median(samples),
    } as const;
    const heaps = {
      kind: 'two-heaps',
      pValue: dipTest(samples, seed, DRAWS).pValue * tested.length,
      changePerRun: 0,
    } as const;
    return [drift, heaps].filter((found) => found.pValue < LEVEL).map((found) => ({ ...series, ...found }));
  });
}
