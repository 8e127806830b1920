/** Why credit2 decides when it does, and how it chooses. For those who look on; the scheduler itself never asks. */
import { IDLE } from '../policy.ts';
import { Choice, Reason } from '../reason.ts';
import { type Credit2State, Flag, Stop } from './state.ts';

/** What asked for a decision on a pCPU, one bit each: several requests may collapse into one decision. */
export const Ask = {
  /** the slice timer */
  slice: 1,
  /** a vCPU was queued, or the current one should stop: the pCPU was tickled */
  tickle: 2,
  /** the current vCPU blocked or yielded */
  guest: 4,
} as const;

export const Credit2Reason = {
  ...Reason,
  /** the current vCPU has no budget left, and its VM's pool is empty */
  parked: 5,
  /** the current vCPU goes to another runqueue or pCPU */
  moved: 6,
} as const;
export type Credit2Reason = (typeof Credit2Reason)[keyof typeof Credit2Reason];

export const Credit2Choice = {
  ...Choice,
  /** the rate limit keeps the current vCPU; nobody looked at the queue */
  rateLimited: 3,
  /** nobody in the queue had enough more credit than the current vCPU */
  kept: 4,
} as const;
export type Credit2Choice = (typeof Credit2Choice)[keyof typeof Credit2Choice];

/**
 * The one reason that explains a decision best: what became of the current vCPU comes before the end of its slice, and
 * that before a tickle that came at the same moment.
 * @param asked bits of Ask; to be called when the current vCPU has been parked, if it is to be, and before the decision
 *   changes flags
 */
export function reasonOf(state: Credit2State, asked: number, current: number): Credit2Reason {
  if (current !== IDLE) {
    const stops = state.stops[current];
    if ((stops & Stop.blocked) !== 0) return Credit2Reason.blocked;
    if ((stops & Stop.paused) !== 0) return Credit2Reason.paused;
    if ((stops & Stop.parked) !== 0) return Credit2Reason.parked;
    if ((stops & Stop.moving) !== 0) return Credit2Reason.moved;
    if ((state.flags[current] & Flag.yield) !== 0) return Credit2Reason.yielded;
  }
  return (asked & Ask.slice) !== 0 ? Credit2Reason.sliceOver : Credit2Reason.tickled;
}
