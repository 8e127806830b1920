import assert from 'node:assert/strict';
import { quantileOfSorted, summarize } from '../../src/analysis/quantiles.ts';
import { median, medianInterval } from '../../src/analysis/stats.ts';
import { mulberry32 } from '../../src/base/random.ts';

describe('quantiles', () => {
  it('lie between neighbours', () => {
    assert.equal(quantileOfSorted([1, 2, 3, 4], 0.5), 2.5);
    assert.equal(quantileOfSorted([10, 20], 0.99), 19.9);
    assert.equal(quantileOfSorted([7], 0.3), 7);
    assert.ok(Number.isNaN(quantileOfSorted([], 0.5)));
  });

  it('are taken of samples in any order, which stay as they are', () => {
    const samples = [5, 1, 4, 2, 3];
    assert.deepEqual(summarize(samples), { count: 5, p50: 3, p99: 4.96, max: 5 });
    assert.deepEqual(samples, [5, 1, 4, 2, 3]);
    assert.deepEqual(summarize([]), { count: 0, p50: 0, p99: 0, max: 0 });
  });

  it('give the median of samples in any order', () => {
    assert.equal(median([3, 1, 2]), 2);
  });
});

describe('the bootstrap interval of the median', () => {
  const samples = [9.8, 10.1, 10, 9.9, 10.2, 10, 9.7, 10.3, 10, 10.1];

  it('is the same for the same seed', () => {
    assert.deepEqual(medianInterval(samples, 1), medianInterval(samples, 1));
  });

  it('holds the median, inside the samples', () => {
    const interval = medianInterval(samples, 1);
    assert.ok(interval !== null && interval.low >= 9.7 && interval.high <= 10.3);
    assert.ok(interval.low <= 10 && interval.high >= 10 && interval.low < interval.high);
  });

  it('is wider for more confidence', () => {
    const [narrow, wide] = [0.5, 0.99].map((confidence) => medianInterval(samples, 1, confidence));
    assert.ok(narrow !== null && wide !== null && wide.high - wide.low > narrow.high - narrow.low);
  });

  it('covers the true median about as often as it says', () => {
    const random = mulberry32(42);
    let covered = 0;
    for (let trial = 0; trial < 200; trial++) {
      const interval = medianInterval(Array.from({ length: 25 }, random), trial, 0.9, 300);
      if (interval !== null && interval.low <= 0.5 && interval.high >= 0.5) covered++;
    }
    assert.ok(covered >= 165 && covered <= 198, `${String(covered)} of 200`);
  });

  it('is not claimed for fewer than three samples', () => {
    assert.equal(medianInterval([1, 2], 1), null);
  });
});
