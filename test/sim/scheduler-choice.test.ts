import assert from 'node:assert/strict';
import { simulate, type SimOptions } from '../../src/sim/simulate.ts';

const hog = { parameters: {}, vcpus: [{ guest: { kind: 'hog' } as const }] };

/** As a program in JavaScript may write it. */
function dispatches(scheduler: unknown): number {
  const options = { pcpuCount: 1, durationNs: 1e9, vms: [hog, hog], scheduler } as SimOptions;
  return simulate(options).vcpus[0].dispatches;
}

describe('the scheduler of a simulation', () => {
  it('is the one that is named, also by its name alone', () => {
    const choice = { type: 'round-robin', parameters: { sliceNs: 5e6 } };
    assert.equal(dispatches(choice), 100);
    assert.equal(dispatches('round-robin'), dispatches({ type: 'round-robin' }));
  });

  it('is never another one than was asked for', () => {
    assert.throws(() => dispatches('nonsense'), /there is no scheduler 'nonsense'/);
    assert.throws(() => dispatches({ type: 'round-robin', sliceNs: 5e6 }), /'sliceNs' is unknown/);
    assert.throws(() => dispatches({ sliceNs: 5e6 }), RangeError);
  });
});
