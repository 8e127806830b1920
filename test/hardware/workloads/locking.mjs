// Spends its steps in and out of a lock that all threads of the process share: V8 keeps one list of waiters for all of
// them, and Atomics.notify() looks into it. A thread that is paused in there keeps every other one that calls it
// waiting.
const CALLS = 500;
/** Between two calls, so that the lock is free most of the time and nobody waits long for want of luck. */
const ROUNDS = 150;

export default {
  name: 'locking',
  description: 'takes and gives back a lock of V8',
  prepare() {
    return { cell: new Int32Array(new SharedArrayBuffer(4)), woken: 0, steps: 0, mixed: 0 };
  },
  step(state) {
    let mixed = state.steps;
    for (let i = 0; i < CALLS; i++) {
      state.woken += Atomics.notify(state.cell, 0);
      for (let n = 0; n < ROUNDS; n++) mixed = (Math.imul(mixed, 31) + n) | 0;
    }
    state.mixed = mixed;
    state.steps++;
  },
  checksum(state) {
    return state.steps + state.woken;
  },
  expected(_seed, _size, units) {
    return units;
  },
};
