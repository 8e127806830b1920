import assert from 'node:assert/strict';
import fc from 'fast-check';
import { inWeightPeriod } from '../../../src/core/sedf/weights.ts';
import { MS, reserved, started } from './fixture.ts';

describe('weights of SEDF', () => {
  it('take from a reservation what it has of 100 ms, where a division of doubles would say a ns more', () => {
    const [periodNs, sliceNs] = [134_247_283, 122_677_781];
    assert.equal(Math.trunc((100 * MS * sliceNs) / periodNs), 91_381_947);
    assert.equal(inWeightPeriod(sliceNs, periodNs), 91_381_946);
    const { state } = started([
      { periodNs, sliceNs, extratime: 0 },
      { weight: 1, extratime: 0 },
    ]);
    assert.equal(state.sliceNs[1], 95 * MS - 91_381_946);
  });

  it('take it exactly, whatever period and slice are, and toward zero', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 10_000, max: 10_000 * MS }),
        fc.integer({ min: -10_000 * MS, max: 10_000 * MS }),
        (periodNs, sliceNs) => {
          const exact = (100_000_000n * BigInt(sliceNs)) / BigInt(periodNs);
          assert.equal(BigInt(inWeightPeriod(sliceNs, periodNs)), exact);
        },
      ),
    );
  });

  it('divide what reservations leave of 95 ms, on each pCPU of its own', () => {
    const vcpus = [[0], [1]];
    const { state } = started([], {
      pcpuCount: 2,
      vms: [
        { parameters: { weight: 2, extratime: 0 }, vcpus },
        { parameters: { weight: 3, extratime: 0 }, vcpus: [[0]] },
        { parameters: reserved(20, 5), vcpus: [[1]] },
      ],
    });
    assert.deepEqual([...state.sliceNs], [38 * MS, 70 * MS, 57 * MS, 5 * MS]);
  });

  it('get less than nothing where reservations take more, and the others go on', () => {
    const { state } = started([reserved(20, 20), { weight: 2, extratime: 0 }]);
    assert.equal(state.sliceNs[1], -5 * MS);
  });

  it('of a VM that is gone count until the next request, of any VM', () => {
    const policy = started([{ weight: 1, extratime: 0 }, { weight: 1, extratime: 0 }, {}]);
    const { state } = policy;
    policy.destroyVm(0, 1);
    assert.equal(state.sliceNs[1], 47.5 * MS);
    assert.equal(policy.setVm(2, { weight: 5 }, 2), true);
    assert.equal(state.sliceNs[1], 95 * MS);
    assert.equal(state.sliceNs[0], 47.5 * MS);
  });

  it('still count the reservation of a VM that has none any more', () => {
    const policy = started([reserved(20, 10), { weight: 1, extratime: 0 }]);
    policy.setVm(0, { weight: 1, extratime: 1 }, 1);
    assert.equal(policy.state.sliceNs[0], 0);
    assert.equal(policy.state.sliceNs[1], 45 * MS);
  });
});
