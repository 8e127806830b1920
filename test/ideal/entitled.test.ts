import assert from 'node:assert/strict';
import { entitledGroups } from '../../src/ideal/entitled.ts';

const all = (vcpus: number) => [{ vcpus, pcpus: null }];

describe('what groups are entitled to', () => {
  it('goes by a weight for each vCPU, or for the whole VM', () => {
    const one = { weight: 1, capPercent: null, demand: 1 };
    const rates = (isOfVm: boolean) =>
      entitledGroups(1, [
        { ...one, isOfVm, groups: all(3) },
        { ...one, isOfVm, groups: all(1) },
      ]).flat();
    assert.deepEqual(rates(false), [0.75, 0.25]);
    assert.deepEqual(rates(true), [0.5, 0.5]);
  });

  it('divides the weight of a VM among the groups that take part', () => {
    const one = { weight: 1, isOfVm: true, capPercent: null, demand: 1 };
    const parts = [...all(1), ...all(1), ...all(0)];
    const rates = entitledGroups(1, [
      { ...one, groups: parts },
      { ...one, weight: 2, groups: all(1) },
    ]);
    const rounded = rates.map((each) => each.map((rate) => Math.round(rate * 1000) / 1000));
    assert.deepEqual(rounded, [[0.167, 0.167, 0], [0.667]]);
  });
});
