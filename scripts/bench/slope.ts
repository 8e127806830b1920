export type Point = readonly [x: number, y: number];

/** Fewer say more about the pattern's phase than about the rate. */
const MIN_POINTS = 20;

/**
 * Least-squares slope; null for too few points. It averages over an on-off pattern without having to know its period.
 */
export function slope(points: readonly Point[]): number | null {
  if (points.length < MIN_POINTS) return null;
  const mean = (index: 0 | 1): number => points.reduce((sum, point) => sum + point[index], 0) / points.length;
  const [meanX, meanY] = [mean(0), mean(1)];
  let covariance = 0;
  let variance = 0;
  for (const [x, y] of points) {
    covariance += (x - meanX) * (y - meanY);
    variance += (x - meanX) ** 2;
  }
  return covariance / variance;
}
