import assert from 'node:assert/strict';
import type { Bench, BenchContext } from '../../scripts/bench/bench.ts';
import { atLeast, atMost, atMostTimes, figureOf } from '../../scripts/bench/figure.ts';
import { formatGoal, formatValue, renderReport, type Report } from '../../scripts/bench/report.ts';
import { exitCodeOf, runBenches } from '../../scripts/bench/run-benches.ts';
import type { HostDescription } from '../../src/result/result.ts';
import { plainStyle } from '../../src/report/terminal/style.ts';

const host: HostDescription = {
  os: 'Debian 12',
  kernel: '6.12.0',
  arch: 'x64',
  node: 'v20.20.0',
  cpuModel: 'Example 9000',
  cpus: [],
  allowedCpus: [0, 1],
  cgroupQuotaCpus: null,
  memoryBytes: 2 ** 33,
  virtualized: true,
};

function contextWith(signal: AbortSignal): Omit<BenchContext, 'add' | 'compare' | 'program'> {
  return {
    host,
    native: () => assert.fail('no bench here needs the addon'),
    cpus: [1, 0],
    seconds: (otherwise) => otherwise,
    vcpus: 512,
    signal,
    say: () => undefined,
  };
}

const measured = { unit: 'µs', how: 'by a clock' };
const good: Bench = {
  name: 'good',
  description: 'measures',
  run: ({ add }) => {
    add({ ...measured, figure: 'a', value: 1, goal: atMost(2) });
    return Promise.resolve();
  },
};
const broken: Bench = {
  name: 'broken',
  description: 'breaks off',
  run: ({ add }) => {
    add({ ...measured, figure: 'b', value: 1 });
    return Promise.reject(new Error('the clock stopped'));
  },
};

describe('a figure', () => {
  it('meets its goal at the bound, and has no verdict without a goal or a value', () => {
    const verdict = (value: number | null, goal?: ReturnType<typeof atMost>): boolean | null =>
      figureOf({ ...measured, figure: 'f', value, ...(goal === undefined ? {} : { goal }) }).met;
    assert.equal(verdict(2, atMost(2)), true);
    assert.equal(verdict(2.01, atMost(2)), false);
    assert.equal(verdict(99.5, atLeast(99.5)), true);
    assert.equal(verdict(99.4, atLeast(99.5)), false);
    assert.equal(verdict(null, atMost(2)), null);
    assert.equal(verdict(2), null);
  });

  it('is held against its yardstick as a ratio, and without one has no verdict', () => {
    const held = (value: number | null, yardstick?: number) =>
      figureOf({
        ...measured,
        figure: 'f',
        value,
        goal: atMostTimes(1.5),
        ...(yardstick === undefined ? {} : { yardstick: { name: 'in C', value: yardstick } }),
      });
    assert.deepEqual([held(3, 2).ratio, held(3, 2).met], [1.5, true]);
    assert.deepEqual([held(3.1, 2).ratio, held(3.1, 2).met], [1.55, false]);
    assert.deepEqual([held(1).ratio, held(1).met], [null, null]);
    assert.deepEqual([held(1, 0).ratio, held(1, 0).met], [null, null]);
    assert.deepEqual([held(null, 2).ratio, held(null, 2).met], [null, null]);
  });

  it('is printed with three digits, its goal with the aim', () => {
    assert.deepEqual([1234.5, 12.345, 1.2345, 0.12345, null].map(formatValue), [
      '1235',
      '12.3',
      '1.23',
      '0.123',
      '–',
    ]);
    assert.equal(formatGoal(atMost(0.3, 0.1)), '≤ 0.3 (aim 0.1)');
    assert.equal(formatGoal(atMostTimes(1.3)), '≤ 1.3 ×');
    assert.equal(formatGoal(null), '');
  });
});

describe('a round of benches', () => {
  it('goes on after one that broke off, keeps what that one had measured, and fails', async () => {
    const reports = await runBenches([broken, good], contextWith(new AbortController().signal));
    assert.deepEqual(
      reports.map(({ name, failure, figures }) => [name, failure, figures.length]),
      [
        ['broken', 'the clock stopped', 1],
        ['good', null, 1],
      ],
    );
    assert.equal(exitCodeOf(reports), 1);
    assert.equal(exitCodeOf(reports.slice(1)), 0);
  });

  it('ends at once when it is interrupted', async () => {
    const aborter = new AbortController();
    const interrupting = {
      ...broken,
      run: () => {
        aborter.abort();
        return Promise.reject(aborter.signal.reason as Error);
      },
    };
    const reports = await runBenches([interrupting, good], contextWith(aborter.signal));
    assert.deepEqual(
      reports.map(({ failure }) => failure),
      ['interrupted'],
    );
  });

  it('prints a line per figure and per prediction, each miss explained, and says which benches were disturbed', () => {
    const report: Report = {
      format: 'creditlab-bench',
      version: 2,
      generator: { name: 'creditlab', version: '0.0.0' },
      startedAt: '2025-01-01T00:00:00.000Z',
      host,
      benches: [
        {
          name: 'good',
          description: 'measures',
          figures: [
            figureOf({ ...measured, figure: 'lateness', value: 3, goal: atMost(2) }),
            figureOf({
              ...measured,
              figure: 'gap',
              value: 6,
              yardstick: { name: 'in C', value: 5 },
              goal: atMostTimes(1.3),
            }),
          ],
          programs: [],
          comparisons: [
            {
              scenario: 'weights',
              vm: 'light',
              wall: {
                measured: 2.04e9,
                predicted: { median: 2e9, min: 1.99e9, max: 2.01e9 },
                ideal: 1.9e9,
                error: 2,
                inBand: false,
                forecast: { median: 2.1e9, error: -2.86 },
              },
              share: {
                measured: 33.1,
                predicted: { median: 33.4, min: 33.3, max: 33.5 },
                ideal: 33.33,
                error: -0.3,
                inBand: true,
                forecast: null,
              },
              explanation: 'time: stolen time 40.00 ms (2.00 %)',
            },
          ],
          failure: null,
          noise: { othersPercent: 12.34, stealPercent: 0 },
        },
      ],
    };
    const text = renderReport(report, plainStyle);
    assert.match(text, /^Example 9000, 2 CPUs \(virtual machine\), Linux 6\.12\.0, Node v20\.20\.0$/m);
    assert.match(text, /^good: .*other programs had 12\.3 % of its CPU time/m);
    assert.match(
      text,
      /^weights +light +2\.040 s +2\.000 s \[1\.990–2\.010\] +1\.900 s +\+2\.00 +-2\.86 +33\.1 % +33\.4 % \[33\.3–33\.5\] +33\.3 % +-0\.30 +–$/m,
    );
    assert.match(text, /^weights, light: time: stolen time 40\.00 ms \(2\.00 %\)$/m);
    assert.match(text, /^lateness +3\.00 +µs +≤ 2 +missed +by a clock$/m);
    assert.match(text, /^gap +6\.00 +µs +5\.00 in C +1\.20 +≤ 1\.3 × +met +by a clock$/m);
  });
});
