/** Why credit1 decides when it does, and how it chooses. For those who look on; the scheduler itself never asks. */
import { IDLE } from '../policy.ts';
import { Choice, Reason } from '../reason.ts';
import { Flag, Stop, type CreditState } from './state.ts';

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

export const CreditReason = {
  ...Reason,
  /** the rate limit had put an earlier decision off until now */
  rateLimitOver: 5,
  /** the current vCPU is over its cap */
  parked: 6,
  /** the current vCPU goes to a better pCPU */
  moved: 7,
} as const;
export type CreditReason = (typeof CreditReason)[keyof typeof CreditReason];

export const CreditChoice = {
  ...Choice,
  /** the rate limit keeps the current vCPU; nobody looked at the queue */
  rateLimited: 3,
} as const;
export type CreditChoice = (typeof CreditChoice)[keyof typeof CreditChoice];

/**
 * The one reason that explains a decision best: what became of the current vCPU comes before any timer, and the end
 * of its slice before a tickle that came at the same moment.
 * @param asked bits of Ask; to be called before the decision changes flags and queues
 */
export function reasonOf(state: CreditState, asked: number, current: number): CreditReason {
  if (current !== IDLE) {
    const stops = state.stops[current];
    if ((stops & Stop.parked) !== 0) return CreditReason.parked;
    if ((stops & Stop.paused) !== 0) return CreditReason.paused;
    if ((stops & Stop.blocked) !== 0) return CreditReason.blocked;
    if ((stops & Stop.moving) !== 0) return CreditReason.moved;
    if ((state.flags[current] & Flag.yield) !== 0) return CreditReason.yielded;
  }
  if ((asked & Ask.slice) !== 0) return CreditReason.sliceOver;
  return (asked & Ask.tickle) !== 0 ? CreditReason.tickled : CreditReason.rateLimitOver;
}
