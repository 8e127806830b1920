import assert from 'node:assert/strict';
import { mannKendall } from '../../src/analysis/mann-kendall.ts';
import { isSame, library } from './library.ts';

describe("Mann and Kendall's test for drift", () => {
  it('gives the p-value of SciPy or R and the slope of SciPy, exact and approximated, with ties and without', () => {
    const methods = new Set<string>();
    for (const { series, s, pValue, slope, exact } of library.mannKendall) {
      const own = mannKendall(series);
      methods.add(own.method);
      assert.equal(own.method, exact ? 'exact' : 'normal');
      assert.equal(own.s, s);
      assert.ok(
        isSame(own.pValue, pValue),
        `n = ${String(series.length)}: ${String(own.pValue)}, not ${String(pValue)}`,
      );
      assert.ok(Math.abs(own.slope - slope) <= 1e-9);
    }
    assert.equal(methods.size, 2);
  });

  it('has the sign of the drift in S and slope', () => {
    const { s, slope } = mannKendall([9, 7, 5, 3]);
    assert.deepEqual([s, slope], [-6, -2]);
  });

  it('sees no drift in a constant series', () => {
    const { s, pValue, slope } = mannKendall([3, 3, 3, 3, 3, 3]);
    assert.deepEqual([s, pValue, slope], [0, 1, 0]);
  });
});
