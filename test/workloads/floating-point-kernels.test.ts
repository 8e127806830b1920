import assert from 'node:assert/strict';
import { prepareTransform, transform } from '../../workloads/fft.ts';
import { escapeTime } from '../../workloads/mandelbrot.ts';
import { multiplyRow, prepareMatrices } from '../../workloads/matmul.ts';
import { advance, prepareBodies } from '../../workloads/nbody.ts';
import { prepareArrays, triad } from '../../workloads/stream.ts';

function assertClose(actual: number, expected: number, tolerance: number, what: string): void {
  assert.ok(Math.abs(actual - expected) <= tolerance, `${what}: ${actual} is not ${expected} ± ${tolerance}`);
}

describe('matmul', () => {
  for (const n of [32, 45]) {
    it(`agrees with the definition of the product for ${n} × ${n}`, () => {
      const matrices = prepareMatrices(4, n);
      const { a, b, c } = matrices;
      // Twice: rows must start from zero again.
      for (let run = 0; run < 2; run++) for (let i = 0; i < n; i++) multiplyRow(matrices, i);
      for (let i = 0; i < n; i++) {
        for (let j = 0; j < n; j++) {
          let sum = 0;
          for (let k = 0; k < n; k++) sum += a[i * n + k] * b[k * n + j];
          assertClose(c[i * n + j], sum, 1e-12, `c[${i}][${j}]`);
        }
      }
    });
  }
});

describe('matmul at its largest size', () => {
  it('does about as much in a unit as at its default, and knows its checksum from one round', async () => {
    const { default: matmul } = await import('../../workloads/matmul.ts');
    const size = matmul.sizes?.max ?? 0;
    assert.equal(size, 512);
    const state = matmul.prepare(3, size);
    for (let unit = 0; unit < state.period + 5; unit++)
      matmul.step(state, { cpuNs: () => 0, nowNs: () => 0 });
    assert.equal(state.work.rowsPerUnit * size ** 2, 2 ** 18);
    assert.equal(matmul.checksum(state), matmul.expected?.(3, size, state.period + 5));
  });
});

describe('fft', () => {
  it('agrees with the definition of the discrete Fourier transform', () => {
    const n = 64;
    const work = prepareTransform(2, n);
    transform(work);
    for (let k = 0; k < n; k++) {
      let re = 0;
      let im = 0;
      for (let j = 0; j < n; j++) {
        const angle = (-2 * Math.PI * j * k) / n;
        re += work.inRe[j] * Math.cos(angle) - work.inIm[j] * Math.sin(angle);
        im += work.inRe[j] * Math.sin(angle) + work.inIm[j] * Math.cos(angle);
      }
      assertClose(work.re[k], re, 1e-12, `re[${k}]`);
      assertClose(work.im[k], im, 1e-12, `im[${k}]`);
    }
  });

  it('keeps the energy of the signal (Parseval), also at its largest size', () => {
    const work = prepareTransform(2, 16_384);
    transform(work);
    const energy = (re: Float64Array, im: Float64Array): number =>
      re.reduce((sum, x, i) => sum + x * x + im[i] * im[i], 0);
    const expected = energy(work.inRe, work.inIm) * work.n;
    assertClose(energy(work.re, work.im), expected, 1e-12 * expected, 'energy');
  });

  it('gives the signal back when it is applied twice, reversed and n times as large', () => {
    const n = 1024;
    const work = prepareTransform(8, n);
    const re = work.inRe.slice();
    const im = work.inIm.slice();
    transform(work);
    work.inRe.set(work.re);
    work.inIm.set(work.im);
    transform(work);
    for (let i = 0; i < n; i++) {
      assertClose(work.re[(n - i) % n], n * re[i], 1e-11, `re[${i}]`);
      assertClose(work.im[(n - i) % n], n * im[i], 1e-11, `im[${i}]`);
    }
  });

  it('has twiddle factors that are right to the last bits', () => {
    const { cos, sin, n } = prepareTransform(1, 16_384);
    for (let k = 0; k < n / 2; k++) {
      assertClose(cos[k], Math.cos((2 * Math.PI * k) / n), 1e-14, `cos[${k}]`);
      assertClose(sin[k], Math.sin((2 * Math.PI * k) / n), 1e-14, `sin[${k}]`);
    }
  });
});

describe('nbody', () => {
  const SOFTENING = 1e-2;

  function totals(bodies: ReturnType<typeof prepareBodies>): {
    momentum: number[];
    kinetic: number;
    energy: number;
  } {
    const { count, now, mass } = bodies;
    const momentum = [0, 0, 0];
    let kinetic = 0;
    let potential = 0;
    for (let i = 0; i < count; i++) {
      const position = now.subarray(6 * i, 6 * i + 3);
      const velocity = now.subarray(6 * i + 3, 6 * i + 6);
      velocity.forEach((v, axis) => {
        momentum[axis] += mass[i] * v;
        kinetic += (mass[i] * v * v) / 2;
      });
      for (let j = 0; j < i; j++) {
        const other = now.subarray(6 * j, 6 * j + 3);
        const r2 = position.reduce((sum, x, axis) => sum + (x - other[axis]) ** 2, SOFTENING);
        potential -= (mass[i] * mass[j]) / Math.sqrt(r2);
      }
    }
    return { momentum, kinetic, energy: kinetic + potential };
  }

  it('keeps momentum to rounding and energy to the order of its time step', () => {
    const bodies = prepareBodies(6, 16);
    const before = totals(bodies);
    const start = bodies.now.slice();
    for (let i = 0; i < 500; i++) advance(bodies);
    const after = totals(bodies);
    after.momentum.forEach((p, axis) => assertClose(p, before.momentum[axis], 1e-13, `momentum ${axis}`));
    assertClose(after.energy, before.energy, 1e-3 * before.kinetic, 'energy');
    assert.notDeepEqual(bodies.now, start);
  });

  it('pulls two bodies at rest together', () => {
    const bodies = prepareBodies(1, 2);
    bodies.now.set([-0.5, 0, 0, 0, 0, 0, 0.5, 0, 0, 0, 0, 0]);
    bodies.mass.set([1, 1]);
    advance(bodies);
    // dv = dt · m · r / (r² + softening)^1.5, both ways
    assertClose(bodies.now[3], 1e-3 / 1.01 ** 1.5, 1e-15, 'velocity of the left one');
    assertClose(bodies.now[9], -1e-3 / 1.01 ** 1.5, 1e-15, 'velocity of the right one');
  });
});

describe('mandelbrot', () => {
  const known: [number, number, number][] = [
    [0, 0, 100],
    [-1, 0, 100],
    [-2, 0, 100],
    [0, 1, 100],
    [0.25, 0, 100],
    [1, 0, 3],
    [2, 0, 2],
    [0.5, 0, 5],
    [3, 3, 1],
  ];
  for (const [re, im, time] of known) {
    const what = time === 100 ? 'never leaves' : `leaves after ${time} iterations`;
    it(`${re} + ${im}i ${what}`, () => {
      assert.equal(escapeTime(re, im, 100), time);
    });
  }
});

describe('stream', () => {
  it('computes b + 3c in the given range and nothing outside', () => {
    const arrays = prepareArrays(2, 12);
    triad(arrays, 10, 200);
    for (let i = 0; i < arrays.a.length; i++) {
      assert.equal(arrays.a[i], i >= 10 && i < 200 ? arrays.b[i] + 3 * arrays.c[i] : 0);
    }
  });

  it('takes as much memory as its size says', () => {
    const { a, b, c } = prepareArrays(2, 12);
    assert.equal(a.byteLength + b.byteLength + c.byteLength, 12 * 1024);
  });
});
