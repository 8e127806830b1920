import assert from 'node:assert/strict';
import type { HostCpu } from '../../src/cpus/host-cpus.ts';
import { disturbances, placeBeside } from '../../src/host/place.ts';

const ALL = [0, 1, 2, 3];

function cpus(change: (id: number) => Partial<HostCpu> = () => ({})): HostCpu[] {
  return ALL.map((id) => ({ id, core: id, socket: 0, smtSiblings: [], coreType: 'uniform', ...change(id) }));
}

describe('where a VM is prepared while a run is under way', () => {
  it('is off the pCPUs', () => {
    const place = placeBeside([0, 2], ALL, cpus());
    assert.deepEqual(place, { prepareOn: [1, 3], calibrateOn: 1, cpuCount: 2 });
    assert.deepEqual(disturbances(place, [0, 2], 'A', true), []);
  });

  it('is on them if there is no other CPU, which is told', () => {
    const place = placeBeside([3, 1], [1, 3], cpus());
    assert.deepEqual(place, { prepareOn: null, calibrateOn: 3, cpuCount: 2 });
    assert.match(disturbances(place, [3, 1], 'A', false).join(), /^A was prepared on the pCPUs, since/);
  });

  it('is no other type of core where a program is calibrated, which is told', () => {
    const hybrid = cpus((id) => ({ coreType: id < 2 ? 'performance' : 'efficiency' }));
    assert.equal(placeBeside([0], ALL, hybrid).calibrateOn, 1);
    const place = placeBeside([0, 1], ALL, hybrid);
    assert.deepEqual(place, { prepareOn: [2, 3], calibrateOn: 0, cpuCount: 2 });
    assert.deepEqual(disturbances(place, [0, 1], 'A', false), []);
    assert.match(disturbances(place, [0, 1], 'A', true).join(), /^A was calibrated on CPU 0, since/);
  });

  it('is beside a pCPU on one core only if it must be', () => {
    const paired = cpus((id) => ({ core: id >> 1, smtSiblings: [id ^ 1] }));
    assert.equal(placeBeside([0], ALL, paired).calibrateOn, 2);
    assert.equal(placeBeside([0, 2], ALL, paired).calibrateOn, 1);
  });
});
