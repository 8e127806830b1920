import { cyclic } from './cyclic.ts';
import { fold } from './digest.ts';
import { Random } from './random.ts';

/** Elements in a unit: 3 MiB read or written. */
const ELEMENTS_PER_UNIT = 2 ** 17;
/** Three arrays of doubles. */
const BYTES_PER_ELEMENT = 24;
/** Results are sampled: to read them all again would be a second program. */
const SAMPLE_EVERY = 509;

interface Arrays {
  readonly a: Float64Array;
  readonly b: Float64Array;
  readonly c: Float64Array;
  readonly bits: Int32Array;
  at: number;
}

export function prepareArrays(seed: number, sizeKib: number): Arrays {
  const random = new Random(seed);
  const length = elements(sizeKib);
  const a = new Float64Array(length);
  return {
    a,
    b: random.doubles(length, 0, 1),
    c: random.doubles(length, 0, 1),
    bits: new Int32Array(a.buffer),
    at: 0,
  };
}

/** a[i] = b[i] + 3·c[i] for from ≤ i < to */
export function triad({ a, b, c }: Arrays, from: number, to: number): void {
  for (let i = from; i < to; i++) a[i] = b[i] + 3 * c[i];
}

function elements(sizeKib: number): number {
  return Math.floor((sizeKib * 1024) / BYTES_PER_ELEMENT);
}

export default cyclic({
  name: 'stream',
  description: 'a = b + 3c over three arrays of doubles, size KiB in all',
  defaultSize: 12_288,
  sizes: { min: 12, max: 131_072 },
  period: (size) => Math.ceil(elements(size) / ELEMENTS_PER_UNIT),
  prepare: prepareArrays,
  unit(arrays, index) {
    const { a, bits } = arrays;
    let at = index === 0 ? 0 : arrays.at;
    let digest = 0;
    for (let left = ELEMENTS_PER_UNIT; left > 0;) {
      const to = Math.min(at + left, a.length);
      triad(arrays, at, to);
      for (let i = at; i < to; i += SAMPLE_EVERY) digest = fold(fold(digest, bits[2 * i]), bits[2 * i + 1]);
      left -= to - at;
      at = to === a.length ? 0 : to;
    }
    arrays.at = at;
    return digest;
  },
});
