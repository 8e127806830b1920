/**
 * Does a series drift: do later values tend to be greater, or smaller, than earlier ones? (Mann 1945, Kendall 1975)
 *
 *     S = pairs in which the later value is greater − pairs in which it is smaller
 *
 *     1 2 4 3    five pairs rise, one falls: S = 4 of at most 6; p = 2 · 4/24 = 0.33: as well by chance
 *
 * How fast it drifts is the Theil–Sen slope: the median of the slopes of all pairs, which a few outliers don't move.
 */
import { twoSidedNormal } from './normal.ts';
import { ranksOf } from './ranks.ts';
import { median } from './stats.ts';

export interface Drift {
  readonly s: number;
  /** two-sided */
  readonly pValue: number;
  /** exact: by counting; normal: approximated, corrected for ties and for continuity */
  readonly method: 'exact' | 'normal';
  /** change from one value to the next */
  readonly slope: number;
}

/** Up to so many values are counted out. */
const MOST_EXACT = 100;

/** @param series in the order of time, equally spaced; at least two values */
export function mannKendall(series: readonly number[]): Drift {
  const slopes: number[] = [];
  let s = 0;
  for (let late = 1; late < series.length; late++) {
    for (let early = 0; early < late; early++) {
      const rise = series[late] - series[early];
      s += Math.sign(rise);
      slopes.push(rise / (late - early));
    }
  }
  const slope = median(slopes);
  const n = series.length;
  const { ties } = ranksOf(series);
  if (ties.length === 0 && n <= MOST_EXACT)
    return { s, pValue: Math.min(1, 2 * tail(Math.abs(s), n)), method: 'exact', slope };
  const tied = ties.reduce((sum, t) => sum + t * (t - 1) * (2 * t + 5), 0);
  const variance = (n * (n - 1) * (2 * n + 5) - tied) / 18;
  // S moves in steps of 2, so that half a step is 1.
  const z = variance > 0 ? Math.max(0, Math.abs(s) - 1) / Math.sqrt(variance) : 0;
  return { s, pValue: twoSidedNormal(z), method: 'normal', slope };
}

/** How likely it is that S is at least this great, when all orders of n values are equally likely. */
function tail(least: number, n: number): number {
  const pairs = (n * (n - 1)) / 2;
  const atMostFalling = Math.floor((pairs - least) / 2);
  const chances = chancesOfFalling(n);
  return chances.slice(0, atMostFalling + 1).reduce((sum, chance) => sum + chance, 0);
}

/**
 * Index k: how likely it is that k pairs of n values in random order fall. The i-th value falls below 0..i−1 of those
 * before it, each number as likely as the other.
 */
function chancesOfFalling(n: number): Float64Array {
  let chances = Float64Array.of(1);
  for (let i = 2; i <= n; i++) {
    const next = new Float64Array(chances.length + i - 1);
    let within = 0;
    for (let k = 0; k < next.length; k++) {
      if (k < chances.length) within += chances[k];
      if (k >= i) within -= chances[k - i];
      next[k] = within / i;
    }
    chances = next;
  }
  return chances;
}
