import { IDLE } from '../policy.ts';
import { Ask, Reason } from '../reason.ts';
import { Flag, Stop, type CreditState } from './state.ts';

/**
 * The one reason that explains a decision best: what became of the current vCPU comes before any timer, and the end
 * of its slice before a tickle that came at the same moment.
 * @param asked bits of Ask; to be called before the decision changes flags and queues
 */
export function reasonOf(state: CreditState, asked: number, current: number): Reason {
  if (current !== IDLE) {
    const stops = state.stops[current];
    if ((stops & Stop.parked) !== 0) return Reason.parked;
    if ((stops & Stop.paused) !== 0) return Reason.paused;
    if ((stops & Stop.blocked) !== 0) return Reason.blocked;
    if ((stops & Stop.moving) !== 0) return Reason.moved;
    if ((state.flags[current] & Flag.yield) !== 0) return Reason.yielded;
  }
  if ((asked & Ask.slice) !== 0) return Reason.sliceOver;
  return (asked & Ask.tickle) !== 0 ? Reason.tickled : Reason.rateLimitOver;
}
