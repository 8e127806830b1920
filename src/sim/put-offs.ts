import { MeasuredLatencies, type MeasuredLatency } from './latency.ts';
import { mulberry32 } from '../random.ts';

/** How long each pause of a vCPU is put off, because it lies in a stretch that can't be paused. */
export interface PutOffs {
  /** ns from the instant at which it should have left; mostly 0 */
  nextNs(vcpu: number): number;
}

/** The pauses of a vCPU in a run on real cores. */
export interface MeasuredPauses {
  /** how many, those put off included */
  readonly pauses: number;
  /** of those put off */
  readonly putOffNs: MeasuredLatency['buckets'];
}

/** As often and as long as it was measured, each vCPU by its own figures; the same seed gives the same ones. */
export class MeasuredPutOffs implements PutOffs {
  private readonly chance: Float64Array;
  private readonly lengths: readonly MeasuredLatencies[];
  private readonly random: () => number;

  /** @param measured per vCPU */
  constructor(measured: readonly MeasuredPauses[], seed: number) {
    this.chance = Float64Array.from(measured, ({ pauses, putOffNs }) => {
      const count = putOffNs.reduce((sum, [, each]) => sum + each, 0);
      return pauses === 0 ? 0 : Math.min(1, count / pauses);
    });
    this.lengths = measured.map(
      ({ putOffNs }, vcpu) => new MeasuredLatencies({ buckets: putOffNs, max: Infinity }, seed + 3 + vcpu),
    );
    this.random = mulberry32(seed ^ 0x51ed270b);
  }

  nextNs(vcpu: number): number {
    return this.random() < this.chance[vcpu] ? this.lengths[vcpu].nextNs() : 0;
  }
}
