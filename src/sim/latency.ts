import { mulberry32 } from '../random.ts';

/** How late a wait ends. */
export interface TimerLatency {
  /** ns after the instant that was waited for; a whole number */
  nextNs(): number;
}

/** Latencies spread evenly over 0..maxNs; the same seed gives the same ones. */
export class UniformLatency implements TimerLatency {
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
export class FixedLatency implements TimerLatency {
  private readonly ns: number;

  constructor(ns: number) {
    this.ns = ns;
  }

  nextNs(): number {
    return this.ns;
  }
}

/** Most latencies short, few long, as when each is the wait for something that comes at random. */
export class ExponentialLatency implements TimerLatency {
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
 * Latencies around a mean, by a normal distribution of which what lies below 0 is cut off; that raises the mean of what is
 * left when the deviation isn't small.
 */
export class NormalLatency implements TimerLatency {
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

/** Latencies as they were measured: how many, and three points of their distribution, ns. */
export interface MeasuredLatency {
  readonly count: number;
  readonly p50: number;
  readonly p99: number;
  readonly max: number;
}

const TAIL = 0.01;

/**
 * Latencies distributed as measured ones; the same seed gives the same ones.
 *
 *     0 ─────────── p50 ─────────────── p99 ── ─  ─   ─ max
 *       straight         straight           power law: in a hundredth of all, the higher the rarer
 *
 * The tail must not be straight too. It would make one wait in a hundred late by half of what happened once.
 */
export class MeasuredLatencies implements TimerLatency {
  private readonly p50: number;
  private readonly p99: number;
  private readonly max: number;
  /** the tail's latency is p99 · (TAIL / what is left to 1) ^ exponent */
  private readonly exponent: number;
  private readonly random: () => number;

  /** @param measured of at least one latency */
  constructor(measured: MeasuredLatency, seed: number) {
    this.p50 = Math.max(0, measured.p50);
    this.p99 = Math.max(this.p50, measured.p99, 1);
    this.max = Math.max(this.p99, measured.max);
    const decades = Math.log(Math.max(2, TAIL * measured.count));
    this.exponent = Math.log(this.max / this.p99) / decades;
    this.random = randomOf(seed);
  }

  nextNs(): number {
    return Math.round(this.atQuantile(this.random()));
  }

  private atQuantile(quantile: number): number {
    const { p50, p99 } = this;
    if (quantile < 0.5) return (p50 * quantile) / 0.5;
    if (quantile < 1 - TAIL) return p50 + ((p99 - p50) * (quantile - 0.5)) / (0.5 - TAIL);
    return Math.min(this.max, p99 * (TAIL / (1 - quantile)) ** this.exponent);
  }
}

/** Apart from what the same seed gives elsewhere. */
function randomOf(seed: number): () => number {
  return mulberry32(seed ^ 0x9e3779b9);
}
