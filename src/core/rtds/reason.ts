/** Why RTDS decides when it does, and how it chooses. For those who look on; the scheduler itself never asks. */
import { Choice, Reason } from '../reason.ts';
import { IDLE } from '../policy.ts';
import { type RtdsState, Stop } from './state.ts';

/** What asked for a decision on a pCPU, one bit each: several requests may collapse into one decision. */
export const Ask = {
  /** the slice timer: the budget that the current vCPU had when it was chosen is over */
  slice: 1,
  /** a vCPU waits that goes before the current one, or this pCPU is idle */
  tickle: 2,
  /** the current vCPU can't run any longer */
  stop: 4,
  /** the current vCPU yielded */
  yield: 8,
  /** the current vCPU may no longer run here */
  move: 16,
} as const;

export const RtdsReason = {
  ...Reason,
  /** the current vCPU has used up its budget, and may not go on */
  budgetOver: 5,
  /** the current vCPU has used up its budget, and goes on a level lower */
  levelOver: 6,
  /** the current vCPU was pinned elsewhere */
  moved: 7,
} as const;
export type RtdsReason = (typeof RtdsReason)[keyof typeof RtdsReason];

export const RtdsChoice = {
  ...Choice,
  /** the current vCPU, since nobody in the queue goes before it */
  kept: 3,
} as const;

/**
 * The one reason that explains a decision best: what became of the current vCPU comes before any timer.
 * @param asked bits of Ask @param isUsedUp the current vCPU was charged, and that used up its budget
 */
export function reasonOf(state: RtdsState, current: number, asked: number, isUsedUp: boolean): RtdsReason {
  if (current !== IDLE) {
    const stops = state.stops[current];
    if ((stops & Stop.paused) !== 0) return RtdsReason.paused;
    if (stops !== 0) return RtdsReason.blocked;
    if (isUsedUp) return state.isOut[current] === 1 ? RtdsReason.budgetOver : RtdsReason.levelOver;
  }
  if ((asked & Ask.move) !== 0) return RtdsReason.moved;
  if ((asked & Ask.yield) !== 0) return RtdsReason.yielded;
  return (asked & Ask.tickle) !== 0 ? RtdsReason.tickled : RtdsReason.sliceOver;
}
