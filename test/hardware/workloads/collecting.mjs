// Keeps many objects alive while it makes and drops others: full collections, which take some 10 ms in one piece.
const ALIVE = 300_000;
const PER_STEP = 3000;

export default {
  name: 'collecting',
  description: 'makes objects and drops them, beside many that live on',
  prepare: () => ({ alive: Array.from({ length: ALIVE }, (_, i) => ({ i })), at: 0, digest: 0 }),
  step(state) {
    for (let n = 0; n < PER_STEP; n++) {
      state.digest = (Math.imul(state.digest, 31) + state.alive[state.at].i) | 0;
      state.alive[state.at] = { i: (state.digest >>> 8) + n };
      state.at = (state.at + 1) % ALIVE;
    }
  },
  checksum: (state) => state.digest,
};
