/** How late a wait ends. */
export interface TimerLatency {
  /** ns after the instant that was waited for; a whole number */
  nextNs(): number;
}

/** Latencies spread evenly over 0..maxNs; the same seed gives the same ones. */
export class UniformLatency implements TimerLatency {
  private readonly span: number;
  private random: number;

  constructor(maxNs: number, seed: number) {
    this.span = maxNs + 1;
    this.random = (seed ^ 0x9e3779b9) | 0;
  }

  /** Marsaglia's xorshift over 32 bits, behind an additive step that keeps it off its fixed point 0. */
  nextNs(): number {
    this.random = (this.random + 0x6d2b79f5) | 0;
    let bits = this.random;
    bits = Math.imul(bits ^ (bits >>> 15), bits | 1);
    bits ^= bits + Math.imul(bits ^ (bits >>> 7), bits | 61);
    const unit = ((bits ^ (bits >>> 14)) >>> 0) / 2 ** 32;
    return Math.floor(unit * this.span);
  }
}
