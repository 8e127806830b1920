import { cyclic } from './cyclic.ts';
import { foldWords } from './digest.ts';
import { Random } from './random.ts';

/** Butterflies in a unit, at least: about a quarter of a millisecond. */
const BUTTERFLIES_PER_UNIT = 2 ** 16;

interface Transform {
  readonly n: number;
  readonly inRe: Float64Array;
  readonly inIm: Float64Array;
  readonly re: Float64Array;
  readonly im: Float64Array;
  /** cos and sin of 2πk/n, k < n/2 */
  readonly cos: Float64Array;
  readonly sin: Float64Array;
  /** index with its log2 n bits in reverse order */
  readonly reversed: Int32Array;
  readonly reBits: Int32Array;
  readonly imBits: Int32Array;
  readonly repeats: number;
}

export function prepareTransform(seed: number, n: number): Transform {
  const random = new Random(seed);
  const re = new Float64Array(n);
  const im = new Float64Array(n);
  const reversed = new Int32Array(n);
  for (let i = 1; i < n; i++) reversed[i] = (reversed[i >> 1] >> 1) | (i & 1 ? n >> 1 : 0);
  return {
    n,
    inRe: random.doubles(n, -0.5, 0.5),
    inIm: random.doubles(n, -0.5, 0.5),
    re,
    im,
    ...twiddles(n),
    reversed,
    reBits: new Int32Array(re.buffer),
    imBits: new Int32Array(im.buffer),
    repeats: Math.ceil(BUTTERFLIES_PER_UNIT / ((n / 2) * Math.log2(n))),
  };
}

/**
 * The roots of unity from square roots alone, which IEEE 754 rounds the same everywhere (Math.sin and Math.cos need not
 * be): halve the angle π down to 2π/n, then w^(b + j) = w^b · w^j for each power of two b.
 */
function twiddles(n: number): { cos: Float64Array; sin: Float64Array } {
  const cos = new Float64Array(n / 2);
  const sin = new Float64Array(n / 2);
  cos[0] = 1;
  let c = 0; // of a quarter turn
  let s = 1;
  for (let b = n / 4; b >= 1; b /= 2) {
    cos[b] = c;
    sin[b] = s;
    const halfCos = Math.sqrt((1 + c) / 2);
    s /= 2 * halfCos;
    c = halfCos;
  }
  for (let b = 2; b <= n / 4; b *= 2) {
    for (let j = 1; j < b; j++) {
      cos[b + j] = cos[b] * cos[j] - sin[b] * sin[j];
      sin[b + j] = cos[b] * sin[j] + sin[b] * cos[j];
    }
  }
  return { cos, sin };
}

/** (re, im)[k] = Σ in[j] · e^(−2πi·jk/n): radix 2, decimation in time. */
export function transform({ n, inRe, inIm, re, im, cos, sin, reversed }: Transform): void {
  for (let i = 0; i < n; i++) {
    re[i] = inRe[reversed[i]];
    im[i] = inIm[reversed[i]];
  }
  for (let half = 1, stride = n >> 1; half < n; half *= 2, stride >>= 1) {
    for (let start = 0; start < n; start += 2 * half) {
      for (let k = 0; k < half; k++) {
        const c = cos[k * stride];
        const s = sin[k * stride];
        const p = start + k;
        const q = p + half;
        const tr = re[q] * c + im[q] * s;
        const ti = im[q] * c - re[q] * s;
        re[q] = re[p] - tr;
        im[q] = im[p] - ti;
        re[p] += tr;
        im[p] += ti;
      }
    }
  }
}

export default cyclic({
  name: 'fft',
  description: 'fast Fourier transform of size complex numbers (a power of two)',
  defaultSize: 1024,
  sizes: { min: 64, max: 16_384, powerOfTwo: true },
  prepare: prepareTransform,
  unit(work) {
    for (let i = 0; i < work.repeats; i++) transform(work);
    return foldWords(foldWords(0, work.reBits, 0, 2 * work.n), work.imBits, 0, 2 * work.n);
  },
});
