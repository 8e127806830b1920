import { inBursts } from './bursts.ts';

/**
 * A guest that never sleeps and lets others go first after each burst, as a program that calls sched_yield in a loop.
 */
export default inBursts({
  name: 'polite',
  description: 'yields after every size µs of CPU time, and never sleeps',
  sizes: { min: 100, max: 20_000 },
  endOf: () => 'yield',
});
