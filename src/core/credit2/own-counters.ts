import type { CounterKind } from '../counters.ts';

/** What credit2 counts beyond what all policies do. */
export const PARKS: CounterKind = {
  key: 'parks',
  description: "times that the vCPU was parked, because its VM's pool was empty",
};

export const RESETS: CounterKind = {
  key: 'resets',
  description: 'times that the vCPU was given new credit by a reset of its runqueue',
};
