import assert from 'node:assert/strict';
import { Priority } from '../../../src/core/credit1/constants.ts';
import { IDLE } from '../../../src/core/policy.ts';
import { queue, run, settle, started, vm } from './fixture.ts';

describe('schedule', () => {
  it('runs equals round robin', () => {
    const policy = started(1, [vm(256, 0, 3)]);
    run(policy, 0, 0, 1, 2);
    const order = [30e6, 60e6, 90e6].map((nowNs) => policy.schedule(0, nowNs, 0));
    assert.deepEqual(order, [1, 2, 0]);
  });

  it('gives a full slice each time', () => {
    const policy = started(1, [vm(256)], { acctPhaseNs: 1e9 });
    run(policy, 0, 0);
    policy.state.timers.cancel(0); // its tick
    policy.schedule(0, 7e6, 7e6);
    assert.equal(policy.nextTimerNs(), 37e6);
    assert.equal(policy.nextTimerPcpu(), 0);
  });

  it('keeps a vCPU for 1 ms after it was switched in', () => {
    const policy = started(1, [vm(256, 0, 2)]);
    run(policy, 0, 0, 1);
    assert.equal(policy.schedule(0, 999_999, 0), 0);
    policy.state.timers.cancel(0);
    policy.fireTimer(0, 0); // the accounting at t = 0
    assert.equal(policy.nextTimerNs(), 1e6);
    assert.equal(policy.schedule(0, 1e6, 0), 1);
  });

  it('asks again 100 ns later when it is asked in the instant of a switch', () => {
    const policy = started(1, [vm(256, 0, 2)]);
    run(policy, 5e6, 0, 1);
    policy.schedule(0, 5e6, 0);
    policy.fireTimer(5e6, 0); // the accounting at t = 0
    assert.equal(policy.nextTimerNs(), 5e6 + 100);
  });

  it('does not keep one that yielded or blocked', () => {
    const policy = started(1, [vm(256, 0, 2)]);
    run(policy, 0, 0, 1);
    policy.yieldVcpu(0);
    assert.equal(policy.schedule(0, 1, 0), 1);
    policy.block(1);
    assert.equal(policy.schedule(0, 2, 0), 0);
  });

  it('lets a preempted vCPU that turns out to have blocked go from its queue', () => {
    const policy = started(1, [vm(256, 0, 2)]);
    run(policy, 0, 0, 1);
    policy.schedule(0, 30e6, 30e6);
    assert.deepEqual(queue(policy, 0), [0]);
    policy.block(0);
    assert.deepEqual(queue(policy, 0), []);
    assert.equal(policy.state.runnable[0], 1);
    assert.equal(policy.nextResched(), -1);
  });

  it('ignores a yield that comes when the vCPU has been preempted', () => {
    const policy = started(1, [vm(256, 0, 2)]);
    run(policy, 0, 0, 1);
    policy.schedule(0, 30e6, 30e6);
    policy.yieldVcpu(0);
    assert.equal(policy.nextResched(), -1);
    assert.equal(policy.schedule(0, 60e6, 30e6), 0);
  });

  it('charges what a preempted vCPU overran the next time it runs', () => {
    const policy = started(1, [vm(256, 0, 2)]);
    run(policy, 0, 0, 1);
    policy.schedule(0, 30e6, 30e6);
    policy.schedule(0, 60e6, 0);
    policy.schedule(0, 90e6, 61e6);
    assert.equal(policy.state.credit[0], -610);
  });

  it('stops ticks on an idle pCPU, and starts them on absolute multiples of their period', () => {
    const policy = started(1, [vm(256)], { bootNs: 5e6, acctPhaseNs: 1e9 });
    assert.equal(policy.nextTimerNs(), 1_025e6);
    run(policy, 2e6, 0);
    assert.equal(policy.nextTimerNs(), 5e6, 'boot + 10 ms');
    policy.block(0);
    settle(policy, 3e6);
    assert.equal(policy.current[0], IDLE);
    assert.equal(policy.nextTimerNs(), 1_025e6);
  });

  it('starts the ticks of each pCPU a phase later than those of the one before', () => {
    const phases = [
      [3e6, [10e6, 3e6, 6e6]],
      // Beyond a tick they come round again.
      [27e6, [10e6, 7e6, 4e6]],
    ] as const;
    for (const [tickPhaseNs, firstTicksNs] of phases) {
      const policy = started(3, [vm(256, 0, 3)], { acctPhaseNs: 1e9, tickPhaseNs });
      run(policy, 1e6, 0, 1, 2);
      for (const [pcpu, dueNs] of [...firstTicksNs.entries()].sort(([, a], [, b]) => a - b)) {
        assert.deepEqual([policy.nextTimerPcpu(), policy.nextTimerNs()], [pcpu, dueNs]);
        policy.fireTimer(dueNs, 0);
        assert.ok(policy.nextTimerNs() > dueNs);
      }
    }
  });

  it('re-arms a tick relative to when it was handled', () => {
    const policy = started(1, [vm(256)], { acctPhaseNs: 1e9 });
    run(policy, 0, 0);
    policy.fireTimer(10_040_000, 10e6);
    assert.equal(policy.nextTimerNs(), 20_040_000);
  });

  it('takes a boost away at the first tick that finds the vCPU running', () => {
    const policy = started(1, [vm(256)]);
    run(policy, 0, 0);
    policy.state.priority[0] = Priority.boost;
    policy.fireTimer(0, 0); // the accounting at t = 0
    policy.fireTimer(10e6, 10e6);
    assert.equal(policy.state.priority[0], Priority.under);
  });
});
