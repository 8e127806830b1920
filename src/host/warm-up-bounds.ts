import type { WarmUpBounds } from '../workload/warm-up.ts';

/**
 * CPU time per thread for getting a program compiled. It ends as soon as the steps no longer get faster; these are the
 * bounds. The lower one is where a step has been called some hundred times, and is compiled for the last time. Where
 * there are many threads it is cut, so that all of them together take so much on each pCPU before the common start.
 */
const MOST_NS = 240e6;
const LEAST_NS = 120e6;
const TOTAL_NS = 400e6;
const NEEDED_NS = 5e6;

export function warmUpBounds(vcpuCount: number, pcpuCount: number): WarmUpBounds {
  const perThreadNs = (TOTAL_NS * pcpuCount) / vcpuCount;
  const mostNs = Math.min(MOST_NS, Math.max(NEEDED_NS, perThreadNs));
  return { leastNs: Math.min(LEAST_NS, mostNs / 2), mostNs };
}
