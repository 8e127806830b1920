/** The quantities of Xen's credit1 scheduler. Times in ns, all of them integers. */

/** Priorities; the higher number wins. The idle vCPU is the lowest and is never accounted. */
export const Priority = { boost: 0, under: -1, over: -2, idle: -64 } as const;

export const US = 1_000;
export const MS = 1_000_000;

/** One credit is 100 µs of one pCPU: ten credits per millisecond. */
export const CREDIT_NS = 100_000;

/** Sub-credit remainders are kept in units of 100 ns: a credit per 10^6 of them, ten per ns. */
export const REMAINDER_PER_NS = 10;
export const REMAINDER_PER_CREDIT = 1_000_000;

/**
 * How long the machine has been idle at t = 0. A whole number of slices of the usual lengths, and long enough
 * that the load balancer's rate limit is over.
 */
export const DEFAULT_BOOT_NS = 900 * MS;

/** A slice has three ticks, or one if it is shorter than 3 ms. */
export function ticksPerSlice(tsliceNs: number): number {
  return tsliceNs < 3 * MS ? 1 : 3;
}

/** The tick period is cut to whole microseconds: 33 333 µs for a slice of 100 ms. */
export function tickPeriodNs(tsliceNs: number): number {
  return Math.floor(tsliceNs / US / ticksPerSlice(tsliceNs)) * US;
}

/**
 * The shortest slice timer. It is used when a reschedule comes in the instant in which the current vCPU was switched
 * in. Xen means 100 microseconds, but compares the bare number with nanoseconds. We do the same, so that traces agree.
 */
export const MIN_SLICE_TIMER_NS = 100;
