/**
 * Why a pCPU decided when it did, and how it chose. Names and numbers for those who look on; the scheduler itself
 * never asks.
 */

/** What asked for a decision on a pCPU, one bit each: several requests may collapse into one decision. */
export const Ask = {
  /** the slice timer */
  slice: 1,
  /** the same timer, armed because the rate limit had put a decision off */
  rateLimit: 2,
  /** a vCPU was queued, and this pCPU tickled for it */
  tickle: 4,
  /** the current vCPU can't run any longer */
  stop: 8,
  /** the current vCPU yielded */
  yield: 16,
  /** a tick found a better pCPU for the current vCPU */
  move: 32,
} as const;

/** Why a decision was taken. */
export const Reason = {
  /** the current vCPU has had its slice */
  sliceOver: 0,
  /** the rate limit had put an earlier decision off until now */
  rateLimitOver: 1,
  /** a vCPU was queued that may preempt the current one, or that this idle pCPU is to fetch */
  tickled: 2,
  /** the current vCPU sleeps, or has done its work */
  blocked: 3,
  /** the current vCPU is over its cap */
  parked: 4,
  /** the current vCPU's VM was paused */
  paused: 5,
  /** the current vCPU lets others go first */
  yielded: 6,
  /** the current vCPU goes to a better pCPU */
  moved: 7,
} as const;
export type Reason = (typeof Reason)[keyof typeof Reason];

/** How the next vCPU was found. */
export const Choice = {
  /** the head of the pCPU's own queue, where the vCPU that ran had been put back if it still could run */
  queue: 0,
  /** out of another pCPU's queue */
  stolen: 1,
  /** the rate limit keeps the current vCPU; nobody looked at the queue */
  rateLimited: 2,
  /** nobody to run */
  nobody: 3,
} as const;
export type Choice = (typeof Choice)[keyof typeof Choice];
