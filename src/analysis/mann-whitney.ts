/**
 * Do the values of one sample tend to be greater than those of another? (Mann and Whitney 1947)
 *
 *     U = number of pairs (a, b) with a > b, a tie counting half
 *
 *     a: 3 5 6     b: 1 2 4     pairs with a > b: 3 beats 1 2, 5 and 6 beat all three: U = 2 + 3 + 3 = 8 of 9
 *
 * Were both samples from one distribution, every way to share the ranks out between them would be equally likely. Of
 * the 20 ways here one has U = 9 and one has U = 8, and as many are at the other end: p = 4/20 = 0.2.
 *
 * It assumes nothing about the shape of the distribution: execution times have a long tail, and no two means are
 * needed.
 */
import { twoSidedNormal } from './normal.ts';
import { ranksOf } from './ranks.ts';

export interface MannWhitney {
  /** pairs in which the value of the first sample is the greater one */
  readonly u: number;
  /** two-sided */
  readonly pValue: number;
  /** exact: by counting; normal: approximated, corrected for ties and for continuity */
  readonly method: 'exact' | 'normal';
}

/** Up to so many values in each sample are counted out; beyond, the approximation is good to several digits. */
const MOST_EXACT = 50;

/** @param a, b at least one value each */
export function mannWhitney(a: readonly number[], b: readonly number[]): MannWhitney {
  const { ranks, ties } = ranksOf([...a, ...b]);
  const pairs = a.length * b.length;
  const rankSum = ranks.slice(0, a.length).reduce((sum, rank) => sum + rank, 0);
  const u = rankSum - (a.length * (a.length + 1)) / 2;
  const extreme = Math.max(u, pairs - u);
  if (ties.length === 0 && Math.max(a.length, b.length) <= MOST_EXACT)
    return { u, pValue: Math.min(1, 2 * tail(extreme, a.length, b.length)), method: 'exact' };
  return { u, pValue: approximate(extreme, a.length, b.length, ties), method: 'normal' };
}

function approximate(extreme: number, m: number, n: number, ties: readonly number[]): number {
  const total = m + n;
  const tied = ties.reduce((sum, t) => sum + t ** 3 - t, 0);
  const variance = ((m * n) / 12) * (total + 1 - tied / (total * (total - 1)));
  // All values are alike.
  if (variance <= 0) return 1;
  // U moves in steps of 1: its half counts for each side.
  const z = (extreme - (m * n) / 2 - 0.5) / Math.sqrt(variance);
  return z <= 0 ? 1 : twoSidedNormal(z);
}

/**
 * How likely it is that U is at least this great, when every sharing-out of the ranks is equally likely. Counted at the
 * other end, where it is as likely and the counts are small enough to be exact.
 */
function tail(least: number, m: number, n: number): number {
  const ways = waysToReach(m, n);
  const all = ways.reduce((sum, count) => sum + count, 0);
  return ways.slice(0, m * n - least + 1).reduce((sum, count) => sum + count, 0) / all;
}

/**
 * Index U: in how many ways m of m + n ranks give it. The counts are the coefficients of the Gaussian binomial, the
 * product of (1 − q^(n+i)) / (1 − q^i) for i = 1..m; both factors are applied in place.
 */
function waysToReach(m: number, n: number): Float64Array {
  const ways = new Float64Array(m * n + 1);
  ways[0] = 1;
  for (let i = 1; i <= m; i++) {
    for (let u = ways.length - 1; u >= n + i; u--) ways[u] -= ways[u - n - i];
    for (let u = i; u < ways.length; u++) ways[u] += ways[u - i];
  }
  return ways;
}
