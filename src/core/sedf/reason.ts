/** Why SEDF decides when it does, and how it chooses. For those who look on; the scheduler itself never asks. */
import { IDLE } from '../policy.ts';
import type { ChoiceKind, ReasonKind } from '../policy-terms.ts';
import { Choice, Reason, REASONS } from '../reason.ts';
import { chargeOf, isExtra, Stop, type SedfState } from './state.ts';

/** What asked for a decision on a pCPU, one bit each: several requests may collapse into one decision. */
export const Ask = { timer: 1, wake: 2, stop: 4, yield: 8, move: 16 } as const;

export const SedfReason = {
  ...Reason,
  /** the period of a vCPU begins that has a reservation, or that only waits for one */
  periodBegins: 5,
  /** a piece of extra time is over */
  quantumOver: 6,
  /** the current vCPU goes to another pCPU */
  moved: 7,
} as const;
export type SedfReason = (typeof SedfReason)[keyof typeof SedfReason];

export const SedfChoice = {
  nobody: Choice.nobody,
  reservation: 3,
  /** extra time, out of L0 */
  compensation: 4,
  /** extra time, out of L1 */
  extra: 5,
  /** too short until the next period begins */
  gap: 6,
} as const;
export type SedfChoice = (typeof SedfChoice)[keyof typeof SedfChoice];

const [sliceOver, tickled, blocked, paused, yielded] = REASONS;

export const SEDF_REASONS: readonly ReasonKind[] = [
  {
    ...sliceOver,
    began: 'the reserved slice of the one before was used up',
    ended: 'its reserved slice was used up',
  },
  {
    ...tickled,
    key: 'woken',
    title: 'woken',
    began: 'a vCPU woke up, and the pCPU was told to look',
    ended: 'it was preempted when another vCPU woke up',
  },
  blocked,
  paused,
  yielded,
  {
    value: SedfReason.periodBegins,
    key: 'periodBegins',
    title: 'period begins',
    lossTitle: 'preempted',
    began: "a vCPU's period began",
    ended: "it was preempted when another vCPU's period began",
    after: 'preempted',
  },
  {
    value: SedfReason.quantumOver,
    key: 'quantumOver',
    title: 'extra time over',
    began: 'the piece of extra time of the one before was over',
    ended: 'its piece of extra time was over',
    after: 'requeued',
  },
  {
    value: SedfReason.moved,
    key: 'moved',
    title: 'moved',
    began: 'the one before went to another pCPU',
    ended: 'it went to another pCPU',
    after: 'requeued',
  },
];

export const SEDF_CHOICES: readonly ChoiceKind[] = [
  {
    value: SedfChoice.reservation,
    key: 'reservation',
    words: 'it had the earliest deadline of those with reserved time left',
  },
  {
    value: SedfChoice.compensation,
    key: 'compensation',
    words: 'it had extra time to make up for reserved time that it lost by blocking (L0)',
  },
  { value: SedfChoice.extra, key: 'extra', words: 'it had extra time, with the lowest score (L1)' },
  { value: SedfChoice.nobody, key: 'nobody', words: 'there was nobody else' },
  {
    value: SedfChoice.gap,
    key: 'gap',
    words: 'the next period began in less than 0.5 ms, too soon for a piece of extra time',
  },
];

/**
 * The one reason that explains a decision best: what became of the current vCPU comes before any timer, and a timer
 * before a wake-up that came at the same moment.
 * @param asked bits of Ask; to be called before the decision changes anything
 */
export function reasonOf(state: SedfState, pcpu: number, nowNs: number, cpuNs: number): SedfReason {
  const asked = state.asked[pcpu];
  const current = state.current[pcpu];
  if (current !== IDLE) {
    const stops = state.stops[current];
    if ((stops & Stop.paused) !== 0) return SedfReason.paused;
    if ((stops & (Stop.blocked | Stop.absent)) !== 0) return SedfReason.blocked;
    if ((stops & Stop.moving) !== 0) return SedfReason.moved;
    if ((asked & Ask.yield) !== 0) return SedfReason.yielded;
  }
  if ((asked & Ask.timer) === 0) return SedfReason.tickled;
  if (current === IDLE) return SedfReason.periodBegins;
  if (isExtra(state.stint[pcpu])) return SedfReason.quantumOver;
  const usedNs = state.usedNs[current] + chargeOf(state, current, nowNs, cpuNs);
  return usedNs >= state.sliceNs[current] ? SedfReason.sliceOver : SedfReason.periodBegins;
}
