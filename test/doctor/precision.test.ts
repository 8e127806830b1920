import type { Precision, Probe } from '../../src/doctor/diagnosis.ts';
import assert from 'node:assert/strict';
import { examinePrecision } from '../../src/doctor/examine-precision.ts';
import { examineSlices } from '../../src/doctor/examine-slices.ts';
import { precisionOf, roundUp, type WorkSample } from '../../src/doctor/precision.ts';
import { probe, probeScenario } from '../../src/doctor/probe.ts';
import type { Testbed, RunHooks } from '../../src/testbed/testbed.ts';
import type { RunResult } from '../../src/result/result.ts';
import type { VmPrediction } from '../../src/result/vm-result.ts';
import type { Scenario } from '../../src/scenario/scenario.ts';
import { sampleHost, sampleRun } from '../report/sample.ts';

const SLICE_NS = 30e6;
const WINDOW_NS = 2e9;
const scenario = probeScenario(1);

/** @param shares of A and B in percent; @param lateNs the median tick */
function runWith(shares: readonly [number, number], lateNs = 0): RunResult {
  const run = sampleRun(
    scenario,
    shares.map((share) => ({ cpuNs: (share / 100) * WINDOW_NS })),
    { windowNs: WINDOW_NS },
  );
  const tickLatenessNs = { count: 200, p50: lateNs, p99: 5 * lateNs, max: 9 * lateNs };
  return { ...run, loop: { ...run.loop, tickLatenessNs } };
}

const predicted: readonly VmPrediction[] = [40, 60].map((median) => ({
  wallNs: null,
  sharePercent: { median, min: median, max: median },
}));

/** Rates of A in units per second, one per part; B works at 100. */
function parts(...rates: readonly number[]): WorkSample[] {
  let [a, b, cpuNs] = [0, 0, 0];
  const sample = (): WorkSample => [
    { units: a, cpuNs },
    { units: b, cpuNs },
  ];
  const samples = [sample()];
  for (const rate of rates) {
    a += rate;
    b += 100;
    cpuNs += 1e9;
    samples.push(sample());
  }
  return samples;
}

const steady = parts(100, 100, 100);

describe('the precision to expect', () => {
  it('of shares is what the probe was off', () => {
    const { shareErrorPoints, expected } = precisionOf(runWith([39.8, 60]), predicted, steady, SLICE_NS);
    close(shareErrorPoints, 0.2);
    close(expected.sharePoints, 0.2);
  });

  it('of shares is no better than what late timers move', () => {
    const { shareErrorPoints, expected } = precisionOf(runWith([40, 60], 90e3), predicted, steady, SLICE_NS);
    close(shareErrorPoints, 0);
    close(expected.sharePoints, 0.3);
  });

  it('of times is the error of the smaller share in percent of it, and the drift', () => {
    const drifting = parts(100, 100, 106);
    const { expected, speedDriftPercent } = precisionOf(runWith([39.8, 60]), predicted, drifting, SLICE_NS);
    // Six rates, of which one is 6 % off the median.
    close(speedDriftPercent ?? NaN, 1);
    close(expected.timePercent, 0.5 + 1);
  });

  it('of times is about the share alone where the speed could not be seen', () => {
    for (const samples of [[], parts(), parts().concat(parts())]) {
      const { speedDriftPercent, expected } = precisionOf(runWith([39.8, 60]), predicted, samples, SLICE_NS);
      assert.equal(speedDriftPercent, null);
      close(expected.timePercent, 0.5);
    }
  });

  it('is rounded up to one digit, to no less than 0.1', () => {
    const pairs = [
      [0, 0.1],
      [0.1, 0.1],
      [0.11, 0.2],
      [0.3, 0.3],
      [0.7, 0.7],
      [0.95, 1],
      [1, 1],
      [2.3, 3],
      [12, 20],
    ];
    for (const [value, rounded] of pairs) assert.equal(roundUp(value), rounded, String(value));
  });
});

describe('the finding about precision', () => {
  const quiet: Precision = {
    tickLatenessNs: { p50: 30e3, p99: 90e3 },
    sliceEndLateNs: 55e3,
    shareErrorPoints: 0.1,
    stolenPercent: 0.1,
    speedDriftPercent: 0.4,
    expected: { sharePoints: 0.1, timePercent: 0.7 },
  };
  const finding = (change: Partial<Probe>) =>
    examinePrecision({ ...quiet, pcpu: 1, windowNs: WINDOW_NS, ...change });
  const expecting = (sharePoints: number, timePercent: number) => ({
    expected: { sharePoints, timePercent },
  });

  it('is good on a quiet machine, and names the figures', () => {
    const { level, state } = finding({});
    assert.equal(level, 'good');
    assert.match(
      state,
      /CPU 1: shares off by 0\.10 points, stolen 0\.10 %, speed varies by 0\.4 %, ticks late by 30\.0 µs/,
    );
  });

  it('is bad above one point, 5 % of the times or 2 % stolen, and worth a notice above half of that', () => {
    assert.equal(finding(expecting(1.1, 1)).level, 'bad');
    assert.equal(finding(expecting(0.1, 5.1)).level, 'bad');
    assert.equal(finding({ stolenPercent: 2.1 }).level, 'bad');
    assert.equal(finding(expecting(0.6, 1)).level, 'notice');
    assert.equal(finding(expecting(0.1, 2.6)).level, 'notice');
    assert.equal(finding({ stolenPercent: 1.1 }).level, 'notice');
  });

  it('blames the speed of the core where that makes most of it, else the others', () => {
    assert.match(finding({ ...expecting(0.1, 6), speedDriftPercent: 5 }).consequence ?? '', /own speed/);
    assert.match(finding({ ...expecting(2, 6), speedDriftPercent: 1 }).consequence ?? '', /others took/);
  });
});

describe('the finding about short slices', () => {
  it('is good where they end in time, and names no scheduler', () => {
    assert.deepEqual(examineSlices({ sliceEndLateNs: 55e3 }), {
      key: 'short-slices',
      title: 'short slices',
      state: 'slices end 55.0 µs late',
      level: 'good',
      consequence: null,
      remedy: null,
    });
  });

  it('names the schedulers for whose slices the machine is too coarse, and no others', () => {
    const { level, consequence } = examineSlices({ sliceEndLateNs: 130e3 });
    assert.equal(level, 'notice');
    assert.match(consequence ?? '', /too coarse for .*\bsedf \(500\.0 µs\)/);
    assert.match(consequence ?? '', /\bcredit2 \(500\.0 µs\)/);
    assert.doesNotMatch(consequence ?? '', /\b(credit|rtds|round-robin) \(/);
  });

  it('is unknown where no timer was served', () => {
    assert.equal(examineSlices({ sliceEndLateNs: null }).level, 'unknown');
  });
});

describe('the probe', () => {
  /** A lab whose core does `rate` units per ms, with shares as predicted. */
  function labWith(
    rate: (part: number) => number,
    shares: readonly [number, number] = [33.3, 66.7],
    complete = true,
  ) {
    const ran: Scenario[] = [];
    let part = 0;
    let units = 0;
    const snapshot = (): RunResult => {
      const run = runWith(shares, 30e3);
      const vms = run.vms.map((vm) => ({
        ...vm,
        cpuNs: part * 400e6,
        vcpus: vm.vcpus.map((vcpu) => ({ ...vcpu, units })),
      }));
      return { ...run, vms };
    };
    const testbed: Testbed & { ran: Scenario[] } = {
      ran,
      host: sampleHost,
      run: (what: Scenario, hooks: RunHooks) => {
        ran.push(what);
        const tell = (phase: 'calibrating' | 'running', elapsedNs: number) => {
          hooks.onProgress({ phase, text: '', elapsedNs, vms: [] });
        };
        tell('calibrating', 0);
        for (part = 0; part < 5; part++) {
          tell('running', part * 400e6);
          tell('running', part * 400e6 + 100e6);
          units += 400 * rate(part);
        }
        return Promise.resolve({ ...runWith(shares, 30e3), complete });
      },
      calibrate: () => Promise.reject(new Error('not asked for')),
      snapshot,
      close: () => Promise.resolve(),
    };
    return testbed;
  }

  const signal = new AbortController().signal;

  it('runs two VMs of unequal weight for 2 s on the CPU that it is given', async () => {
    const testbed = labWith(() => 1);
    const result = await probe(testbed, 5, signal);
    assert.equal(result?.pcpu, 5);
    const [{ pcpus, durationNs, vms }] = testbed.ran;
    assert.deepEqual([pcpus, durationNs], [[5], 2e9]);
    assert.deepEqual(
      vms.map(({ weight, work }) => [weight, work]),
      [
        [256, null],
        [512, null],
      ],
    );
  });

  it('holds the shares against those of the simulated scheduler', async () => {
    const result = await probe(
      labWith(() => 1),
      1,
      signal,
    );
    assert.ok((result?.shareErrorPoints ?? NaN) < 1.5, JSON.stringify(result));
  });

  it('sees no drift when the work keeps its rate, and one when it does not', async () => {
    close(
      (
        await probe(
          labWith(() => 1),
          1,
          signal,
        )
      )?.speedDriftPercent ?? NaN,
      0,
    );
    const slowing = await probe(
      labWith((part) => (part === 3 ? 0.8 : 1)),
      1,
      signal,
    );
    // Four parts of each VM, one of which is 20 % off.
    close(slowing?.speedDriftPercent ?? NaN, 5);
  });

  it('has no figures when it was interrupted', async () => {
    assert.equal(
      await probe(
        labWith(() => 1, [33.3, 66.7], false),
        1,
        signal,
      ),
      null,
    );
  });
});

function close(actual: number, expected: number): void {
  assert.ok(Math.abs(actual - expected) < 1e-6, `${String(actual)} is not ${String(expected)}`);
}
