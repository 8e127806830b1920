import assert from 'node:assert/strict';
import { Histogram } from '../../src/analysis/histogram.ts';
import { summarize } from '../../src/analysis/quantiles.ts';
import {
  ExponentialLatency,
  FixedLatency,
  type Latency,
  MeasuredLatencies,
  type MeasuredLatency,
  NormalLatency,
  UniformLatency,
} from '../../src/sim/latency.ts';
import { type LatencyModel, latencyOf } from '../../src/sim/latency-model.ts';

const mean = (samples: readonly number[]) => samples.reduce((sum, ns) => sum + ns, 0) / samples.length;
const draw = (latency: Latency, count: number) => Array.from({ length: count }, () => latency.nextNs());

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

  it('like measured lateness has its whole distribution: median, mean, tail and maximum', () => {
    // Most of them short, one in fifty long: a line between two quantiles would put the mean at twice what it is.
    const values = draw(new ExponentialLatency(20_000, 5), 20_000).map(
      (ns, i) => ns + (i % 50 === 0 ? 3e6 : 0),
    );
    const measured = distributionOf(values);
    const drawn = draw(new MeasuredLatencies(measured, 1), 50_000);
    const [was, is] = [summarize(values), summarize(drawn)];
    assert.ok(Math.abs(is.p50 / was.p50 - 1) < 0.05, `median ${is.p50} for ${was.p50}`);
    assert.ok(Math.abs(is.p99 / was.p99 - 1) < 0.1, `p99 ${is.p99} for ${was.p99}`);
    assert.ok(Math.abs(mean(drawn) / mean(values) - 1) < 0.05, `mean ${mean(drawn)} for ${mean(values)}`);
    assert.ok(is.max <= was.max);
  });

  it('like measured lateness that was always the same is that, to the width of a bucket', () => {
    for (const ns of draw(new MeasuredLatencies(distributionOf([500]), 1), 400))
      assert.ok(ns > 450 && ns <= 500);
    for (const ns of draw(new MeasuredLatencies(distributionOf([0, 0]), 1), 100)) assert.equal(ns, 0);
  });

  it('like measured lateness of which there is none is none', () => {
    assert.deepEqual(draw(new MeasuredLatencies(distributionOf([]), 1), 3), [0, 0, 0]);
  });

  it('repeats by seed, and differs by seed', () => {
    for (const make of [
      (seed: number) => new UniformLatency(1e6, seed),
      (seed: number) => new MeasuredLatencies(distributionOf([1e5, 2e5, 3e5]), seed),
      (seed: number) => new ExponentialLatency(1e6, seed),
      (seed: number) => new NormalLatency(1e6, 1e5, seed),
    ]) {
      assert.deepEqual(draw(make(7), 20), draw(make(7), 20));
      assert.notDeepEqual(draw(make(7), 20), draw(make(8), 20));
    }
  });
});

describe('a model of lateness', () => {
  const models: [LatencyModel, Latency][] = [
    [{ kind: 'fixed', ns: 5 }, new FixedLatency(5)],
    [{ kind: 'uniform', maxNs: 1e6 }, new UniformLatency(1e6, 3)],
    [{ kind: 'exponential', meanNs: 1e6 }, new ExponentialLatency(1e6, 3)],
    [{ kind: 'normal', meanNs: 1e6, deviationNs: 2e5 }, new NormalLatency(1e6, 2e5, 3)],
  ];
  for (const [model, same] of models) {
    it(`gives latencies of its kind, by seed: ${model.kind}`, () => {
      const latency = latencyOf(model, 3);
      assert.ok(latency !== null);
      assert.deepEqual(draw(latency.timer, 20), draw(same, 20));
      // Nothing but a measurement says how soon the loop sees that a vCPU left.
      assert.deepEqual(draw(latency.exit, 3), [0, 0, 0]);
    });
  }

  it('that was measured has a distribution for each kind of event', () => {
    const measured = {
      timer: distributionOf([100e3]),
      exit: distributionOf([7e3]),
      wake: distributionOf([300e3]),
    };
    const latency = latencyOf({ kind: 'measured', measured }, 3);
    assert.ok(latency !== null);
    for (const [kind, ns] of [
      ['timer', 100e3],
      ['exit', 7e3],
      ['wake', 300e3],
    ] as const) {
      const drawn = latency[kind].nextNs();
      assert.ok(drawn <= ns && drawn > ns / 1.1, `${kind}: ${drawn}`);
    }
  });

  it('gives none: none', () => assert.equal(latencyOf({ kind: 'none' }, 1), null));
});

function distributionOf(values: readonly number[]): MeasuredLatency {
  const histogram = new Histogram();
  for (const ns of values) histogram.add(ns);
  return histogram.distribution();
}
