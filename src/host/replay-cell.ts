/** What a thread that does steps again tells meanwhile, as doubles in shared memory. `units` is 0 until the first is done. */
export const ReplayCell = { done: 0, units: 1, size: 2 } as const;
