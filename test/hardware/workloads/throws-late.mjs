// Keeps the contract for a while, then throws.
export default {
  name: 'throws-late',
  prepare: () => ({ x: 1, startNs: -1 }),
  step(state, guest) {
    if (state.startNs < 0) state.startNs = guest.cpuNs();
    const isLate = guest.cpuNs() - state.startNs > 250e6;
    for (let i = 0; i < 30_000; i++) state.x = (Math.imul(state.x, 1103515245) + 12345) >>> 0;
    if (isLate) throw new Error('enough is enough');
  },
  checksum: (state) => state.x,
};
