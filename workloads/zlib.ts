import { deflateSync, inflateSync } from 'node:zlib';
import { crc32 } from './crc32.ts';
import { cyclic } from './cyclic.ts';
import { Random } from './random.ts';

/** Bytes that compress about as text does: runs from a small alphabet, with repeats from before. */
export function prepareText(seed: number, length: number): Uint8Array {
  const random = new Random(seed);
  const text = new Uint8Array(length);
  for (let i = 0; i < length;) {
    const run = 4 + random.below(12);
    const repeat = i > 64 && random.below(2) === 0;
    const back = repeat ? 16 + random.below(Math.min(i - 16, 4096)) : 0;
    for (const end = Math.min(i + run, length); i < end; i++) {
      text[i] = repeat ? text[i - back] : 97 + random.below(20);
    }
  }
  return text;
}

/**
 * The one kernel that lives in library code: it allocates in every step, and its thread can be paused only between two
 * steps. The compressed bytes differ between versions of zlib, so what is checked is what comes out again.
 */
export default cyclic({
  name: 'zlib',
  description: 'deflate and inflate size KiB with node:zlib (library code: pauses only between steps)',
  defaultSize: 16,
  sizes: { min: 4, max: 32 },
  prepare: (seed, size) => prepareText(seed, size * 1024),
  unit: (text) => crc32(inflateSync(deflateSync(text))),
});
