import { inBursts } from './bursts.ts';

const PERIOD_NS = 10e6;

/**
 * A guest with a task that is due every 10 ms, whenever it was done the last time. `interactive` sleeps from when it is
 * done, so that every delay moves all that follows; this one keeps step with whatever else happens every 10 ms.
 */
export default inBursts({
  name: 'periodic',
  description: 'is due every 10 ms, and runs for size µs of CPU time; what is overdue begins at once',
  sizes: { min: 100, max: 9900 },
  endOf(bursts, guest) {
    const nowNs = guest.nowNs();
    bursts.dueNs = Math.max(bursts.dueNs + PERIOD_NS, nowNs);
    // Who is late lets go all the same: that is what the wake-up after a sleep of next to nothing is.
    return Math.max(1, bursts.dueNs - nowNs);
  },
});
