import assert from 'node:assert/strict';
import { summarize } from '../../src/analysis/quantiles.ts';
import {
  ExponentialLatency,
  FixedLatency,
  MeasuredLatencies,
  NormalLatency,
  type TimerLatency,
  UniformLatency,
} from '../../src/sim/latency.ts';
import { type LatencyModel, latencyOf } from '../../src/sim/latency-model.ts';

const mean = (samples: readonly number[]) => samples.reduce((sum, ns) => sum + ns, 0) / samples.length;
const draw = (latency: TimerLatency, count: number) => Array.from({ length: count }, () => latency.nextNs());

describe('simulated lateness', () => {
  it('spread evenly is whole, within its bounds, and fills them', () => {
    const drawn = draw(new UniformLatency(9, 1), 1000);
    assert.deepEqual([...new Set(drawn)].sort(), [0, 1, 2, 3, 4, 5, 6, 7, 8, 9]);
  });

  it('that is fixed never varies', () => {
    assert.deepEqual(new Set(draw(new FixedLatency(40_000), 100)), new Set([40_000]));
  });

  it('that is exponential has its mean, and as much above it as such a distribution has', () => {
    const drawn = draw(new ExponentialLatency(30_000, 1), 50_000);
    assert.ok(drawn.every((ns) => Number.isInteger(ns) && ns >= 0));
    assert.ok(Math.abs(mean(drawn) / 30_000 - 1) < 0.02, `${mean(drawn)}`);
    for (const times of [1, 2, 4]) {
      const share = drawn.filter((ns) => ns > times * 30_000).length / drawn.length;
      assert.ok(Math.abs(share / Math.exp(-times) - 1) < 0.1, `${share} above ${times} times the mean`);
    }
  });

  it('that is normal has its mean and its deviation', () => {
    const drawn = draw(new NormalLatency(30_000, 5_000, 1), 50_000);
    const deviation = Math.sqrt(mean(drawn.map((ns) => (ns - 30_000) ** 2)));
    assert.ok(Math.abs(mean(drawn) - 30_000) < 100, `${mean(drawn)}`);
    assert.ok(Math.abs(deviation - 5_000) < 100, `${deviation}`);
    const within = drawn.filter((ns) => Math.abs(ns - 30_000) <= 5_000).length / drawn.length;
    assert.ok(Math.abs(within - 0.6827) < 0.01, `${within} within one deviation`);
  });

  it('that is normal is cut off at 0: half of one around 0 is left, not heaped up there', () => {
    const drawn = draw(new NormalLatency(0, 10_000, 1), 50_000);
    assert.ok(drawn.every((ns) => Number.isInteger(ns) && ns >= 0));
    assert.ok(Math.abs(mean(drawn) / (10_000 * Math.sqrt(2 / Math.PI)) - 1) < 0.02, `${mean(drawn)}`);
    assert.ok(drawn.filter((ns) => ns === 0).length < 50);
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
      (seed: number) => new ExponentialLatency(1e6, seed),
      (seed: number) => new NormalLatency(1e6, 1e5, seed),
    ]) {
      assert.deepEqual(draw(make(7), 20), draw(make(7), 20));
      assert.notDeepEqual(draw(make(7), 20), draw(make(8), 20));
    }
  });
});

describe('a model of lateness', () => {
  const measured = { count: 100, p50: 1e5, p99: 2e5, max: 3e5 };
  const models: [LatencyModel, TimerLatency][] = [
    [{ kind: 'fixed', ns: 5 }, new FixedLatency(5)],
    [{ kind: 'uniform', maxNs: 1e6 }, new UniformLatency(1e6, 3)],
    [{ kind: 'exponential', meanNs: 1e6 }, new ExponentialLatency(1e6, 3)],
    [{ kind: 'normal', meanNs: 1e6, deviationNs: 2e5 }, new NormalLatency(1e6, 2e5, 3)],
    [{ kind: 'measured', measured }, new MeasuredLatencies(measured, 3)],
  ];
  for (const [model, same] of models) {
    it(`gives latencies of its kind, by seed: ${model.kind}`, () => {
      const latency = latencyOf(model, 3);
      assert.ok(latency !== null);
      assert.deepEqual(draw(latency, 20), draw(same, 20));
    });
  }

  it('gives none: none', () => assert.equal(latencyOf({ kind: 'none' }, 1), null));
});
