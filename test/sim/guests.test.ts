import assert from 'node:assert/strict';
import type { GuestSpec } from '../../src/sim/guest.ts';
import type { SimOptions, SimResult } from '../../src/sim/simulate.ts';
import { simulate } from '../../src/sim/simulate.ts';

describe('a simulated guest, alone on a pCPU,', () => {
  it('that is a hog uses all of it', () => {
    const { vcpus, switches } = alone({ kind: 'hog' });
    assert.equal(vcpus[0].cpuNs, 1e9);
    assert.deepEqual(switches, [1]);
  });

  it('with finite work is done when it has used that much', () => {
    const { vcpus, endNs } = alone({ kind: 'finite', workNs: 123_456_789 });
    assert.deepEqual([vcpus[0].cpuNs, vcpus[0].doneNs, endNs], [123_456_789, 123_456_789, 1e9]);
  });

  it('that sleeps is woken that long after each burst', () => {
    const { vcpus } = alone({ kind: 'io', runNs: 1e6, sleepNs: 9e6 });
    assert.deepEqual([vcpus[0].cpuNs, vcpus[0].wakes, vcpus[0].dispatches], [100e6, 99, 100]);
  });

  it('that is periodic is woken at fixed intervals', () => {
    const { vcpus } = alone({ kind: 'periodic', runNs: 4e6, periodNs: 10e6 });
    assert.deepEqual([vcpus[0].cpuNs, vcpus[0].wakes], [400e6, 99]);
  });

  it('that is periodic and too slow does not make up for missed releases', () => {
    const { vcpus } = alone({ kind: 'periodic', runNs: 40e6, periodNs: 10e6 });
    assert.deepEqual([vcpus[0].cpuNs, vcpus[0].wakes], [1e9, 24]);
  });

  it('that yields goes on when nobody else wants the pCPU', () => {
    const { vcpus } = alone({ kind: 'yield', runNs: 1e6 });
    assert.deepEqual([vcpus[0].cpuNs, vcpus[0].dispatches], [1e9, 1]);
  });

  it('with a number of bursts is done after the last', () => {
    const { vcpus } = alone({ kind: 'io', runNs: 1e6, sleepNs: 9e6, count: 3 });
    assert.deepEqual([vcpus[0].cpuNs, vcpus[0].doneNs, vcpus[0].wakes], [3e6, 21e6, 2]);
  });

  it('whose burst takes no time is refused', () => {
    assert.throws(() => alone({ kind: 'yield', runNs: 0 }), RangeError);
    assert.throws(() => alone({ kind: 'finite', workNs: 1.5 }), RangeError);
    assert.throws(() => alone({ kind: 'io', runNs: 1, sleepNs: -1 }), RangeError);
    assert.throws(() => alone({ kind: 'periodic', runNs: 1, periodNs: 1, count: 0 }), RangeError);
  });
});

describe('a simulation', () => {
  it('without a duration ends with the last finite work', () => {
    const { end, endNs } = simulate({
      pcpuCount: 1,
      vms: [100e6, 50e6].map((workNs) => ({
        weight: 256,
        cap: 0,
        vcpus: [{ guest: { kind: 'finite', workNs } }],
      })),
    });
    assert.deepEqual([end, endNs], ['done', 150e6]);
  });

  it('that could never end is refused', () => {
    const vms = [{ weight: 256, cap: 0, vcpus: [{ guest: { kind: 'hog' } as const }] }];
    assert.throws(() => simulate({ pcpuCount: 1, vms }), /durationNs/);
  });

  it('samples CPU time at regular instants before its end', () => {
    const { samples } = alone({ kind: 'io', runNs: 300e6, sleepNs: 100e6 }, { sampleNs: 250e6 });
    assert.deepEqual(samples, [
      [0, 0],
      [250e6, 250e6],
      [500e6, 400e6],
      [750e6, 600e6],
    ]);
  });

  it('with late timers stays near the exact one, differs by seed, and repeats by seed', () => {
    const shares = [1, 2, 1].map((seed) => twoHogs({ jitterNs: 50_000, seed }));
    assert.deepEqual(shares[0], shares[2]);
    assert.notDeepEqual(shares[0], shares[1]);
    for (const [a, b] of shares) {
      const percent = (100 * a) / (a + b);
      assert.ok(percent > 33 && percent < 34, `A has ${percent} %`);
    }
  });

  it('with jitter loses no CPU time of finite work', () => {
    const { vcpus } = alone({ kind: 'finite', workNs: 500e6 }, { jitterNs: 50_000 });
    assert.deepEqual([vcpus[0].cpuNs, vcpus[0].doneNs], [500e6, 500e6]);
  });
});

function alone(guest: GuestSpec, options: Partial<SimOptions> = {}): SimResult {
  return simulate({
    pcpuCount: 1,
    vms: [{ weight: 256, cap: 0, vcpus: [{ guest }] }],
    durationNs: 1e9,
    ...options,
  });
}

/** CPU times of two hogs of weights 256 and 512. */
function twoHogs(options: Partial<SimOptions>): number[] {
  const vms = [256, 512].map((weight) => ({ weight, cap: 0, vcpus: [{ guest: { kind: 'hog' } as const }] }));
  return simulate({ pcpuCount: 1, vms, durationNs: 30e9, ...options }).vcpus.map(({ cpuNs }) => cpuNs);
}
