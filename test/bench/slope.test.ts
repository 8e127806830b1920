import assert from 'node:assert/strict';
import { type Point, slope } from '../../scripts/bench/slope.ts';

/** CPU time of a VM that runs for the first `onMs` of every `periodMs`, looked at every 103 ms. */
function pattern(onMs: number, periodMs: number): Point[] {
  return Array.from({ length: 100 }, (_, i) => {
    const ms = 103 * i;
    return [ms, Math.floor(ms / periodMs) * onMs + Math.min(onMs, ms % periodMs)];
  });
}

describe('the slope of CPU time', () => {
  it('is the rate of a steady consumer, whatever it used before', () => {
    const points = Array.from({ length: 50 }, (_, i): Point => [i, 7 + 0.25 * i]);
    assert.equal(slope(points)?.toFixed(9), '0.250000000');
  });

  it('averages an on-off pattern to a tenth of a point', () => {
    assert.ok(Math.abs((slope(pattern(30, 300)) ?? NaN) - 0.1) < 1e-3);
    assert.ok(Math.abs((slope(pattern(180, 240)) ?? NaN) - 0.75) < 1e-3);
  });

  it('is not given for a few points', () => {
    assert.equal(slope(pattern(30, 300).slice(0, 19)), null);
  });
});
