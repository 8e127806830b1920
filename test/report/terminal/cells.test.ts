import assert from 'node:assert/strict';
import { metrics } from '../../../src/result/metrics.ts';
import { formatMetric } from '../../../src/report/format.ts';
import { wallBandCell } from '../../../src/report/terminal/cells.ts';

describe('an execution time in a table', () => {
  it('is in seconds, and in a smaller unit where they would have few digits left', () => {
    const times = [0, 10e3, 8.23e6, 99.94e6, 0.1e9, 3.0061e9];
    assert.deepEqual(
      times.map((value) => formatMetric(metrics.wallNs, value)),
      ['0.000 s', '10.0 µs', '8.2 ms', '99.9 ms', '0.100 s', '3.006 s'],
    );
  });

  it('is a band in the unit of its greatest', () => {
    assert.equal(wallBandCell({ median: 8.23e6, min: 7.5e6, max: 9.06e6 }), '8.2 ms [7.5–9.1]');
    assert.equal(wallBandCell({ median: 0.09e9, min: 0.08e9, max: 0.123e9 }), '0.090 s [0.080–0.123]');
  });
});
