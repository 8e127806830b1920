export interface Rate {
  readonly perSecond: number;
  /** so many at once, after a pause */
  readonly burst: number;
}

/** Lets things through at a bounded rate: a bucket of tokens that fills steadily. */
export class RateLimit {
  private readonly rate: Rate;
  private readonly nowMs: () => number;
  private tokens: number;
  private filledMs: number;

  constructor(rate: Rate, nowMs: () => number = () => performance.now()) {
    this.rate = rate;
    this.nowMs = nowMs;
    this.tokens = rate.burst;
    this.filledMs = nowMs();
  }

  /** @returns whether one more may pass now */
  pass(): boolean {
    const { perSecond, burst } = this.rate;
    const nowMs = this.nowMs();
    this.tokens = Math.min(burst, this.tokens + ((nowMs - this.filledMs) * perSecond) / 1000);
    this.filledMs = nowMs;
    if (this.tokens < 1) return false;
    this.tokens--;
    return true;
  }
}
