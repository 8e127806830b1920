/**
 * How much CPU time a unit of a workload takes on this machine.
 *
 *     warm-up (compiles the code)            measurement
 *     |b|b|b|b|b ... two alike, or 400 ms   |batch 1|batch 2| ... |batch n|   →  median, spread
 *
 * The clock is the thread's CPU time, so what other programs take is not counted; sleeps that steps ask for are
 * skipped.
 */
import type { Guest, Workload } from '../../workloads/contract.ts';
import { quantileOfSorted } from '../analysis/quantiles.ts';
import { LabError } from '../base/errors.ts';
import type { Work } from './work.ts';
import { prepareState, stepOnce } from './run.ts';

export interface CalibrateOptions {
  /** CPU time to measure over, all batches together, ns. Default 200 ms. */
  readonly minNs?: number;
  /** Default 9. */
  readonly batches?: number;
  /** CPU time after which the measurement begins even if the code hasn't settled, ns. Default 400 ms. */
  readonly warmUpMostNs?: number;
}

/** For a rough idea, in about 100 ms of CPU time. */
export const BRIEFLY = { minNs: 40e6, batches: 4, warmUpMostNs: 100e6 } as const satisfies CalibrateOptions;

export interface Pace {
  /** CPU time of a unit: the median over the batches, ns */
  readonly nsPerUnit: number;
  readonly unitsPerSecond: number;
  /** half of the batches lie within a range of this width (interquartile range), percent of the median */
  readonly spreadPercent: number;
  readonly batches: number;
  readonly unitsPerBatch: number;
}

const WARMUP_BATCH_NS = 10e6;
/**
 * V8 compiles a step anew, with what it calls, when it has been called some hundred times: until then it looks settled.
 */
const WARMUP_MIN_NS = 150e6;
/** Two batches within 5 % of each other: the compiler has settled. */
const WARM = 0.05;
/** A clock that stands still for so many units will not move again. */
const MAX_BATCH_UNITS = 2 ** 22;

/**
 * Measures a workload. Synchronous: it burns the calling thread.
 * @param clock CPU time that the calling thread has consumed, ns
 * @throws LabError BAD_WORKLOAD if the workload fails, RUN_FAILED if the clock stands still
 */
export function calibrate(
  workload: Workload,
  seed: number,
  size: number,
  clock: () => number,
  { minNs = 200e6, batches = 9, warmUpMostNs = 400e6 }: CalibrateOptions = {},
): Pace {
  const guest: Guest = { cpuNs: clock, nowNs: clock };
  const state = prepareState(workload, seed, size);
  const measure = (units: number): number => {
    const startNs = clock();
    for (let i = 0; i < units; i++) stepOnce(workload, state, guest);
    return (clock() - startNs) / units;
  };
  const warmNs = warmUp(measure, warmUpMostNs);
  const unitsPerBatch = Math.max(1, Math.ceil(minNs / batches / warmNs));
  const samples = Array.from({ length: batches }, () => measure(unitsPerBatch)).sort((a, b) => a - b);
  const nsPerUnit = quantileOfSorted(samples, 0.5);
  return {
    nsPerUnit,
    unitsPerSecond: 1e9 / nsPerUnit,
    spreadPercent: (100 * (quantileOfSorted(samples, 0.75) - quantileOfSorted(samples, 0.25))) / nsPerUnit,
    batches,
    unitsPerBatch,
  };
}

/** Steps that make up this much work: at least one. */
export function unitsFor(work: Work, nsPerUnit: number): number {
  return work.kind === 'units' ? work.units : Math.max(1, Math.round(work.ns / nsPerUnit));
}

/** @returns ns per unit in the last batch */
function warmUp(measure: (units: number) => number, mostNs: number): number {
  let units = 1;
  let previous = Infinity;
  for (let spent = 0; ;) {
    const nsPerUnit = measure(units);
    const batchNs = nsPerUnit * units;
    spent += batchNs;
    const settled = Math.abs(nsPerUnit - previous) <= WARM * previous;
    if (spent >= mostNs || (spent >= WARMUP_MIN_NS && settled)) return nsPerUnit;
    if (batchNs >= WARMUP_BATCH_NS) previous = nsPerUnit;
    else if (units < MAX_BATCH_UNITS) units *= 2;
    else if (batchNs > 0) return nsPerUnit;
    else throw new LabError('RUN_FAILED', 'the CPU clock stands still: the workload cannot be calibrated');
  }
}
