import { performance } from 'node:perf_hooks';
import type { Guest, Workload } from '../../workloads/contract.ts';
import { contractError } from './workload-error.ts';
import { checksumOf, forecastOf, prepareState, stepOnce } from './run.ts';

const STEPS = 3;
/** After so long no further step is begun; a step itself can't be interrupted. */
const PATIENCE_MS = 1000;

/**
 * Runs a workload twice from the same seed and compares: what the lab verifies later must be a function of seed, size
 * and steps, and of nothing else, such as who has asked for it before. Takes about a second at most, unless a single
 * `prepare` or step takes longer.
 * @param size resolved already
 * @returns how many steps each run did, and their common checksum
 * @throws LabError BAD_WORKLOAD
 */
export function checkContract(
  workload: Workload,
  seed: number,
  size: number,
): { readonly units: number; readonly checksum: number | string } {
  const first = trial(workload, seed, size, STEPS);
  // A lab may ask in the middle of a run, too, and nothing may come of it.
  const second = trial(workload, seed, size, first.units, true);
  if (first.checksum !== second.checksum) {
    if (trial(workload, seed, size, first.units).checksum === first.checksum) {
      throw contractError(`workload ${workload.name}: asking for the checksum changes what comes after`, {
        expected: `${first.checksum} after ${first.units} steps`,
        got: `${second.checksum} when it was asked for after the first step, too`,
        hint: 'checksum must only read the state; results are added up in step',
      });
    }
    throw contractError(`workload ${workload.name}: checksum differs between two runs with the same seed`, {
      expected: `${first.checksum} after ${first.units} steps again`,
      got: String(second.checksum),
      hint: 'all randomness must come from the seed, and all state must be built in prepare',
    });
  }
  const forecast = forecastOf(workload, seed, size, first.units);
  if (forecast !== undefined && forecast !== first.checksum) {
    throw contractError(`workload ${workload.name}: expected() and checksum() disagree`, {
      expected: `${forecast} after ${first.units} steps`,
      got: String(first.checksum),
    });
  }
  return first;
}

function trial(
  workload: Workload,
  seed: number,
  size: number,
  steps: number,
  asksEarly = false,
): { readonly units: number; readonly checksum: number | string } {
  const start = performance.now();
  const clock = (): number => (performance.now() - start) * 1e6;
  const guest: Guest = { cpuNs: clock, nowNs: clock };
  const state = prepareState(workload, seed, size);
  const prepared = performance.now();
  let units = 0;
  do {
    stepOnce(workload, state, guest);
    units++;
    if (asksEarly && units === 1) checksumOf(workload, state);
  } while (units < steps && performance.now() - prepared < PATIENCE_MS);
  const checksum = checksumOf(workload, state);
  if (checksumOf(workload, state) !== checksum) {
    throw contractError(`workload ${workload.name}: checksum changes when it is asked for twice`, {
      hint: 'checksum must only read the state; results are added up in step',
    });
  }
  return { units, checksum };
}
