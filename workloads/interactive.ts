import { inBursts } from './bursts.ts';

const PERIOD_NS = 10e6;

/** A guest that answers a user: a short burst, a long pause, like a server with a request every 10 ms. */
export default inBursts({
  name: 'interactive',
  description: 'every 10 ms, runs for size µs of CPU time and sleeps the rest',
  sizes: { min: 100, max: 9000 },
  endOf: ({ burstNs }) => PERIOD_NS - burstNs,
});
