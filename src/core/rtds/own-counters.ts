import type { CounterKind } from '../counters.ts';

/** What RTDS counts beyond what all policies do. */
export const DEPLETIONS: CounterKind = {
  key: 'depletions',
  description: 'times that the vCPU had used up its budget',
};
