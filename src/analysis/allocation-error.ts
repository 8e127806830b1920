/**
 * How far what somebody was given is from what it was owed, by how long one looks: the allocation error that
 * Cherkasova, Gupta and Vahdat plot (Comparison of the Three CPU Schedulers in Xen, Performance Evaluation Review 35,
 * 2007).
 *
 * A scheduler hands a CPU out in whole slices, so over less than a slice everybody has all or nothing, and over long
 * enough everybody has its share. A window of each length slides over the run, a tenth of its length at a time; it
 * counts if its owner wanted to run from its beginning to its end. The error is |given − owed| ÷ owed, on average over
 * the windows that count.
 *
 *     two hogs, 1:1, 30 ms each    A ██████░░░░░░██████░░░░░░██████
 *     10 ms                          ├─┤ all or nothing, mostly: 83 %
 *     30 ms                          ├────┤ from all to nothing: 50 %
 *     60 ms                          ├──────────┤ always half: 0 %
 */
import type { CpuTime } from './cpu-time.ts';

/** 10 ms to 10 s, three to a power of ten. */
export const WINDOWS_NS: readonly number[] = [10, 20, 50, 100, 200, 500, 1000, 2000, 5000, 10_000].map(
  (ms) => ms * 1e6,
);

/** A window begins after each such part of its length, counted from 0. */
const STEPS = 10;

export interface Allocation {
  /** what it was given, and what it was owed */
  readonly given: CpuTime;
  readonly owed: CpuTime;
  /** when it wanted to run: apart from one another, in order of time */
  readonly wanted: readonly { readonly fromNs: number; readonly toNs: number }[];
}

export interface AllocationError {
  readonly windowNs: number;
  /** windows that count */
  readonly count: number;
  /** on average over them, percent of what was owed */
  readonly percent: number;
}

/** @returns for each length for which a window counts: where it never wanted to run for so long, there is none */
export function allocationErrors(
  { given, owed, wanted }: Allocation,
  windowsNs: readonly number[] = WINDOWS_NS,
): AllocationError[] {
  return windowsNs.flatMap((windowNs) => {
    const stepNs = windowNs / STEPS;
    let [count, sum] = [0, 0];
    for (const { fromNs, toNs } of wanted) {
      // By its number, so that starts don't drift.
      for (let step = Math.ceil(fromNs / stepNs); step * stepNs + windowNs <= toNs; step++) {
        const [beginNs, endNs] = [step * stepNs, step * stepNs + windowNs];
        const owedNs = owed.at(endNs) - owed.at(beginNs);
        if (owedNs <= 0) continue;
        sum += Math.abs(given.at(endNs) - given.at(beginNs) - owedNs) / owedNs;
        count++;
      }
    }
    return count === 0 ? [] : [{ windowNs, count, percent: (100 * sum) / count }];
  });
}
