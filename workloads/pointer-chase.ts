import { cyclic } from './cyclic.ts';
import { Random } from './random.ts';

/** One node per cache line of 64 bytes; the rest of the line is never read. */
const WORDS_PER_LINE = 16;
const LINES_PER_KIB = 16;

interface Ring {
  /** at a node's first word: the word index of the next node */
  readonly next: Int32Array;
  readonly hops: number;
  at: number;
}

/** Every line once, in an order that no prefetcher guesses: Sattolo's shuffle makes one single cycle. */
export function prepareRing(seed: number, sizeKib: number): Ring {
  const random = new Random(seed);
  const lines = sizeKib * LINES_PER_KIB;
  const next = new Int32Array(lines * WORDS_PER_LINE);
  for (let i = 0; i < lines; i++) next[i * WORDS_PER_LINE] = i * WORDS_PER_LINE;
  for (let i = lines - 1; i > 0; i--) {
    const a = i * WORDS_PER_LINE;
    const b = random.below(i) * WORDS_PER_LINE;
    const swap = next[a];
    next[a] = next[b];
    next[b] = swap;
  }
  return { next, hops: hopsPerUnit(sizeKib), at: 0 };
}

/** A hop takes 1 ns in the first cache and 100 ns in main memory: fewer of them where they are slow. */
function hopsPerUnit(sizeKib: number): number {
  if (sizeKib <= 32) return 2 ** 17;
  if (sizeKib <= 256) return 2 ** 16;
  if (sizeKib <= 512) return 2 ** 15;
  if (sizeKib <= 2048) return 2 ** 14;
  return 2 ** 12;
}

export default cyclic({
  name: 'pointer-chase',
  description: 'dependent loads, one after the other, all over size KiB',
  defaultSize: 4096,
  sizes: { min: 4, max: 131_072 },
  period: (size) => Math.ceil((size * LINES_PER_KIB) / hopsPerUnit(size)),
  prepare: prepareRing,
  unit(ring, index) {
    const { next, hops } = ring;
    let at = index === 0 ? 0 : ring.at;
    for (let i = 0; i < hops; i++) at = next[at];
    ring.at = at;
    return at;
  },
});
