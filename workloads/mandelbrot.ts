import { cyclic } from './cyclic.ts';
import { fold } from './digest.ts';
import { Random } from './random.ts';

const MAX_ITERATIONS = 100;

/** How many iterations of z ← z² + c it takes until |z| > 2, from z = 0; `limit` if it does not within that many. */
export function escapeTime(cRe: number, cIm: number, limit: number): number {
  let x = 0;
  let y = 0;
  for (let i = 0; i < limit; i++) {
    const x2 = x * x;
    const y2 = y * y;
    if (x2 + y2 > 4) return i;
    y = 2 * x * y + cIm;
    x = x2 - y2 + cRe;
  }
  return limit;
}

interface Picture {
  readonly side: number;
  readonly pixel: number;
  readonly left: number;
  readonly top: number;
}

export default cyclic({
  name: 'mandelbrot',
  description: 'escape times over a picture of size × size pixels of the Mandelbrot set',
  defaultSize: 64,
  sizes: { min: 40, max: 128 },
  prepare(seed, side): Picture {
    // The seed moves the picture by less than a pixel: other numbers, the same amount of work.
    const random = new Random(seed);
    const pixel = 3 / side;
    return {
      side,
      pixel,
      left: -2.25 + random.fraction() * pixel,
      top: -1.5 + random.fraction() * pixel,
    };
  },
  unit({ side, pixel, left, top }) {
    let digest = 0;
    for (let row = 0; row < side; row++) {
      const cIm = top + row * pixel;
      for (let column = 0; column < side; column++) {
        digest = fold(digest, escapeTime(left + column * pixel, cIm, MAX_ITERATIONS));
      }
    }
    return digest;
  },
});
