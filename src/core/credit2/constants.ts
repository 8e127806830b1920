/** The quantities of Xen's credit2 scheduler, all whole numbers. Times in ns; a credit is a ns of the heaviest vCPU. */

export const US = 1_000;
export const MS = 1_000_000;

/** What a vCPU has at first, and what a reset adds. */
export const INITIAL_CREDIT = 10_000_000;

/** Burning ends here. */
export const LOWEST_CREDIT = -INITIAL_CREDIT;

/** The idle vCPU has less than anybody. */
export const IDLE_CREDIT = LOWEST_CREDIT - 1;

/** A reset leaves nobody more: the initial credit, and at most 500 µs of what was left. */
export const MOST_CREDIT = INITIAL_CREDIT + 500_000;

/** What a vCPU is given for coming from another pCPU, whose cache it leaves. */
export const MIGRATION_COMPENSATION = 50_000;

export const SHORTEST_SLICE_NS = 500 * US;
export const LONGEST_SLICE_NS = 10 * MS;

/** A wake-up may preempt so much before the rate limit is over. */
export const TICKLE_TOLERANCE_NS = 50 * US;

/** A vCPU of a capped VM takes at least that much of the pool at a time. */
export const LEAST_QUOTA_NS = 500 * US;

export const DEFAULT_WEIGHT = 256;

/** How long the machine has been idle at t = 0. */
export const DEFAULT_BOOT_NS = 900 * MS;
