import assert from 'node:assert/strict';
import { pass, run, settle, sliceEndNs, started, stop, vm } from './fixture.ts';

describe('a cap', () => {
  it('parks a vCPU that has used its part of the period, until the next one', () => {
    const policy = started(1, [vm(256, 25)]);
    run(policy, 0, 0);
    assert.equal(sliceEndNs(policy, 0), 2.5e6);
    pass(policy, 2.5e6);
    assert.equal(policy.current[0], -1);
    assert.deepEqual(policy.queueOf(0), []);
    assert.equal(policy.nextTimerNs(), 10e6);
    pass(policy, 10e6);
    assert.equal(policy.current[0], 0);
  });

  it('is overrun to the rate limit, which the next periods work off', () => {
    const policy = started(1, [vm(256, 1)]);
    run(policy, 0, 0);
    const { poolNs } = policy.state;
    pass(policy, 1e6);
    assert.equal(policy.current[0], -1);
    assert.equal(poolNs[0], -900_000);
    pass(policy, 90e6);
    assert.equal(poolNs[0], 0);
    assert.equal(policy.current[0], -1);
    pass(policy, 100e6);
    assert.equal(policy.current[0], 0);
  });

  it('divides the pool among the vCPUs, and what one gives back is for those that were parked', () => {
    const policy = started(2, [vm(256, 40, 2)]);
    const { budgetNs, poolNs } = policy.state;
    run(policy, 0, 0);
    assert.deepEqual([budgetNs[0], poolNs[0]], [2e6, 2e6]);
    run(policy, 1e6, 1);
    pass(policy, 2e6);
    assert.equal(policy.current[policy.pcpuOf[0]], -1, 'it is parked');
    stop(policy, 2.5e6, 1);
    assert.equal(policy.current[policy.pcpuOf[0]], 0);
    assert.deepEqual([...budgetNs, poolNs[0]], [500_000, 0, 0]);
    assert.equal(policy.fault(), null);
  });

  it('gives a vCPU 0.5 ms at a time at least, though its part of the pool is less', () => {
    const policy = started(2, [vm(256, 8, 2)]);
    run(policy, 0, 0);
    assert.deepEqual([policy.state.budgetNs[0], policy.state.poolNs[0]], [500_000, 300_000]);
  });

  it('fills up for each period that a late timer has missed, and is due at its own instants again', () => {
    const policy = started(1, [vm(256, 1)]);
    run(policy, 0, 0);
    policy.fireTimer(1e6);
    settle(policy, 1e6);
    policy.fireTimer(44e6);
    assert.equal(policy.state.poolNs[0], -900_000 + 4 * 100_000);
    assert.equal(policy.nextTimerNs(), 50e6);
    policy.fireTimer(50e6);
    assert.equal(policy.nextTimerNs(), 60e6, 'due at its own instant, and not missed');
  });

  it('never has more in the pool than a period puts in', () => {
    const policy = started(1, [vm(256, 25)]);
    pass(policy, 100e6);
    assert.equal(policy.state.poolNs[0], 2.5e6);
  });

  it('of more than 100 per vCPU is refused, after the weight was changed', () => {
    const policy = started(1, [vm(256, 20)]);
    assert.equal(policy.setVm(0, { weight: 300, cap: 101 }, 0), false);
    assert.deepEqual(
      [policy.state.weight[0], policy.state.cap[0], policy.state.topWeight[0]],
      [300, 20, 300],
    );
    assert.equal(policy.setVm(0, { cap: 100 }, 0), true);
  });

  it('that begins makes who runs look for budget; one that ends lets the parked ones go on', () => {
    const policy = started(1, [vm()]);
    run(policy, 0, 0);
    policy.setVm(0, { cap: 10 }, 3e6);
    assert.equal(policy.state.credit[0], 7e6, 'charged until now');
    settle(policy, 3e6);
    assert.equal(policy.state.budgetNs[0], 1e6);
    pass(policy, 4e6);
    assert.equal(policy.current[0], -1);
    policy.setVm(0, { cap: 0 }, 5e6);
    settle(policy, 5e6);
    assert.equal(policy.current[0], 0);
    assert.equal(policy.state.budgetNs[0], Infinity);
  });
});
