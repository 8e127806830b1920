import type { SizeRange, Workload } from './contract.ts';
import { fold, foldCycle, shown, startDigest } from './digest.ts';

/**
 * A kernel whose units go round in a cycle: unit `period` repeats unit 0 from the same data. So the checksum of
 * millions of units is known after computing one cycle.
 */
export interface CyclicKernel<Work> {
  readonly name: string;
  readonly description: string;
  readonly defaultSize: number;
  readonly sizes: SizeRange;
  /** Units in a cycle; 1 when absent: every unit solves the same problem. */
  period?(size: number): number;
  prepare(seed: number, size: number): Work;
  /**
   * Do the unit at `index` of the cycle, 0 ≤ index < period, always called in this order. Returns its result as an
   * int32.
   */
  unit(work: Work, index: number): number;
}

/** Where a vCPU stands in its cycle. */
export interface Cycle<Work> {
  readonly work: Work;
  readonly period: number;
  index: number;
  digest: number;
}

/** Makes a workload of a cyclic kernel: counts, folds the results, and knows the checksum beforehand. */
export function cyclic<Work>(
  kernel: CyclicKernel<Work>,
): Workload<Cycle<Work>> & { readonly description: string } {
  const periodOf = (size: number): number => kernel.period?.(size) ?? 1;
  return {
    name: kernel.name,
    description: kernel.description,
    defaultSize: kernel.defaultSize,
    sizes: kernel.sizes,
    prepare: (seed, size) => ({
      work: kernel.prepare(seed, size),
      period: periodOf(size),
      index: 0,
      digest: startDigest(seed, size),
    }),
    step(cycle) {
      cycle.digest = fold(cycle.digest, kernel.unit(cycle.work, cycle.index));
      cycle.index = cycle.index + 1 === cycle.period ? 0 : cycle.index + 1;
    },
    checksum: (cycle) => shown(cycle.digest),
    expected(seed, size, units) {
      const work = kernel.prepare(seed, size);
      const results = new Int32Array(Math.min(periodOf(size), units));
      for (let i = 0; i < results.length; i++) results[i] = kernel.unit(work, i);
      return shown(foldCycle(seed, size, results, units));
    },
  };
}
