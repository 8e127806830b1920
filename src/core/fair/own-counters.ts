import type { CounterKind } from '../counters.ts';

export const PREEMPTIONS: CounterKind = {
  key: 'preemptions',
  description: 'times that the vCPU came and took the pCPU from another one',
};
