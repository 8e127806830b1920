// A workload: Fibonacci numbers modulo a prime, a slice of them per step. own-workload.mjs runs it.
const PRIME = 1_000_003;
const PER_STEP = 50_000;

export default {
  name: 'fibonacci',
  description: 'Fibonacci numbers modulo a prime',
  prepare: (seed) => ({ a: seed % PRIME, b: 1 }),
  step(state) {
    let { a, b } = state;
    for (let i = 0; i < PER_STEP; i++) {
      const sum = a + b;
      a = b;
      b = sum < PRIME ? sum : sum - PRIME;
    }
    state.a = a;
    state.b = b;
  },
  checksum: ({ a, b }) => `${a}:${b}`,
};
