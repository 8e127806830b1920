import { performance } from 'node:perf_hooks';
import type { Guest, Workload } from '../../workloads/contract.ts';
import { checksumOf, forecastOf, prepareState, stepOnce } from './run.ts';

/**
 * The checksum that a vCPU must have after `units` steps: by the workload's own forecast, or, where it has none, by doing
 * all the steps again (without the sleeps), which takes as long as the vCPU's CPU time.
 *
 * @param onStep told after each step that was done again, with the number of all
 */
export function expectedChecksum(
  workload: Workload,
  seed: number,
  size: number,
  units: number,
  onStep: (done: number, units: number) => void = () => undefined,
): number | string {
  const forecast = forecastOf(workload, seed, size, units);
  if (forecast !== undefined) return forecast;
  const guest: Guest = { cpuNs: () => performance.now() * 1e6 };
  const state = prepareState(workload, seed, size);
  for (let done = 0; done < units;) {
    stepOnce(workload, state, guest);
    onStep(++done, units);
  }
  return checksumOf(workload, state);
}
