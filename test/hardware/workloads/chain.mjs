// A chain of numbers, each from the one before: nobody knows its end without walking along.
const ROUNDS = 100_000;

export default {
  name: 'chain',
  prepare: (seed) => ({ x: seed | 1 }),
  step(state) {
    let x = state.x;
    for (let i = 0; i < ROUNDS; i++) x = Math.imul(x ^ (x >>> 15), 0x2c1b3c6d) + i;
    state.x = x;
  },
  checksum: ({ x }) => x,
};
