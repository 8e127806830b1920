import type { CounterKind } from '../counters.ts';

/** What credit1 counts beyond what all policies do. */
export const BOOSTS: CounterKind = {
  key: 'boosts',
  description: 'times that a wake-up raised the vCPU to BOOST',
};
