/**
 * Has a sample one mode or more? Hartigan's dip: how far its distribution function is, at least, from the nearest one
 * with a single mode (J. A. Hartigan and P. M. Hartigan, The Dip Test of Unimodality, Annals of Statistics 13, 1985).
 *
 * A distribution function with one mode is convex before the mode and concave behind it. So draw the greatest convex
 * curve below the steps, and the least concave one above them: somewhere in between the function must change over.
 *
 *     1 ┤                  ____┌──    two heaps: a straight line would have to run
 *       │            ___---    │      through the gap, far from the flat piece
 *       │   ┌──────────────────┘
 *       │   │    ___---               ↕ twice the dip, as the nearest function
 *     0 ┼───┘---                        splits the distance
 *
 * The search begins with all values as the modal interval. Where the two curves are farthest apart, the interval is cut
 * down to the nearest points at which they touch the steps; what lies outside must follow its curve, and the farthest
 * that it is from the steps there is a lower bound of (twice) the dip. It ends when the curves inside are no farther
 * apart than that.
 */
import { mulberry32 } from '../base/random.ts';

/** The sample's distribution function, in counts: at each value, before its step and after it. */
interface Steps {
  readonly values: readonly number[];
  readonly before: readonly number[];
  readonly after: readonly number[];
}

/** @returns the dip, from 1/(2n) to 1/4; 0 when all values are alike */
export function dip(samples: readonly number[]): number {
  const steps = stepsOf([...samples].sort((a, b) => a - b));
  let low = 0;
  let high = steps.values.length - 1;
  if (high === 0) return 0;
  // No function without steps is nearer to one with steps than half a step.
  let bound = 1;
  // At the mode itself there may be a step, of any height: equal values.
  while (low < high) {
    const convex = hull(steps.values, steps.before, low, high, 1);
    const concave = hull(steps.values, steps.after, low, high, -1);
    const { at, gap } = widest(convex.curve, concave.curve);
    if (gap <= bound) break;
    const from = convex.touches.findLast((i) => i <= low + at) ?? low;
    const to = concave.touches.find((i) => i >= low + at) ?? high;
    for (let i = low; i < from; i++) bound = Math.max(bound, steps.after[i] - convex.curve[i - low]);
    for (let i = to + 1; i <= high; i++) bound = Math.max(bound, concave.curve[i - low] - steps.before[i]);
    if (from === low && to === high) break;
    low = from;
    high = to;
  }
  return bound / (2 * samples.length);
}

export interface DipTest {
  readonly dip: number;
  /** part of samples from the uniform distribution whose dip is at least as great; the sample itself counts as one */
  readonly pValue: number;
}

/** With so many greater dips, the p-value is known to a tenth of itself, and nothing is left to find out. */
const ENOUGH = 100;

/**
 * Tests for more than one mode. Of all distributions with one mode the uniform one has about the greatest dip, so a
 * sample of another shape gets a p-value that is too high rather than too low. Its distribution has no formula: it is
 * drawn by chance, the same for the same seed, and only as often as needed (Besag and Clifford, Sequential Monte Carlo
 * p-values, Biometrika 78, 1991).
 * @param draws at most
 */
export function dipTest(samples: readonly number[], seed: number, draws = 2000): DipTest {
  const random = mulberry32(seed);
  const own = dip(samples);
  let greater = 0;
  for (let drawn = 1; drawn <= draws; drawn++) {
    if (dip(samples.map(random)) >= own) greater++;
    if (greater === ENOUGH) return { dip: own, pValue: ENOUGH / drawn };
  }
  return { dip: own, pValue: (greater + 1) / (draws + 1) };
}

function stepsOf(sorted: readonly number[]): Steps {
  const firsts = [...sorted.keys()].filter((i) => i === 0 || sorted[i] !== sorted[i - 1]);
  return {
    values: firsts.map((i) => sorted[i]),
    before: firsts,
    after: [...firsts.slice(1), sorted.length],
  };
}

/**
 * The greatest convex curve that is nowhere above the points low..high (sign 1), or the least concave one that is
 * nowhere below them (sign −1).
 */
function hull(
  x: readonly number[],
  y: readonly number[],
  low: number,
  high: number,
  sign: 1 | -1,
): { touches: number[]; curve: Float64Array } {
  const touches: number[] = [];
  for (let i = low; i <= high; i++) {
    for (; touches.length >= 2; touches.pop()) {
      const [a, b] = touches.slice(-2);
      if (sign * ((y[b] - y[a]) * (x[i] - x[b]) - (y[i] - y[b]) * (x[b] - x[a])) < 0) break;
    }
    touches.push(i);
  }
  const curve = new Float64Array(high - low + 1);
  curve[0] = y[low];
  for (let t = 1; t < touches.length; t++) {
    const [a, b] = [touches[t - 1], touches[t]];
    for (let i = a + 1; i <= b; i++) {
      curve[i - low] = i === b ? y[b] : y[a] + ((y[b] - y[a]) * (x[i] - x[a])) / (x[b] - x[a]);
    }
  }
  return { touches, curve };
}

function widest(convex: Float64Array, concave: Float64Array): { at: number; gap: number } {
  let at = 0;
  for (let i = 1; i < convex.length; i++) if (concave[i] - convex[i] > concave[at] - convex[at]) at = i;
  return { at, gap: concave[at] - convex[at] };
}
