/** How late a wait ends. */
export interface TimerLatency {
  /** ns after the instant that was waited for; a whole number */
  nextNs(): number;
}

/** Latencies spread evenly over 0..maxNs; the same seed gives the same ones. */
export class UniformLatency implements TimerLatency {
  private readonly span: number;
  private readonly random: Random;

  constructor(maxNs: number, seed: number) {
    this.span = maxNs + 1;
    this.random = new Random(seed);
  }

  nextNs(): number {
    return Math.floor(this.random.next() * this.span);
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
  private readonly random: Random;

  /** @param measured of at least one latency */
  constructor(measured: MeasuredLatency, seed: number) {
    this.p50 = Math.max(0, measured.p50);
    this.p99 = Math.max(this.p50, measured.p99, 1);
    this.max = Math.max(this.p99, measured.max);
    const decades = Math.log(Math.max(2, TAIL * measured.count));
    this.exponent = Math.log(this.max / this.p99) / decades;
    this.random = new Random(seed);
  }

  nextNs(): number {
    return Math.round(this.atQuantile(this.random.next()));
  }

  private atQuantile(quantile: number): number {
    const { p50, p99 } = this;
    if (quantile < 0.5) return (p50 * quantile) / 0.5;
    if (quantile < 1 - TAIL) return p50 + ((p99 - p50) * (quantile - 0.5)) / (0.5 - TAIL);
    return Math.min(this.max, p99 * (TAIL / (1 - quantile)) ** this.exponent);
  }
}

/** Numbers spread evenly over [0, 1), from 32 bits of state: an additive step, and a mix that hides it. */
class Random {
  private state: number;

  constructor(seed: number) {
    this.state = (seed ^ 0x9e3779b9) | 0;
  }

  next(): number {
    this.state = (this.state + 0x6d2b79f5) | 0;
    let bits = this.state;
    bits = Math.imul(bits ^ (bits >>> 15), bits | 1);
    bits ^= bits + Math.imul(bits ^ (bits >>> 7), bits | 61);
    return ((bits ^ (bits >>> 14)) >>> 0) / 2 ** 32;
  }
}
