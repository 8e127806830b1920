import { mulberry32 } from '../base/random.ts';

/** How late something is that the loop waits for. */
export interface Latency {
  /** ns after the instant that was waited for; a whole number */
  nextNs(): number;
}

/** The latencies of a machine: of its loop by what ends its wait, and of its cores. */
export interface LoopLatencies {
  readonly timer: Latency;
  /** a vCPU that blocks, yields or is done wakes the loop: no timer is involved */
  readonly exit: Latency;
  /** virtual interrupts: a timer too, but of a machine that may have been idle */
  readonly wake: Latency;
  /** from telling a pCPU on which a vCPU runs until the next one computes there */
  readonly handOver: Latency;
  /** the last part of that, in which neither computes */
  readonly gap: Latency;
  /** from telling a pCPU on which none runs until the vCPU computes there */
  readonly start: Latency;
}

export const ON_TIME: Latency = { nextNs: () => 0 };

/** Latencies spread evenly over 0..maxNs; the same seed gives the same ones. */
export class UniformLatency implements Latency {
  private readonly span: number;
  private readonly random: () => number;

  constructor(maxNs: number, seed: number) {
    this.span = maxNs + 1;
    this.random = randomOf(seed);
  }

  nextNs(): number {
    return Math.floor(this.random() * this.span);
  }
}

/** Always the same latency. */
export class FixedLatency implements Latency {
  private readonly ns: number;

  constructor(ns: number) {
    this.ns = ns;
  }

  nextNs(): number {
    return this.ns;
  }
}

/** Most latencies short, few long, as when each is the wait for something that comes at random. */
export class ExponentialLatency implements Latency {
  private readonly meanNs: number;
  private readonly random: () => number;

  constructor(meanNs: number, seed: number) {
    this.meanNs = meanNs;
    this.random = randomOf(seed);
  }

  nextNs(): number {
    return Math.round(-this.meanNs * Math.log(1 - this.random()));
  }
}

/**
 * Latencies around a mean, by a normal distribution of which what lies below 0 is cut off; that raises the mean of what
 * is left when the deviation isn't small.
 */
export class NormalLatency implements Latency {
  private readonly meanNs: number;
  private readonly deviationNs: number;
  private readonly random: () => number;

  constructor(meanNs: number, deviationNs: number, seed: number) {
    this.meanNs = meanNs;
    this.deviationNs = deviationNs;
    this.random = randomOf(seed);
  }

  nextNs(): number {
    // With a mean of 0 or more at least every other draw is kept.
    for (;;) {
      const ns = Math.round(this.meanNs + this.deviationNs * this.standardNormal());
      if (ns >= 0) return ns;
    }
  }

  /** By the method of Box and Muller: a radius and an angle. */
  private standardNormal(): number {
    const radius = Math.sqrt(-2 * Math.log(1 - this.random()));
    return radius * Math.cos(2 * Math.PI * this.random());
  }
}

/** A distribution as it was measured. */
export interface MeasuredLatency {
  /** [from, how many], ascending: each bucket reaches to 2^(1/8) times its lower bound, the first one from 0 to 1 ns */
  readonly buckets: readonly (readonly [number, number])[];
  readonly max: number;
}

const BUCKET_RATIO = 2 ** (1 / 8);

/**
 * Latencies distributed as measured ones, by the whole histogram; the same seed gives the same ones. A few points of it
 * would not do: a line from the median to the 99th percentile puts the mean far too high where the tail is long.
 */
export class MeasuredLatencies implements Latency {
  private readonly fromNs: Float64Array;
  /** Index bucket: how many latencies lie in it or below it. */
  private readonly upTo: Float64Array;
  private readonly maxNs: number;
  private readonly random: () => number;

  /** Without a single latency nothing is late. */
  constructor({ buckets, max }: MeasuredLatency, seed: number) {
    this.fromNs = Float64Array.from(buckets, ([fromNs]) => fromNs);
    let sum = 0;
    this.upTo = Float64Array.from(buckets, ([, count]) => (sum += count));
    this.maxNs = max;
    this.random = randomOf(seed);
  }

  nextNs(): number {
    const { fromNs, upTo } = this;
    if (upTo.length === 0) return 0;
    const rank = this.random() * upTo[upTo.length - 1];
    const bucket = upTo.findIndex((count) => rank < count);
    const toNs = Math.max(1, fromNs[bucket] * BUCKET_RATIO);
    return Math.round(Math.min(this.maxNs, fromNs[bucket] + this.random() * (toNs - fromNs[bucket])));
  }
}

/** Apart from what the same seed gives elsewhere. */
function randomOf(seed: number): () => number {
  return mulberry32(seed ^ 0x9e3779b9);
}
