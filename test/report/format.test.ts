import assert from 'node:assert/strict';
import { formatMetric } from '../../src/report/format.ts';
import { metrics } from '../../src/result/metrics.ts';

describe('a metric', () => {
  it('formats a missing value as a dash', () => {
    for (const metric of Object.values(metrics)) {
      for (const missing of [null, undefined, NaN, Infinity])
        assert.equal(formatMetric(metric, missing), '–', metric.title);
    }
  });

  it('has a name and a meaning', () => {
    for (const [key, metric] of Object.entries(metrics)) {
      assert.ok(metric.title.length > 0 && metric.description.length > 10, key);
    }
  });

  it('is written in a unit that suits it', () => {
    assert.equal(formatMetric(metrics.wallNs, 1_234_567_890), '1.235 s');
    assert.equal(formatMetric(metrics.cap, 0), 'none');
    assert.equal(formatMetric(metrics.cap, 25), '25 %');
    assert.deepEqual(
      [12, 4100, 1.5e6, 2e9].map((ns) => formatMetric(metrics.switchGapNs, ns)),
      ['12 ns', '4.1 µs', '1.50 ms', '2.000 s'],
    );
  });
});
