import assert from 'node:assert/strict';
import fc from 'fast-check';
import type { GuestSpec } from '../../../src/sim/guest.ts';
import { simulate, type SimResult } from '../../../src/sim/simulate.ts';

const MS = 1e6;
const hog: GuestSpec = { kind: 'hog' };

function drawn(
  weights: readonly number[],
  durationNs: number,
  seed = 1,
  guests: GuestSpec[] = [],
): SimResult {
  return simulate({
    pcpuCount: 1,
    scheduler: { type: 'lottery', parameters: { seed } },
    vms: weights.map((weight, vm) => ({ weight, vcpus: [{ guest: guests.at(vm) ?? hog }] })),
    durationNs,
    sampleNs: 10 * MS,
  });
}

function percent({ vcpus, endNs }: SimResult): number[] {
  return vcpus.map(({ cpuNs }) => (100 * cpuNs) / endNs);
}

describe('lottery scheduling', () => {
  it('draws as in its worked example', () => {
    const { samples, vcpus } = drawn([256, 512], 10_000 * MS);
    const winners = samples.slice(1, 7).map(([, a], i) => (a > samples[i][1] ? 'A' : 'B'));
    assert.equal(winners.join(''), 'ABBBBA');
    assert.equal(vcpus[1].cpuNs, 658 * 10 * MS);
  });

  it('gives each its part of the draws, give or take a few standard deviations', () => {
    const weight = fc.integer({ min: 1, max: 1000 });
    fc.assert(
      fc.property(fc.array(weight, { minLength: 2, maxLength: 5 }), fc.nat(1e6), (weights, seed) => {
        const draws = 2000;
        const total = weights.reduce((sum, each) => sum + each, 0);
        const { vcpus } = drawn(weights, draws * 10 * MS, seed + 1);
        for (const [vm, { cpuNs }] of vcpus.entries()) {
          const part = weights[vm] / total;
          const deviation = Math.sqrt(draws * part * (1 - part));
          assert.ok(Math.abs(cpuNs / (10 * MS) - draws * part) < 5 * deviation + 1, `${vm}: ${cpuNs}`);
        }
      }),
      { numRuns: 50 },
    );
  });

  it('makes up for slices that were not used, as with sleepers or who yields', () => {
    const [yields] = percent(drawn([256, 256], 60_000 * MS, 1, [{ kind: 'yield', runNs: 2 * MS }]));
    assert.ok(Math.abs(yields - 50) < 3, `${yields}`);
    // It can't use more than half, since it sleeps as long as it computes.
    const [sleeps] = percent(
      drawn([256, 256], 60_000 * MS, 1, [{ kind: 'io', runNs: 1 * MS, sleepNs: 9 * MS }]),
    );
    assert.ok(sleeps > 6 && sleeps < 10, `${sleeps}`);
  });

  it('draws by another weight from then on, also of who waits just then', () => {
    const { vcpus } = simulate({
      pcpuCount: 1,
      scheduler: { type: 'lottery' },
      vms: [1000, 60_000].map((weight) => ({ weight, vcpus: [{ guest: hog }] })),
      events: [{ atNs: 5 * MS, kind: 'set', vm: 1, parameters: { weight: 1 } }],
      durationNs: 100 * MS,
    });
    // The first one runs when it comes. From then on it loses one draw in 1001.
    assert.deepEqual(
      vcpus.map(({ cpuNs }) => cpuNs),
      [100 * MS, 0],
    );
  });

  it('is the same with the same seed, and another with another one', () => {
    const cpuNs = (seed: number): readonly number[] =>
      drawn([256, 512], 1000 * MS, seed).vcpus.map((vcpu) => vcpu.cpuNs);
    assert.deepEqual(cpuNs(7), cpuNs(7));
    assert.notDeepEqual(cpuNs(7), cpuNs(8));
  });
});
