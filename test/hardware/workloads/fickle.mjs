// Breaks the contract: the same seed gives another checksum each time.
let calls = 0;

export default {
  name: 'fickle',
  prepare: () => ({ x: ++calls }),
  step(state) {
    for (let i = 0; i < 100_000; i++) state.x = (Math.imul(state.x, 1103515245) + 12345) >>> 0;
  },
  checksum: (state) => state.x,
};
