// The longest Collatz sequence below a limit, a slice of the numbers per step.
const NUMBERS_PER_STEP = 1000;

export default {
  name: 'collatz',
  description: 'longest Collatz sequence from a number below size',
  defaultSize: 1_000_000,
  prepare: (seed, size) => ({ n: 1 + (seed % size), size, longest: 0 }),
  step(state) {
    for (let i = 0; i < NUMBERS_PER_STEP; i++) {
      let length = 1;
      for (let x = state.n; x !== 1; length++) x = x & 1 ? 3 * x + 1 : x / 2;
      if (length > state.longest) state.longest = length;
      state.n = state.n + 1 < state.size ? state.n + 1 : 1;
    }
  },
  checksum: (state) => `${state.n}:${state.longest}`,
};
