/** How long each pause of a vCPU is put off, because it lies in a stretch that can't be paused. */
export interface PutOffs {
  /** ns from the instant at which it should have left; mostly 0 */
  nextNs(vcpu: number): number;
}

/** The pauses of a vCPU in a run on real cores. */
export interface MeasuredPauses {
  /** how many, those put off included */
  readonly pauses: number;
  /** [which of them, from 0; ns], in order */
  readonly putOffs: readonly (readonly [number, number])[];
}

/**
 * The pauses of each vCPU are put off as they were in a run, one after the other; when there are more of them than in
 * that run, it begins again from the first.
 *
 * They come in the order of the run, not at random. The CPU time that a program has used decides when it collects its
 * garbage, and also when its slices end. So the two may meet in every second slice, and never in the first one after a
 * debt.
 */
export class MeasuredPutOffs implements PutOffs {
  private readonly measured: readonly MeasuredPauses[];
  /** Index vCPU: pauses so far, and how many of the list are behind them, both of the round under way. */
  private readonly count: Float64Array;
  private readonly passed: Float64Array;

  /** @param measured per vCPU */
  constructor(measured: readonly MeasuredPauses[]) {
    this.measured = measured;
    this.count = new Float64Array(measured.length);
    this.passed = new Float64Array(measured.length);
  }

  nextNs(vcpu: number): number {
    const { pauses, putOffs } = this.measured[vcpu];
    if (putOffs.length === 0) return 0;
    if (this.count[vcpu] >= pauses) {
      this.count[vcpu] = 0;
      this.passed[vcpu] = 0;
    }
    const [pause, ns] = putOffs[Math.min(this.passed[vcpu], putOffs.length - 1)];
    if (pause !== this.count[vcpu]++) return 0;
    this.passed[vcpu]++;
    return ns;
  }
}
