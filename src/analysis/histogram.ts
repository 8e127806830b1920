import type { Inferred } from '../base/schema.ts';
import type { distributionSchema, quantilesSchema } from './schema.ts';

/** @interface */
export type Quantiles = Inferred<typeof quantilesSchema>;

/**
 * A whole distribution of durations, ns.
 *
 * @interface
 */
export type Distribution = Inferred<typeof distributionSchema>;

/** Buckets per doubling: a quantile is at most 1/64 above the true value. */
const PER_OCTAVE = 64;
const OCTAVES = 40;
const BUCKETS = PER_OCTAVE * OCTAVES;
/**
 * As results tell a whole distribution: buckets that are coarser, so that it is a hundred numbers and not thousands.
 */
const JOINED = 8;
export const DISTRIBUTION_STEP = 2 ** (JOINED / PER_OCTAVE);
/** Index after the buckets: the largest value; and the number of values. */
const MAX = BUCKETS;
const COUNT = BUCKETS + 1;

/**
 * Counts durations (ns, up to 18 minutes) in buckets of constant relative width: fixed memory, no allocation, however
 * long it measures. One thread adds, others may read: the array can lie in shared memory.
 */
export class Histogram {
  static readonly length = BUCKETS + 2;
  private readonly cells: Float64Array;

  /** @param cells Histogram.length zeros */
  constructor(cells: Float64Array = new Float64Array(Histogram.length)) {
    this.cells = cells;
  }

  add(valueNs: number): void {
    const { cells } = this;
    cells[bucketOf(valueNs)]++;
    cells[COUNT]++;
    if (valueNs > cells[MAX]) cells[MAX] = valueNs;
  }

  get count(): number {
    return this.cells[COUNT];
  }

  /** The smallest bucket bound that this fraction of the values doesn't exceed; 0 without values. */
  quantile(fraction: number): number {
    const { cells } = this;
    const wanted = Math.ceil(fraction * cells[COUNT]);
    let seen = 0;
    for (let bucket = 0; bucket < BUCKETS; bucket++) {
      seen += cells[bucket];
      if (seen >= wanted) return Math.min(upperBound(bucket), cells[MAX]);
    }
    return cells[MAX];
  }

  quantiles(): Quantiles {
    return { count: this.count, p50: this.quantile(0.5), p99: this.quantile(0.99), max: this.cells[MAX] };
  }

  distribution(): Distribution {
    const buckets: [number, number][] = [];
    for (let first = 0; first < BUCKETS; first += JOINED) {
      let count = 0;
      for (let bucket = first; bucket < first + JOINED; bucket++) count += this.cells[bucket];
      if (count > 0) buckets.push([first === 0 ? 0 : Math.round(lowerBound(first)), count]);
    }
    return { ...this.quantiles(), buckets };
  }
}

function lowerBound(bucket: number): number {
  return 2 ** (bucket / PER_OCTAVE);
}

function bucketOf(valueNs: number): number {
  if (valueNs < 1) return 0;
  return Math.min(BUCKETS - 1, Math.floor(Math.log2(valueNs) * PER_OCTAVE));
}

function upperBound(bucket: number): number {
  return lowerBound(bucket + 1);
}
