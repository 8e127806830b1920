/** What the quotas of this process's control groups did: how often, and for how long, they stopped it. */
import { join } from 'node:path';
import { groupFolders } from '../cpus/control-groups.ts';
import { readText } from '../base/files.ts';

export interface Throttled {
  /** periods, mostly of 100 ms, in which the quota was used up */
  readonly periods: number;
  /** summed over all CPUs, ns */
  readonly ns: number;
}

/** Per control group that counts them, so far. */
export type ThrottleCounts = ReadonlyMap<string, Throttled>;

/** @param root prefix for /proc and /sys, for invented hosts in tests */
export function readThrottling(root = '/'): ThrottleCounts {
  const counts = new Map<string, Throttled>();
  for (const { version, path } of groupFolders(root, 'cpu')) {
    const stat = readText(join(path, 'cpu.stat')) ?? '';
    const field = (name: string): number =>
      Number(new RegExp(`^${name} (\\d+)$`, 'm').exec(stat)?.[1] ?? NaN);
    const periods = field('nr_throttled');
    const ns = version === 2 ? 1000 * field('throttled_usec') : field('throttled_time');
    if (!Number.isNaN(periods + ns)) counts.set(path, { periods, ns });
  }
  return counts;
}

/**
 * Of the group that was stopped the longest: one that is stopped stops all below it, so that they aren't added up.
 * @returns null where no group counts
 */
export function throttledBetween(before: ThrottleCounts, after: ThrottleCounts): Throttled | null {
  let most: Throttled | null = null;
  for (const [path, { periods, ns }] of after) {
    const from = before.get(path);
    // One that came later: the process was moved.
    if (from === undefined) continue;
    const grown = { periods: periods - from.periods, ns: ns - from.ns };
    if (most === null || grown.ns > most.ns || (grown.ns === most.ns && grown.periods > most.periods))
      most = grown;
  }
  return most;
}
