import assert from 'node:assert/strict';
import { mannWhitney } from '../../src/analysis/mann-whitney.ts';
import { twoSidedNormal } from '../../src/analysis/normal.ts';
import { isSame, library } from './library.ts';

describe('the tails of the normal distribution', () => {
  it('are as SciPy has them, far out too', () => {
    for (const { z, pValue } of library.normal) {
      assert.ok(isSame(twoSidedNormal(z), pValue), `${String(z)}: ${String(twoSidedNormal(z))}`);
      assert.equal(twoSidedNormal(-z), twoSidedNormal(z));
    }
  });
});

describe("Mann and Whitney's test", () => {
  it('gives the U and the p-value of SciPy, exact and approximated, with ties and without', () => {
    const methods = new Set<string>();
    for (const { a, b, u, pValue, exact } of library.mannWhitney) {
      const own = mannWhitney(a, b);
      methods.add(own.method);
      assert.equal(own.method, exact ? 'exact' : 'normal');
      assert.equal(own.u, u);
      assert.ok(
        isSame(own.pValue, pValue),
        `${String(a.length)} and ${String(b.length)}: ${String(own.pValue)}`,
      );
    }
    assert.equal(methods.size, 2);
  });

  it('says the same of both samples when they are exchanged', () => {
    const [a, b] = [
      [1, 4, 6, 9, 11],
      [2, 3, 5, 7],
    ];
    assert.equal(mannWhitney(a, b).pValue, mannWhitney(b, a).pValue);
    assert.equal(mannWhitney(a, b).u + mannWhitney(b, a).u, a.length * b.length);
  });

  it('sees no difference between values that are all alike', () => {
    assert.deepEqual(mannWhitney([2, 2, 2], [2, 2]), { u: 3, pValue: 1, method: 'normal' });
  });

  it('cannot be sure with three of each, however far apart they are', () => {
    assert.ok(isSame(mannWhitney([1, 2, 3], [101, 102, 103]).pValue, 0.1));
  });
});
