import type { Workload } from './contract.ts';
import { fold, foldCycle, shown, startDigest } from './digest.ts';

const NS_PER_MS = 1e6;

interface Idler {
  readonly sleepNs: number;
  digest: number;
}

/** A guest with nothing to do: asleep but for a few microseconds every `size` ms. */
const idle: Workload<Idler> = {
  name: 'idle',
  description: 'no work: wakes every size ms and goes to sleep again at once',
  defaultSize: 1000,
  sizes: { min: 1, max: 3_600_000 },
  prepare: (seed, size) => ({ sleepNs: size * NS_PER_MS, digest: startDigest(seed, size) }),
  step(state) {
    state.digest = fold(state.digest, 1);
    return state.sleepNs;
  },
  checksum: (state) => shown(state.digest),
  expected: (seed, size, units) => shown(foldCycle(seed, size, Int32Array.of(1), units)),
};

export default idle;
