import { inBursts } from './bursts.ts';

/** A guest that blocks for as long as it likes, after 1 ms of CPU time each time. */
export default inBursts({
  name: 'sleeper',
  description: 'runs for 1 ms of CPU time and sleeps for size µs, again and again',
  defaultSize: 9000,
  sizes: { min: 100, max: 10_000_000 },
  burstNs: 1e6,
  endOf: ({ sizeNs }) => sizeNs,
});
