/** Two samples held against each other: how much greater the one is, and whether that may be chance. */
import { mannWhitney } from './mann-whitney.ts';
import { contrastInterval, type Interval, median } from './stats.ts';

export interface Contrast {
  readonly value: number;
  /** 95 %, by resampling; null for fewer than 3 values in either sample */
  readonly interval: Interval | null;
}

export interface SampleComparison {
  /** median of a − median of b */
  readonly difference: Contrast;
  /** median of a ÷ median of b */
  readonly ratio: Contrast;
  /**
   * Cliff's delta (1993): the chance that a value of a is greater than one of b, minus the chance that it is smaller.
   * From −1 (all are smaller) over 0 to 1 (all are greater).
   */
  readonly cliffsDelta: number;
  /** of Mann and Whitney's test, two-sided */
  readonly pValue: number;
  readonly method: 'exact' | 'normal';
}

/** @param a, b at least one value each @param seed of the resampling */
export function compareSamples(a: readonly number[], b: readonly number[], seed: number): SampleComparison {
  const { u, pValue, method } = mannWhitney(a, b);
  const contrast = (of: (medianA: number, medianB: number) => number): Contrast => ({
    value: of(median(a), median(b)),
    interval: contrastInterval(a, b, of, seed),
  });
  return {
    difference: contrast((medianA, medianB) => medianA - medianB),
    ratio: contrast((medianA, medianB) => medianA / medianB),
    cliffsDelta: (2 * u) / (a.length * b.length) - 1,
    pValue,
    method,
  };
}

/**
 * P-values of several tests made together, so that the chance of a single one below a level by chance is at most that
 * level (Holm 1979): the least is multiplied by their number, the next by one less, and so on; none overtakes another.
 */
export function holm(pValues: readonly number[]): number[] {
  const order = [...pValues.keys()].sort((i, j) => pValues[i] - pValues[j]);
  const adjusted = new Array<number>(pValues.length).fill(1);
  let least = 0;
  for (const [rank, i] of order.entries()) {
    least = Math.max(least, Math.min(1, pValues[i] * (pValues.length - rank)));
    adjusted[i] = least;
  }
  return adjusted;
}
