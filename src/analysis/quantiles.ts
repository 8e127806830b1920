/**
 * A quantile of samples in ascending order, linear between neighbours.
 * @param fraction 0..1
 * @returns NaN for no samples
 */
export function quantileOfSorted(sorted: ArrayLike<number>, fraction: number): number {
  if (sorted.length === 0) return NaN;
  const position = (sorted.length - 1) * fraction;
  const below = Math.floor(position);
  const above = Math.min(below + 1, sorted.length - 1);
  return sorted[below] + (sorted[above] - sorted[below]) * (position - below);
}

/** Count, median, 99th percentile and maximum of samples in any order; zeros for none. */
export function summarize(samples: ArrayLike<number>): {
  count: number;
  p50: number;
  p99: number;
  max: number;
} {
  if (samples.length === 0) return { count: 0, p50: 0, p99: 0, max: 0 };
  const sorted = Float64Array.from(samples).sort();
  return {
    count: sorted.length,
    p50: quantileOfSorted(sorted, 0.5),
    p99: quantileOfSorted(sorted, 0.99),
    max: sorted[sorted.length - 1],
  };
}
