/**
 * How fast the cores did their work while a run went on: the vCPUs' own work is the reference. A core that changes its
 * clock, a busy SMT sibling or a neighbour in the cache shows as a change of work done per CPU time.
 */
import type { Inferred } from '../base/schema.ts';
import { mannKendall } from './mann-kendall.ts';
import { quantileOfSorted } from './quantiles.ts';
import type { workRateSchema } from './schema.ts';
import { median } from './stats.ts';

/** Units of work per ns of CPU time in one stretch of a run, as a multiple of that vCPU's median. */
export interface RateSample {
  readonly timeNs: number;
  readonly relative: number;
}

/** How steadily the cores did the vCPUs' work over a run. */
export type WorkRate = Inferred<typeof workRateSchema>;

/** Below this, a drift is not put down to chance. */
const SIGNIFICANT = 0.01;
const LEAST_SAMPLES = 5;
/** The drift test takes time by the square of the samples. */
const MOST_FOR_DRIFT = 200;

/** @returns null when there are too few stretches to say anything */
export function workRateOf(
  perVcpu: readonly (readonly { timeNs: number; rate: number }[])[],
): WorkRate | null {
  const samples: RateSample[] = perVcpu
    .filter((stretches) => stretches.length > 1)
    .flatMap((stretches) => {
      const usual = median(stretches.map(({ rate }) => rate));
      if (usual === 0) return [];
      return stretches.map(({ timeNs, rate }) => ({ timeNs, relative: rate / usual }));
    })
    .sort((a, b) => a.timeNs - b.timeNs);
  if (samples.length < LEAST_SAMPLES) return null;
  const sorted = samples.map(({ relative }) => relative).sort((a, b) => a - b);
  const series = thinned(samples.map(({ relative }) => relative));
  const { slope, pValue } = mannKendall(series);
  return {
    samples: samples.length,
    low: quantileOfSorted(sorted, 0.05),
    high: quantileOfSorted(sorted, 0.95),
    driftPercent: pValue < SIGNIFICANT ? 100 * slope * (series.length - 1) : 0,
  };
}

/** Neighbours averaged until there are few enough. */
function thinned(series: readonly number[]): number[] {
  const each = Math.ceil(series.length / MOST_FOR_DRIFT);
  return Array.from({ length: Math.ceil(series.length / each) }, (_, i) => {
    const some = series.slice(i * each, (i + 1) * each);
    return some.reduce((sum, value) => sum + value, 0) / some.length;
  });
}
