import { cyclic } from './cyclic.ts';
import { foldWords } from './digest.ts';
import { Random } from './random.ts';

/** Multiplications in a unit, at least: about a quarter of a millisecond. */
const PRODUCTS_PER_UNIT = 2 ** 18;

interface Matrices {
  readonly n: number;
  /** row by row */
  readonly a: Float64Array;
  readonly b: Float64Array;
  readonly c: Float64Array;
  /** the bits of c */
  readonly bits: Int32Array;
  readonly rowsPerUnit: number;
}

export function prepareMatrices(seed: number, n: number): Matrices {
  const random = new Random(seed);
  const c = new Float64Array(n * n);
  return {
    n,
    a: random.doubles(n * n, -0.5, 0.5),
    b: random.doubles(n * n, -0.5, 0.5),
    c,
    bits: new Int32Array(c.buffer),
    rowsPerUnit: rowsPerUnit(n),
  };
}

/** Row i of C = A·B. The middle loop runs over k, so that B and C are read along their rows. */
export function multiplyRow({ n, a, b, c }: Matrices, i: number): void {
  const row = i * n;
  for (let j = 0; j < n; j++) c[row + j] = 0;
  for (let k = 0; k < n; k++) {
    const aik = a[row + k];
    const bRow = k * n;
    for (let j = 0; j < n; j++) c[row + j] += aik * b[bRow + j];
  }
}

function rowsPerUnit(n: number): number {
  return Math.ceil(PRODUCTS_PER_UNIT / (n * n));
}

function gcd(a: number, b: number): number {
  return b === 0 ? a : gcd(b, a % b);
}

export default cyclic({
  name: 'matmul',
  description: 'product of two size × size matrices of doubles, some rows at a time',
  defaultSize: 128,
  sizes: { min: 32, max: 512 },
  // Every unit has the same number of rows and goes on where the last one ended, round and round.
  period: (n) => n / gcd(n, rowsPerUnit(n)),
  prepare: prepareMatrices,
  unit(work, index) {
    const { n, bits, rowsPerUnit: rows } = work;
    let digest = 0;
    for (let done = 0, i = (index * rows) % n; done < rows; done++) {
      multiplyRow(work, i);
      digest = foldWords(digest, bits, 2 * i * n, 2 * (i + 1) * n);
      if (++i === n) i = 0;
    }
    return digest;
  },
});
