/** Why fair schedulers decide, and how they choose, in words. */
import type { ChoiceKind, ReasonKind } from '../policy-terms.ts';
import { Choice, CHOICES, Reason, REASONS } from '../reason.ts';

export const FairChoice = {
  ...Choice,
  /** the vCPU that ran goes on */
  kept: 3,
} as const;

export const FAIR_REASONS: readonly ReasonKind[] = REASONS.map((reason) => {
  switch (reason.value) {
    case Reason.sliceOver:
      return {
        ...reason,
        title: 'tick',
        began: 'a tick found that the one before had run for long enough',
        ended: 'a tick found that it had run for long enough',
      };
    case Reason.tickled:
      return {
        ...reason,
        began: 'it came, and goes before the one that ran',
        ended: 'one came that goes before it',
      };
    default:
      return reason;
  }
});

export const FAIR_CHOICES: readonly ChoiceKind[] = [
  ...CHOICES.map((choice) =>
    choice.value === Choice.queue ? { ...choice, words: "it was the first in the pCPU's own queue" } : choice,
  ),
  { value: FairChoice.kept, key: 'kept', words: 'it need not make way yet, or nobody else goes before it' },
];
