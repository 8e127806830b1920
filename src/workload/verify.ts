import { performance } from 'node:perf_hooks';
import type { Guest, Workload } from '../../workloads/contract.ts';
import { checksumOf, forecastOf, prepareState, stepOnce } from './run.ts';

/**
 * The checksum that a vCPU must have after `units` steps: by the workload's own forecast, or, where it has none, by doing
 * all the steps again (without the sleeps), which takes as long as the vCPU's CPU time.
 */
export function expectedChecksum(
  workload: Workload,
  seed: number,
  size: number,
  units: number,
): number | string {
  const forecast = forecastOf(workload, seed, size, units);
  if (forecast !== undefined) return forecast;
  const guest: Guest = { cpuNs: () => performance.now() * 1e6 };
  const state = prepareState(workload, seed, size);
  for (let done = 0; done < units; done++) stepOnce(workload, state, guest);
  return checksumOf(workload, state);
}
