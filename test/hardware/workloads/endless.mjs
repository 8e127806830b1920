// A step that never returns.
export default {
  name: 'endless',
  prepare: () => ({ x: 1 }),
  step(state) {
    for (;;) state.x = (Math.imul(state.x, 1103515245) + 12345) >>> 0;
  },
  checksum: (state) => state.x,
};
