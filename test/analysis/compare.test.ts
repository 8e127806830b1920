import assert from 'node:assert/strict';
import { compareSamples, holm } from '../../src/analysis/compare.ts';
import { contrastInterval, medianInterval } from '../../src/analysis/stats.ts';
import { isSame, library } from './library.ts';

/** Two bootstraps with other random numbers differ by some hundredths of the interval's width. */
function isNear(own: { low: number; high: number } | null, expected: { low: number; high: number }): boolean {
  const tolerance = 0.08 * (expected.high - expected.low);
  return (
    own !== null &&
    Math.abs(own.low - expected.low) <= tolerance &&
    Math.abs(own.high - expected.high) <= tolerance
  );
}

describe('bootstrap intervals', () => {
  it('of the median are those of SciPy', () => {
    for (const { sample, ...expected } of library.medianInterval) {
      assert.ok(isNear(medianInterval(sample, 1), expected), `n = ${String(sample.length)}`);
    }
  });

  it('of the ratio of two medians are those of SciPy', () => {
    for (const { a, b, ...expected } of library.ratioInterval) {
      const own = contrastInterval(a, b, (x, y) => x / y, 1);
      assert.ok(isNear(own, expected), `${JSON.stringify(own)}, not ${JSON.stringify(expected)}`);
    }
  });

  it('are not claimed for fewer than three values on either side', () => {
    assert.equal(
      contrastInterval([1, 2], [1, 2, 3], (x, y) => x / y, 1),
      null,
    );
  });
});

describe('a comparison of two samples', () => {
  const slow = [2, 2.2, 2.1, 1.9, 2.05];
  const fast = [1, 1.1, 1.05, 0.95, 1.02];

  it('says how much greater the one is, and how likely that is by chance', () => {
    const { ratio, difference, cliffsDelta, pValue } = compareSamples(slow, fast, 1);
    assert.ok(isSame(ratio.value, 2.05 / 1.02) && isSame(difference.value, 2.05 - 1.02));
    assert.equal(cliffsDelta, 1);
    assert.ok(isSame(pValue, 2 / 252));
    const { low, high } = ratio.interval ?? assert.fail();
    assert.ok(low < ratio.value && ratio.value < high && low >= 1.9 / 1.1 && high <= 2.2 / 0.95);
  });

  it('has the opposite effect the other way round', () => {
    assert.equal(compareSamples(fast, slow, 1).cliffsDelta, -1);
    assert.equal(compareSamples(slow, slow, 1).cliffsDelta, 0);
    assert.equal(compareSamples(slow, slow, 1).pValue, 1);
  });

  it('is the same for the same seed', () => {
    assert.deepEqual(compareSamples(slow, fast, 5), compareSamples(slow, fast, 5));
  });
});

describe("Holm's adjustment of several p-values", () => {
  it('is that of R', () => {
    for (const { pValues, adjusted } of library.holm) {
      for (const [i, own] of holm(pValues).entries()) assert.ok(isSame(own, adjusted[i]));
    }
  });
});
