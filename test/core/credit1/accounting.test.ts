import assert from 'node:assert/strict';
import fc from 'fast-check';
import { account, divideUp } from '../../../src/core/credit1/accounting.ts';
import { activate, isActive } from '../../../src/core/credit1/activation.ts';
import { Priority } from '../../../src/core/credit1/constants.ts';
import type { Credit1 } from '../../../src/core/credit1/credit1.ts';
import type { Credit1Vm } from '../../../src/core/credit1/options.ts';
import { Flag, Stop } from '../../../src/core/credit1/state.ts';
import { queue, run, settle, started, vm } from './fixture.ts';

const { boost, under, over } = Priority;

describe('accounting', () => {
  it('does nothing but forget the balance while nobody is active', () => {
    const { state } = started(1, [vm(256)]);
    state.balance = -5;
    account(state, 0);
    assert.equal(state.balance, 0);
    assert.equal(state.epoch, 0);
  });

  it('follows the worked example: A of weight 256 and B of 512', () => {
    const { state } = active(1, [vm(256), vm(512)], [0, -300]);
    account(state, 60e6);
    assert.deepEqual([...state.credit], [100, -100]);
    assert.deepEqual([...state.priority], [under, over]);
    assert.deepEqual([...state.lastShare], [100, 200]);
    assert.equal(state.balance, 0);
  });

  it('comes again after a slice', () => {
    const policy = active(1, [vm(256)], [0]);
    account(policy.state, 60e6);
    policy.state.timers.cancel(0);
    assert.equal(policy.nextTimerNs(), 90e6);
    assert.equal(policy.nextTimerPcpu(), -1);
  });

  it('rounds every part up, so that more may be handed out than there is', () => {
    const { state } = active(1, [vm(1), vm(1), vm(5)], [-300, -300, -300]);
    account(state, 0);
    assert.deepEqual([...state.lastShare], [43, 43, 215]); // ⌈300/7⌉ twice, ⌈1500/7⌉: 301 of 300
  });

  it('hands the debt of the last pass out on top', () => {
    const { state } = active(1, [vm(256)], [-300]);
    state.balance = -100;
    account(state, 0);
    assert.equal(state.lastShare[0], 400);
  });

  it('counts a weight once per active vCPU', () => {
    const { state } = active(1, [vm(256, 0, 2), vm(256)], [-300, -300, -300]);
    account(state, 0);
    assert.deepEqual([...state.lastShare], [100, 100, 100]);
  });

  it('calls no debt UNDER, and any debt OVER', () => {
    const { state } = active(1, [vm(1), vm(1)], [-150, -151]);
    account(state, 0);
    assert.deepEqual([...state.priority], [under, over]);
  });

  it('takes a boost away', () => {
    const { state } = active(1, [vm(1)], [0]);
    state.priority[0] = boost;
    account(state, 0);
    assert.equal(state.priority[0], under);
  });

  it('forgives debt below −300', () => {
    const { state } = active(1, [vm(1), vm(1)], [-500, 0]);
    account(state, 0);
    assert.equal(state.credit[0], -300);
  });

  it('keeps +300, and deactivates and halves above', () => {
    const { state } = active(1, [vm(1), vm(1)], [150, 151]);
    account(state, 0);
    assert.deepEqual([...state.credit], [300, 150]);
    assert.deepEqual([isActive(state, 0), isActive(state, 1)], [true, false]);
    assert.equal(state.totalWeight, 1);
    assert.equal(state.balance, 450, 'the one that leaves counts a last time');
  });

  it('drops a VM from its list with the last active vCPU', () => {
    const { state } = active(1, [vm(1)], [1]);
    account(state, 0);
    assert.equal(state.totalWeight, 0);
    assert.equal(state.activeVms.isLinked(0), false);
  });

  it('passes on what a capped VM may not have to the VMs behind it', () => {
    const { state } = active(1, [vm(256), vm(256, 25)], [-300, -300]);
    account(state, 0); // the capped VM, activated last, is first in the list
    assert.deepEqual([...state.lastShare], [225, 75]);
  });

  it('moves a VM that passed credits on too late to the front', () => {
    const { state } = active(1, [vm(256, 25), vm(256)], [-300, -300]);
    account(state, 0);
    assert.deepEqual([...state.lastShare], [75, 150], 'nobody was left to take what the capped VM could not');
    state.credit.fill(-300);
    state.balance = 0;
    account(state, 30e6);
    assert.deepEqual([...state.lastShare], [75, 225]);
  });

  it('counts a cap for the whole VM, rounded up', () => {
    const { state } = active(1, [vm(256, 1, 2)], [-300, -300]);
    account(state, 0);
    assert.deepEqual([...state.lastShare], [2, 2]); // ⌈1 · 300 / 100⌉ = 3, ⌈3 / 2⌉ = 2
  });

  it('parks a vCPU in debt beyond its cap, with the test before the clip', () => {
    const policy = active(1, [vm(256, 25)], [-151]);
    account(policy.state, 30e6);
    assert.equal(policy.state.credit[0], -76);
    assert.notEqual(policy.state.flags[0] & Flag.parked, 0);
  });

  it('does not park at exactly the cap', () => {
    const { state } = active(1, [vm(256, 25)], [-150]);
    account(state, 30e6);
    assert.equal(state.flags[0] & Flag.parked, 0);
  });

  it('takes a parked vCPU off its pCPU at once, and out of a queue', () => {
    const policy = started(1, [vm(256, 10, 2)]);
    run(policy, 0, 0, 1);
    [0, 1].forEach((vcpu) => activate(policy.state, vcpu, 0));
    policy.state.credit.fill(-300);
    account(policy.state, 30e6);
    assert.deepEqual(queue(policy, 0), []);
    assert.deepEqual(settle(policy, 30e6), [0]);
    assert.equal(policy.current[0], -1);
  });

  it('unparks without a boost once the debt is paid', () => {
    const policy = active(1, [vm(256, 25)], [-300]);
    policy.state.stops[0] = 0;
    policy.state.flags[0] = 0;
    for (const nowNs of [30e6, 60e6, 90e6]) {
      account(policy.state, nowNs);
      assert.equal(policy.state.stops[0], Stop.parked, `at ${nowNs}`);
    }
    account(policy.state, 120e6);
    assert.equal(policy.state.stops[0], 0);
    assert.equal(policy.state.priority[0], under);
    assert.deepEqual(queue(policy, 0), [0]);
  });

  it('leaves credits in bounds, and their sum as the balance, whatever they were', () => {
    const someVm = fc.record({
      weight: fc.integer({ min: 1, max: 65535 }),
      cap: fc.oneof(fc.constant(0), fc.integer({ min: 1, max: 400 })),
      credits: fc.array(fc.integer({ min: -5000, max: 300 }), { minLength: 1, maxLength: 4 }),
    });
    fc.assert(
      fc.property(
        fc.array(someVm, { minLength: 1, maxLength: 6 }),
        fc.integer({ min: 1, max: 8 }),
        (vms, pcpus) => {
          const credits = vms.flatMap((some) => some.credits);
          const { state } = active(
            pcpus,
            vms.map((some) => vm(some.weight, some.cap, some.credits.length)),
            credits,
          );
          account(state, 0);
          for (const credit of state.credit) assert.ok(credit >= -300 && credit <= 300, `credit ${credit}`);
          assert.equal(
            state.credit.reduce((a, b) => a + b, 0),
            state.balance,
          );
          vms.forEach(({ cap }, index) => {
            const shares = [...state.lastShare].filter((_, vcpu) => state.vmOf[vcpu] === index);
            const sum = shares.reduce((a, b) => a + b, 0);
            if (cap !== 0)
              assert.ok(sum < divideUp(cap * 300, 100) + shares.length, `VM ${index} got ${sum}`);
          });
        },
      ),
    );
  });
});

describe('division that rounds up', () => {
  it('is exact up to the largest products that a pass can form', () => {
    const whole = fc.integer({ min: 0, max: 2 ** 50 });
    fc.assert(
      fc.property(whole, fc.integer({ min: 1, max: 2 ** 40 }), (x, y) => {
        const [a, b] = [BigInt(x), BigInt(y)];
        assert.equal(BigInt(divideUp(x, y)), (a + b - 1n) / b);
      }),
    );
  });
});

/** All vCPUs active, in order of VMs (so the last VM comes first in the list), with these credits, and blocked. */
function active(pcpuCount: number, vms: Credit1Vm[], credits: number[]): Credit1 {
  const policy = started(pcpuCount, vms);
  credits.forEach((credit, vcpu) => {
    activate(policy.state, vcpu, 0);
    policy.state.credit[vcpu] = credit;
  });
  return policy;
}
