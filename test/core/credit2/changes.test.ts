import assert from 'node:assert/strict';
import { LOAD_UNIT } from '../../../src/core/credit2/load.ts';
import { credit2Type } from '../../../src/core/credit2/type.ts';
import { created, EACH, run, settle, started, vm } from './fixture.ts';

describe('a change at run time', () => {
  it('of a weight charges what a vCPU has run since it was last charged at the new rate', () => {
    const policy = started(1, [vm(256), vm(512)]);
    run(policy, 0, 0);
    policy.setVm(0, { weight: 512 }, 2e6);
    policy.block(0, 2e6);
    settle(policy, 2e6);
    assert.equal(policy.state.credit[0], 8e6);
  });

  it('of a weight finds the highest one anew', () => {
    const policy = started(1, [vm(256), vm(512)]);
    const top = policy.state.topWeight;
    policy.setVm(1, { weight: 100 }, 0);
    assert.equal(top[0], 256);
    policy.setVm(0, { weight: 700 }, 0);
    assert.equal(top[0], 700);
  });

  it('of what it does not know, or out of range, is refused', () => {
    const policy = started(1, [vm(256, 40)]);
    assert.throws(() => policy.setVm(0, { weight: 0 }, 0), RangeError);
    assert.throws(() => policy.setVm(0, { weight: 1, cap: -1 }, 0), RangeError);
    assert.throws(() => policy.tune({ capPeriodNs: 20e6 }, 0), /can't change/);
    assert.equal(policy.tune({ ratelimitNs: 99_999 }, 0), false);
    assert.equal(policy.tune({ ratelimitNs: 0 }, 0), true);
    assert.deepEqual([policy.state.weight[0], policy.state.ratelimitNs], [256, 0]);
  });

  it('before the VM starts holds from its start on', () => {
    const policy = created(1, [vm(256), vm()]);
    policy.startVm(1, 0);
    policy.setVm(0, { weight: 1000, cap: 50 }, 0);
    policy.pauseVm(0, 0);
    assert.equal(policy.state.topWeight[0], 256);
    assert.equal(policy.nextTimerNs(), Infinity);
    policy.startVm(0, 5e6);
    run(policy, 5e6, 0);
    assert.deepEqual([policy.state.topWeight[0], policy.state.poolNs[0]], [1000, 5e6]);
    assert.equal(policy.current[0], -1, 'it is paused');
    policy.unpauseVm(0, 6e6);
    settle(policy, 6e6);
    assert.equal(policy.current[0], 0);
    assert.equal(policy.fault(), null);
  });
});

describe('a VM that is destroyed', () => {
  it('counts no longer: neither for the highest weight, nor for the load, nor in resets; its cap ends', () => {
    const policy = started(2, [vm(1000, 50, 2), vm(256)], { parameters: EACH });
    const { state } = policy;
    run(policy, 0, 0, 1, 2);
    policy.destroyVm(0, 1e6);
    settle(policy, 1e6);
    const left = state.runqueueOf[2];
    assert.deepEqual([...state.topWeight].sort(), [1, 256]);
    // Its average is as old as its last decision.
    assert.ok(state.queueLoad[1 - left] < LOAD_UNIT / 100);
    assert.deepEqual(state.members.itemsOf(left), [2]);
    assert.deepEqual(
      [...policy.current].filter((vcpu) => vcpu >= 0),
      [2],
    );
    assert.equal(policy.fault(), null);
    assert.equal(state.timers.isArmed(0), false);
    policy.wake(0, 2e6);
    policy.setVm(0, { weight: 2000, cap: 10 }, 2e6);
    policy.destroyVm(0, 2e6);
    assert.equal(policy.nextResched(), -1);
    assert.equal(policy.fault(), null);
  });

  it('leaves nobody parked', () => {
    const policy = started(1, [vm(256, 10), vm(256)]);
    run(policy, 0, 0, 1);
    for (let dueNs = policy.nextTimerNs(); dueNs < 9e6; dueNs = policy.nextTimerNs()) {
      policy.fireTimer(dueNs);
      settle(policy, dueNs);
    }
    assert.deepEqual(state(policy), [[0], 4]);
    policy.destroyVm(0, 9e6);
    settle(policy, 9e6);
    assert.deepEqual(state(policy), [[], 0]);
    assert.equal(policy.fault(), null);

    function state({ state: { parked, stops } }: typeof policy): unknown {
      return [parked.itemsOf(0), stops[0] & 4];
    }
  });
});

describe('credit2', () => {
  it('owes a VM its weight and its cap', () => {
    const { entitlement } = credit2Type;
    assert.ok(typeof entitlement === 'function');
    assert.deepEqual(entitlement({ weight: 512, cap: 40 }, 2), { weight: 512, capPercent: 40 });
    assert.deepEqual(entitlement({}, 1), { weight: 256, capPercent: null });
  });
});
