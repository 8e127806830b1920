import type { Guest, SizeRange, StepEnd, Workload } from './contract.ts';
import { fold, foldCycle, shown, startDigest } from './digest.ts';

const NS_PER_US = 1e3;
/** Rounds in a unit: about 25 µs, far less than a burst, so that bursts end on time. */
const ROUNDS = 2 ** 13;

/** A guest that computes in bursts of CPU time, and lets go of its pCPU after each. Its size is a time in µs. */
export interface BurstGuest {
  readonly name: string;
  readonly description: string;
  /** default: 1000 */
  readonly defaultSize?: number;
  readonly sizes: SizeRange;
  /** CPU time of a burst; default: the size */
  readonly burstNs?: number;
  /** What a step returns that ends a burst. */
  readonly endOf: (bursts: Bursts, guest: Guest) => StepEnd;
}

export interface Bursts {
  readonly seed: number;
  readonly sizeNs: number;
  readonly burstNs: number;
  /** the time at which the burst was due; negative until the first step */
  dueNs: number;
  /** CPU time at which the burst ends */
  burstEndNs: number;
  digest: number;
}

/** Makes a workload of such a guest: how long bursts are decides when it lets go, and nothing about the checksum. */
export function inBursts({ name, description, defaultSize = 1000, sizes, burstNs, endOf }: BurstGuest) {
  return {
    name,
    description,
    defaultSize,
    sizes,
    prepare: (seed, size) => ({
      seed,
      sizeNs: size * NS_PER_US,
      burstNs: burstNs ?? size * NS_PER_US,
      dueNs: -1,
      burstEndNs: 0,
      digest: startDigest(seed, size),
    }),
    step(state, guest) {
      if (state.dueNs < 0) {
        state.dueNs = guest.nowNs();
        state.burstEndNs = guest.cpuNs() + state.burstNs;
      }
      state.digest = fold(state.digest, spin(state.seed));
      if (guest.cpuNs() < state.burstEndNs) return undefined;
      // From the planned end, not from now: what one burst ran over, the next runs less.
      state.burstEndNs += state.burstNs;
      return endOf(state, guest);
    },
    checksum: (state) => shown(state.digest),
    expected: (seed, size, units) => shown(foldCycle(seed, size, Int32Array.of(spin(seed)), units)),
  } satisfies Workload<Bursts>;
}

/** What a unit computes: the same for the same seed, so that only the number of units matters. */
function spin(seed: number): number {
  let x = seed | 1;
  for (let i = 0; i < ROUNDS; i++) x = Math.imul(x ^ (x >>> 15), 0x2c1b3c6d) ^ i;
  return x;
}
