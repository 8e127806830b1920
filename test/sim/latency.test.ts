import assert from 'node:assert/strict';
import { summarize } from '../../src/analysis/quantiles.ts';
import { MeasuredLatencies, type TimerLatency, UniformLatency } from '../../src/sim/latency.ts';

const draw = (latency: TimerLatency, count: number) => Array.from({ length: count }, () => latency.nextNs());

describe('simulated lateness', () => {
  it('spread evenly is whole, within its bounds, and fills them', () => {
    const drawn = draw(new UniformLatency(9, 1), 1000);
    assert.deepEqual([...new Set(drawn)].sort(), [0, 1, 2, 3, 4, 5, 6, 7, 8, 9]);
  });

  it('like measured lateness has its median, its 99th percentile and its maximum', () => {
    const measured = { count: 10_000, p50: 40_000, p99: 300_000, max: 9_000_000 };
    const { p50, p99, max } = summarize(draw(new MeasuredLatencies(measured, 1), 50_000));
    assert.ok(Math.abs(p50 / measured.p50 - 1) < 0.05, `median ${p50}`);
    assert.ok(Math.abs(p99 / measured.p99 - 1) < 0.2, `p99 ${p99}`);
    assert.ok(max <= measured.max && max > measured.p99);
  });

  it('like measured lateness is seldom as late as the worst that was measured', () => {
    const measured = { count: 10_000, p50: 40_000, p99: 300_000, max: 9_000_000 };
    const drawn = draw(new MeasuredLatencies(measured, 2), 50_000);
    const share = drawn.filter((ns) => ns > measured.max / 2).length / drawn.length;
    assert.ok(share < 0.001, `${share}`);
  });

  it('like measured lateness that was always the same is that', () => {
    const measured = { count: 1, p50: 500, p99: 500, max: 500 };
    assert.deepEqual(
      new Set(draw(new MeasuredLatencies(measured, 1), 400).filter((ns) => ns > 500)),
      new Set(),
    );
    const zero = { count: 5, p50: 0, p99: 0, max: 0 };
    for (const ns of draw(new MeasuredLatencies(zero, 1), 100)) assert.ok(ns <= 1);
  });

  it('repeats by seed, and differs by seed', () => {
    for (const make of [
      (seed: number) => new UniformLatency(1e6, seed),
      (seed: number) => new MeasuredLatencies({ count: 100, p50: 1e5, p99: 2e5, max: 3e5 }, seed),
    ]) {
      assert.deepEqual(draw(make(7), 20), draw(make(7), 20));
      assert.notDeepEqual(draw(make(7), 20), draw(make(8), 20));
    }
  });
});
