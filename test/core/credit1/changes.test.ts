import assert from 'node:assert/strict';
import { activate } from '../../../src/core/credit1/activation.ts';
import { queue, run, settle, started, vm } from './fixture.ts';

describe('a change at run time', () => {
  it('of a weight counts at once, for each active vCPU', () => {
    const policy = started(1, [vm(256, 0, 3)]);
    activate(policy.state, 0, 0);
    activate(policy.state, 1, 0);
    policy.setVm(0, { weight: 300 }, 0);
    assert.equal(policy.state.totalWeight, 600);
  });

  it('leaves alone what it does not name', () => {
    const policy = started(1, [vm(256, 40)]);
    policy.setVm(0, { weight: 512 }, 0);
    policy.setVm(0, { cap: 20 }, 0);
    assert.deepEqual([policy.state.weight[0], policy.state.cap[0]], [512, 20]);
  });

  it('of a weight or cap out of range is refused', () => {
    const policy = started(1, [vm(256, 40)]);
    assert.throws(() => policy.setVm(0, { weight: 0 }, 0), RangeError);
    assert.throws(() => policy.setVm(0, { weight: 65_536 }, 0), RangeError);
    assert.throws(() => policy.setVm(0, { weight: 1, cap: -1 }, 0), RangeError);
    assert.equal(policy.state.weight[0], 256);
  });

  it('of the slice sets tick period and credits, and leaves timers under way', () => {
    const policy = started(2, [vm(256)], { acctPhaseNs: 1e6 });
    assert.equal(policy.tune({ tsliceNs: 100e6 }, 0), true);
    assert.equal(policy.state.tickNs, 33_333_000);
    assert.equal(policy.state.creditsPerSlice, 1000);
    assert.equal(policy.nextTimerNs(), 1e6);
    policy.tune({ tsliceNs: 2e6 }, 0);
    assert.equal(policy.state.tickNs, 2e6, 'below 3 ms a slice has one tick');
  });

  it('of parameters that do not go together is refused as a whole', () => {
    const policy = started(1, [vm(256)]);
    assert.equal(policy.tune({ tsliceNs: 5e6, ratelimitNs: 6e6 }, 0), false);
    assert.equal(policy.tune({ ratelimitNs: 99_999 }, 0), false);
    assert.equal(policy.tune({ tsliceNs: 1_001e6 }, 0), false);
    assert.equal(policy.tune({ migrationDelayNs: 100_001_000 }, 0), false);
    assert.equal(policy.state.tsliceNs, 30e6);
    assert.equal(policy.tune({ ratelimitNs: 0 }, 0), true);
  });

  it('pauses all vCPUs of a VM, running and waiting ones, and brings them back', () => {
    const policy = started(1, [vm(256, 0, 2), vm(256)]);
    run(policy, 0, 0, 1, 2);
    policy.pauseVm(0, 2e6);
    settle(policy, 2e6);
    assert.equal(policy.current[0], 2);
    assert.deepEqual(queue(policy, 0), []);
    policy.unpauseVm(0, 4e6, 0);
    settle(policy, 4e6);
    assert.deepEqual([policy.current[0], ...queue(policy, 0)].sort(), [0, 1, 2]);
  });
});

describe('a policy', () => {
  it('refuses options that Xen would refuse', () => {
    assert.throws(() => started(0, [vm(256)]), /pcpuCount/);
    assert.throws(() => started(1, [vm(0)]), /weight: expected a whole number from 1 to 65535, got 0/);
    assert.throws(() => started(1, [vm(256, 0.5)]), /cap/);
    assert.throws(() => started(1, [{ weight: 1, cap: 0, vcpus: [[1]] }]), /pin of VM 0/);
    assert.throws(() => started(1, [{ weight: 1, cap: 0, vcpus: [[]] }]), /names no pCPU/);
    assert.throws(
      () => started(1, [vm(256)], { tsliceNs: 1.5e6 }),
      /tsliceNs: expected a multiple of 1000000/,
    );
    assert.throws(() => started(1, [vm(256)], { lbRatelimitNs: 2e9 }), /lbRatelimitNs/);
  });
});
