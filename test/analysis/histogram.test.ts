import assert from 'node:assert/strict';
import fc from 'fast-check';
import { Histogram } from '../../src/analysis/histogram.ts';

/** Durations of 1 ns to 1000 s, as often short as long. */
const durations = fc.array(
  fc.double({ min: 0, max: 12, noNaN: true }).map((exponent) => 10 ** exponent),
  { minLength: 1, maxLength: 300 },
);
const ROUNDING = 1e-9;

describe('a histogram', () => {
  it('has quantiles at most 1/64 above the true ones, and never below', () => {
    fc.assert(
      fc.property(durations, fc.double({ min: 0.001, max: 1, noNaN: true }), (values, fraction) => {
        const exact = [...values].sort((a, b) => a - b)[Math.ceil(fraction * values.length) - 1];
        const quantile = histogramOf(values).quantile(fraction);
        assert.ok(quantile >= exact * (1 - ROUNDING), `${quantile} is less than ${exact}`);
        assert.ok(quantile <= exact * (1 + 1 / 64), `${quantile} is far more than ${exact}`);
      }),
    );
  });

  it('knows count and maximum exactly', () => {
    fc.assert(
      fc.property(durations, (values) => {
        const { count, max } = histogramOf(values).quantiles();
        assert.deepEqual([count, max], [values.length, Math.max(...values)]);
      }),
    );
  });

  it('has quantiles that grow with the fraction, up to the maximum', () => {
    fc.assert(
      fc.property(durations, (values) => {
        const { p50, p99, max } = histogramOf(values).quantiles();
        assert.ok(p50 <= p99 && p99 <= max);
      }),
    );
  });

  it('is all zeros without values', () => {
    assert.deepEqual(new Histogram().quantiles(), { count: 0, p50: 0, p99: 0, max: 0 });
  });

  it('counts what is shorter than 1 ns, or longer than it can tell apart', () => {
    const histogram = histogramOf([0, 0.5, -3, 2e12]);
    assert.deepEqual([histogram.count, histogram.quantile(1)], [4, histogram.quantile(0.99)]);
    assert.equal(histogram.quantiles().max, 2e12);
    assert.ok(histogram.quantile(0.5) <= 1 + 1 / 64);
  });

  it('can be read through the same memory', () => {
    const cells = new Float64Array(new SharedArrayBuffer(8 * Histogram.length));
    const [writer, reader] = [new Histogram(cells), new Histogram(cells)];
    writer.add(1000);
    assert.deepEqual(reader.quantiles(), { count: 1, p50: 1000, p99: 1000, max: 1000 });
  });
});

function histogramOf(values: readonly number[]): Histogram {
  const histogram = new Histogram();
  for (const value of values) histogram.add(value);
  return histogram;
}
