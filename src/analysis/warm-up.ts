/**
 * Where a series stops being warm-up: MSER-5 (K. P. White, An effective truncation heuristic for bias reduction in
 * simulation output, Simulation 69, 1997; with batches of 5: White, Cobb and Spratt, 2000).
 *
 * The series is cut into batches of 5, whose means y smooth it. Leaving out the first d of k batches loses data but
 * gets rid of what is not yet typical; the d with the least standard error of the mean of the rest balances the two:
 *
 *     MSER(d) = Σ_{i>d} (yᵢ − mean of the rest)² / (k − d)²
 *
 *     y: 9 5 2 2 2 2     d = 0: 41.3/36 = 1.15    d = 1: 7.2/25 = 0.29    d = 2: 0/16 = 0
 *
 * Only d up to half of the batches are tried, since a few batches at the end may agree by chance. If the best is the
 * last one tried, the series had not settled. There is no threshold to choose, and nothing is assumed about how the
 * series falls.
 */
const BATCH = 5;
const LEAST_BATCHES = 4;

/** @returns how many values to leave out at the beginning; null: it has not settled, or is too short to tell */
export function warmUpEnd(series: ArrayLike<number>): number | null {
  const means = batchMeans(series);
  if (means.length < LEAST_BATCHES) return null;
  const last = Math.floor(means.length / 2);
  const errors = Array.from({ length: last + 1 }, (_, leftOut) => squaredError(means.slice(leftOut)));
  const best = errors.indexOf(Math.min(...errors));
  return best === last ? null : best * BATCH;
}

function batchMeans(series: ArrayLike<number>): readonly number[] {
  return Array.from({ length: Math.floor(series.length / BATCH) }, (_, batch) => {
    let sum = 0;
    for (let i = 0; i < BATCH; i++) sum += series[batch * BATCH + i];
    return sum / BATCH;
  });
}

/** The square of the standard error of the mean. */
function squaredError(values: readonly number[]): number {
  const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
  return values.reduce((sum, value) => sum + (value - mean) ** 2, 0) / values.length ** 2;
}
