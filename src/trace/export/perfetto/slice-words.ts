/** Why a slice began and ended, in few words: each is told many thousand times. */
import { Choice, Reason } from '../../../core/reason.ts';
import { Left } from '../../record.ts';

/** Why a pCPU came to decide, seen from the vCPU that it chose. */
export const WHY_BEGAN: Readonly<Record<Reason, string>> = {
  [Reason.sliceOver]: 'the slice before was over',
  [Reason.rateLimitOver]: 'the rate limit of the vCPU before was over',
  [Reason.tickled]: 'a vCPU was queued',
  [Reason.blocked]: 'the vCPU before blocked or finished',
  [Reason.parked]: 'the vCPU before was parked by its cap',
  [Reason.paused]: 'the VM before was paused',
  [Reason.yielded]: 'the vCPU before yielded',
  [Reason.moved]: 'the vCPU before moved to a better pCPU',
};

/** Why a pCPU came to decide, seen from the vCPU that it ran. */
export const WHY_ENDED: Readonly<Record<Reason, string>> = {
  [Reason.sliceOver]: 'its slice was over',
  [Reason.rateLimitOver]: 'preempted when its rate limit was over',
  [Reason.tickled]: 'preempted by a vCPU that was queued',
  [Reason.blocked]: 'it blocked or finished',
  [Reason.parked]: 'parked by its cap',
  [Reason.paused]: 'its VM was paused',
  [Reason.yielded]: 'it yielded',
  [Reason.moved]: 'it moved to a better pCPU',
};

export const HOW_CHOSEN: Readonly<Record<Choice, string>> = {
  [Choice.queue]: 'head of the queue',
  [Choice.stolen]: "stolen from another pCPU's queue",
  [Choice.rateLimited]: 'kept by the rate limit',
  [Choice.nobody]: 'nobody to run',
};

const HOW_LEFT: Readonly<Record<number, string>> = {
  [Left.paused]: 'paused by the scheduler',
  [Left.blocked]: 'blocked',
  [Left.done]: 'finished',
};

export const TRACE_ENDED = 'the trace ended';

/** @param why as in Left; null: the trace ended first */
export function howLeft(why: number | null): string {
  return why === null ? TRACE_ENDED : (HOW_LEFT[why] ?? 'unknown');
}
