/** What a run's result says about threads of vCPUs that weren't as they should have been. */
import { getSystemErrorName } from 'node:util';

export interface RanThread {
  /** of the vCPU */
  readonly id: string;
  /** false: its steps were still getting faster when the warm-up was given up */
  readonly isWarm: boolean;
  /** what the kernel said to SCHED_BATCH: a negated errno, or 0 */
  readonly batchClass: number;
}

export function vcpuWarnings(threads: readonly RanThread[]): string[] {
  const cold = threads.filter(({ isWarm }) => !isWarm);
  const refused = threads.filter(({ batchClass }) => batchClass < 0);
  return [
    ...(cold.length === 0
      ? []
      : [
          `${named(cold)}: steps were still getting faster when the warm-up ended, so the first ones of the run ` +
            'may have been slower than the rest',
        ]),
    ...(refused.length === 0
      ? []
      : [
          `${named(refused)}: the kernel refused SCHED_BATCH (${errorsOf(refused)}), so a vCPU that is woken may ` +
            'take its core before the one before it has gone to sleep',
        ]),
  ];
}

function named(threads: readonly RanThread[]): string {
  return threads.length <= 4 ? threads.map(({ id }) => id).join(', ') : `${String(threads.length)} vCPUs`;
}

function errorsOf(refused: readonly RanThread[]): string {
  return [...new Set(refused.map(({ batchClass }) => getSystemErrorName(batchClass)))].join(', ');
}
