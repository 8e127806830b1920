import assert from 'node:assert/strict';
import { started } from './fixture.ts';

describe('the placement of SEDF', () => {
  const placed = (pin: number[] | null): number[] => {
    const vcpus = Array.from({ length: 4 }, () => pin);
    return [...started([], { pcpuCount: 4, vms: [{ vcpus }] }).pcpuOf];
  };

  it('goes by the number of a vCPU in its VM, and by nothing else', () => {
    assert.deepEqual(placed(null), [0, 1, 2, 3]);
    const policy = started([{}, {}, {}], { pcpuCount: 4 });
    assert.deepEqual([...policy.pcpuOf], [0, 0, 0]);
  });

  it('is uneven where pins leave gaps', () => {
    assert.deepEqual(placed([2, 3]), [2, 2, 2, 2]);
    assert.deepEqual(placed([1, 3]), [1, 1, 1, 1]);
    assert.deepEqual(placed([0, 2]), [0, 2, 0, 2]);
  });
});
