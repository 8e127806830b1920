import { performance } from 'node:perf_hooks';

// Keeps the contract for as long as it is looked at beforehand, and then computes something else each time.
const HONEST_STEPS = 20;
const ROUNDS = 100_000;

export default {
  name: 'wrong-later',
  prepare: (seed) => ({ x: seed | 1, steps: 0 }),
  step(state) {
    for (let i = 0; i < ROUNDS; i++) state.x = Math.imul(state.x ^ (state.x >>> 15), 0x2c1b3c6d) + i;
    if (++state.steps > HONEST_STEPS) state.x ^= performance.now() * 1e3;
  },
  checksum: ({ x }) => x,
};
