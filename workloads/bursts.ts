import type { SizeRange, StepEnd, Workload } from './contract.ts';
import { fold, foldCycle, shown, startDigest } from './digest.ts';

const NS_PER_US = 1e3;
/** Rounds in a unit: about 25 µs, far less than a burst, so that bursts end on time. */
const ROUNDS = 2 ** 13;

/** A guest that computes in bursts of `size` µs of CPU time, and lets go of its pCPU after each. */
export interface BurstGuest {
  readonly name: string;
  readonly description: string;
  readonly sizes: SizeRange;
  /** What a step returns that ends a burst. */
  readonly endOf: (burstNs: number) => StepEnd;
}

export interface Bursts {
  readonly seed: number;
  readonly burstNs: number;
  /** CPU time at which the burst ends; negative until the first step */
  burstEndNs: number;
  digest: number;
}

/** Makes a workload of such a guest: how long bursts are decides when it lets go, and nothing about the checksum. */
export function inBursts({ name, description, sizes, endOf }: BurstGuest): Workload<Bursts> {
  return {
    name,
    description,
    defaultSize: 1000,
    sizes,
    prepare: (seed, size) => ({
      seed,
      burstNs: size * NS_PER_US,
      burstEndNs: -1,
      digest: startDigest(seed, size),
    }),
    step(state, guest) {
      if (state.burstEndNs < 0) state.burstEndNs = guest.cpuNs() + state.burstNs;
      state.digest = fold(state.digest, spin(state.seed));
      if (guest.cpuNs() < state.burstEndNs) return undefined;
      // From the planned end, not from now: what one burst ran over, the next runs less.
      state.burstEndNs += state.burstNs;
      return endOf(state.burstNs);
    },
    checksum: (state) => shown(state.digest),
    expected: (seed, size, units) => shown(foldCycle(seed, size, Int32Array.of(spin(seed)), units)),
  };
}

/** What a unit computes: the same for the same seed, so that only the number of units matters. */
function spin(seed: number): number {
  let x = seed | 1;
  for (let i = 0; i < ROUNDS; i++) x = Math.imul(x ^ (x >>> 15), 0x2c1b3c6d) ^ i;
  return x;
}
