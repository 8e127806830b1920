import type { VerifyMode } from '../testbed/testbed.ts';
import type { Work } from '../workload/work.ts';

/** CPU time of the steps that are verified of a program without an end. */
const PREFIX_NS = 0.5e9;
/** Where nobody knows how long a step takes. */
const UNKNOWN_STEPS = 1024;

/**
 * After how many steps a vCPU takes a checksum on its way, 0: it doesn't. A power of two, so that all vCPUs that run
 * the same program take it after the same one, and one replay serves them all, also when the program is calibrated
 * anew.
 *
 * @param nsPerUnit CPU time of a step, null: not known
 */
export function prefixUnits(mode: VerifyMode, work: Work | null, nsPerUnit: number | null): number {
  if (mode === 'none' || mode === 'whole' || (mode === 'auto' && work !== null)) return 0;
  if (nsPerUnit === null) return UNKNOWN_STEPS;
  return 2 ** Math.max(0, Math.round(Math.log2(PREFIX_NS / nsPerUnit)));
}

/**
 * What a thread that does steps again tells meanwhile, as doubles in shared memory. `units` is 0 until the first is
 * done.
 */
export const ReplayCell = { done: 0, units: 1, size: 2 } as const;
