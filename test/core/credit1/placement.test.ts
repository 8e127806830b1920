import assert from 'node:assert/strict';
import type { Credit1 } from '../../../src/core/credit1/credit1.ts';
import { pickPcpu } from '../../../src/core/credit1/placement.ts';
import { pinnedVm, run, started, vm } from './fixture.ts';

describe('placement', () => {
  it('spreads the vCPUs of a VM over the pCPUs, for each VM from the first one', () => {
    const policy = started(3, [vm(256, 0, 4), vm(256, 0, 2)]);
    assert.deepEqual([...policy.pcpuOf], [0, 1, 2, 0, 0, 1]);
  });

  it('goes to the next allowed pCPU when its own is not', () => {
    const policy = started(4, [pinnedVm([2, 3], [0], [3])]);
    assert.deepEqual([...policy.pcpuOf], [2, 0, 3]);
  });

  it('stays where a vCPU runs, if nobody waits behind that one', () => {
    const policy = started(2, [vm(256), vm(256)]);
    run(policy, 0, 0);
    assert.equal(pickPcpu(policy.state, 1), 0);
  });

  it('leaves a pCPU where somebody waits for the next idle one', () => {
    const policy = started(4, [vm(256), vm(256, 0, 2), vm(256)]);
    policy.pcpuOf.set([0, 1, 1, 1]);
    run(policy, 0, 0, 1);
    policy.state.runq.insert(1, 2);
    assert.equal(pickPcpu(policy.state, 3), 2);
  });

  it('stays when no pCPU is idle', () => {
    const policy = started(1, [vm(256, 0, 3)]);
    run(policy, 0, 0, 1);
    assert.equal(pickPcpu(policy.state, 2), 0);
  });

  it('moves a running vCPU at a tick when others wait behind it and an allowed pCPU is idle', () => {
    const policy = started(2, [vm(256), pinnedVm([0], [0])]);
    run(policy, 0, 0, 1, 2);
    assert.deepEqual([...policy.current], [0, -1]);
    secondTick(policy);
    assert.equal(policy.schedule(0, 20e6, 20e6), 1);
    assert.equal(policy.pcpuOf[0], 1);
    assert.equal(policy.counters.migrations[0], 1);
    assert.equal(policy.schedule(1, 20e6, 0), 0);
  });

  it('takes it back when, once it is off, nobody waits there any more', () => {
    const policy = started(2, [vm(256), pinnedVm([0])]);
    run(policy, 0, 0, 1);
    secondTick(policy);
    assert.equal(policy.schedule(0, 20e6, 20e6), 1);
    assert.equal(policy.pcpuOf[0], 0);
    assert.equal(policy.counters.migrations[0], 0);
    assert.equal(policy.schedule(1, 20e6, 0), 0, 'its wake-up tickled the idle pCPU, which steals it');
  });
});

/** vCPU 0 runs on pCPU 0 through its first tick, which makes it active, and the second, which may move it. */
function secondTick(policy: Credit1): void {
  policy.fireTimer(0, 0); // the accounting at t = 0
  policy.fireTimer(10e6, 10e6);
  policy.fireTimer(20e6, 20e6);
}
