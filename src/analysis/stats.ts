import { quantileOfSorted } from './quantiles.ts';

/** @returns NaN for no samples */
export function median(samples: readonly number[]): number {
  return quantileOfSorted(ascending(samples), 0.5);
}

/** Third quartile − first quartile. */
export function interquartileRange(samples: readonly number[]): number {
  const sorted = ascending(samples);
  return quantileOfSorted(sorted, 0.75) - quantileOfSorted(sorted, 0.25);
}

export interface Interval {
  readonly low: number;
  readonly high: number;
}

/**
 * Bootstrap confidence interval of the median (percentile method): resample with replacement, take the median of each
 * resample, and cut off the tails. The same seed gives the same interval.
 * @param confidence 0..1. Default 0.95
 * @returns null for fewer than 3 samples, which say nothing about their spread
 */
export function medianInterval(
  samples: readonly number[],
  seed: number,
  confidence = 0.95,
  resamples = 2000,
): Interval | null {
  if (samples.length < 3) return null;
  const random = mulberry32(seed);
  const medians = Float64Array.from({ length: resamples }, () =>
    median(samples.map(() => samples[Math.floor(random() * samples.length)])),
  ).sort();
  const tail = (1 - confidence) / 2;
  return { low: quantileOfSorted(medians, tail), high: quantileOfSorted(medians, 1 - tail) };
}

function ascending(samples: readonly number[]): readonly number[] {
  return [...samples].sort((a, b) => a - b);
}

/** A small generator with 32 bits of state, good enough to draw resamples. @returns numbers in [0, 1) */
export function mulberry32(seed: number): () => number {
  let state = seed | 0;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let bits = Math.imul(state ^ (state >>> 15), state | 1);
    bits ^= bits + Math.imul(bits ^ (bits >>> 7), bits | 61);
    return ((bits ^ (bits >>> 14)) >>> 0) / 2 ** 32;
  };
}
