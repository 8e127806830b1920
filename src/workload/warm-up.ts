/**
 * Runs a program until its code is compiled: until the CPU time of a step no longer falls.
 *
 *     CPU time │▇▇
 *     of a step│▇▇▇▅▅▅            interpreted, compiled in haste, compiled well
 *              │▇▇▇▇▇▇▇▂▂▂▂▂▂▂▂
 *              └───────┴──────▶   warm when as much again has been steady (warmUpEnd)
 */
import type { Guest, Workload } from '../../workloads/contract.ts';
import { warmUpEnd } from '../analysis/warm-up.ts';
import { stepOnce } from './run.ts';

export interface WarmUpBounds {
  /** CPU time to spend in any case, ns: a program may look steady before the compiler has begun */
  readonly leastNs: number;
  /** CPU time after which it is given up, ns */
  readonly mostNs: number;
}

/** Long enough for the clock, short enough for twenty of them in the time that a warm-up takes. */
const BATCH_NS = 0.5e6;
const LOOK_EVERY = 5;
/** A guest that sleeps is warm after so many sleeps: it hardly computes, and would never use the time up. */
const SLEEPS = 50;

/**
 * @param clock CPU time that the calling thread has consumed, ns
 * @returns whether it settled; false: it was given up
 */
export function warmUp(
  workload: Workload,
  state: unknown,
  clock: () => number,
  { leastNs, mostNs }: WarmUpBounds,
): boolean {
  const guest: Guest = { cpuNs: clock, nowNs: clock };
  const stepNs: number[] = [];
  const startNs = clock();
  let batchStartNs = startNs;
  let batchSteps = 0;
  for (let steps = 1; ; steps++) {
    const end = stepOnce(workload, state, guest);
    if (end > 0 && steps >= SLEEPS) return true;
    batchSteps++;
    const nowNs = clock();
    if (nowNs - batchStartNs >= BATCH_NS) {
      stepNs.push((nowNs - batchStartNs) / batchSteps);
      [batchStartNs, batchSteps] = [nowNs, 0];
      const isTime = stepNs.length % LOOK_EVERY === 0 && nowNs - startNs >= leastNs;
      if (isTime && warmUpEnd(stepNs) !== null) return true;
    }
    if (nowNs - startNs >= mostNs) return false;
  }
}
