import { mulberry32 } from '../base/random.ts';
import type { Inferred } from '../base/schema.ts';
import { quantileOfSorted } from './quantiles.ts';
import type { intervalSchema } from './schema.ts';

/** @returns NaN for no samples */
export function median(samples: readonly number[]): number {
  return quantileOfSorted(
    [...samples].sort((a, b) => a - b),
    0.5,
  );
}

export type Interval = Inferred<typeof intervalSchema>;

/** From fewer samples the spread can't be told. */
export const LEAST_FOR_INTERVAL = 3;
/** The two ends of a 95 % interval wander by a hundredth of its width from one seed to another. */
const RESAMPLES = 4000;

/**
 * Bootstrap confidence interval of the median: resample with replacement, take the median of each resample, and cut off
 * the tails. The same seed gives the same interval.
 *
 * The percentile method, and not BCa: that one corrects by a jackknife, which is no guide to the median (leaving out
 * one value gives one of two medians, whatever the rest looks like).
 *
 * Of n samples no interval can hold the true median more often than 1 − 2^(1−n), the chance that not all of them lie on
 * one side of it: 75 % for three, 94 % for five. See bestConfidence().
 *
 * @param confidence 0..1. Default 0.95
 * @returns null for fewer than 3 samples
 */
export function medianInterval(
  samples: readonly number[],
  seed: number,
  confidence = 0.95,
  resamples = RESAMPLES,
): Interval | null {
  if (samples.length < LEAST_FOR_INTERVAL) return null;
  const draw = resampler(samples, mulberry32(seed));
  return middle(Float64Array.from({ length: resamples }, draw), confidence);
}

/**
 * The same of a figure that is made of two medians, as their ratio; both samples are resampled.
 * @returns null when either has fewer than 3 samples
 */
export function contrastInterval(
  a: readonly number[],
  b: readonly number[],
  contrast: (medianA: number, medianB: number) => number,
  seed: number,
  confidence = 0.95,
  resamples = RESAMPLES,
): Interval | null {
  if (Math.min(a.length, b.length) < LEAST_FOR_INTERVAL) return null;
  const random = mulberry32(seed);
  const [drawA, drawB] = [resampler(a, random), resampler(b, random)];
  return middle(
    Float64Array.from({ length: resamples }, () => contrast(drawA(), drawB())),
    confidence,
  );
}

/** How often the widest interval of n samples holds the true median, 0..1. */
export function bestConfidence(n: number): number {
  return 1 - 2 ** (1 - n);
}

/** Draws the median of a resample each time. */
function resampler(samples: readonly number[], random: () => number): () => number {
  const resample = new Float64Array(samples.length);
  return () => {
    for (let i = 0; i < resample.length; i++) resample[i] = samples[Math.floor(random() * samples.length)];
    return quantileOfSorted(resample.sort(), 0.5);
  };
}

/** What is left of values when the tails are cut off. */
function middle(values: Float64Array, confidence: number): Interval {
  values.sort();
  const tail = (1 - confidence) / 2;
  return { low: quantileOfSorted(values, tail), high: quantileOfSorted(values, 1 - tail) };
}
