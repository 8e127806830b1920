import assert from 'node:assert/strict';
import { Priority } from '../../../src/core/credit1/constants.ts';
import type { Credit1 } from '../../../src/core/credit1/credit1.ts';
import { IDLE } from '../../../src/core/policy.ts';
import { pinnedVm, run, settle, started, vm } from './fixture.ts';

const { boost, under, over } = Priority;

describe('a wake-up', () => {
  it('asks its own pCPU when that is idle', () => {
    const policy = started(4, [vm(256), vm(256)]);
    policy.pcpuOf[0] = 2;
    assert.deepEqual(tickled(policy, 0), [2]);
  });

  it('preempts a lower vCPU when no pCPU is idle', () => {
    const policy = wokenBeside(over, under);
    assert.deepEqual(tickled(policy, 1), [0]);
  });

  it('never preempts an equal one', () => {
    assert.deepEqual(tickled(wokenBeside(over, over), 1), []);
  });

  it('is boosted when it was UNDER, and so preempts UNDER too', () => {
    const policy = wokenBeside(under, under);
    assert.deepEqual(tickled(policy, 1), [0]);
    assert.equal(policy.state.priority[1], boost);
    assert.equal(policy.counters.own.boosts?.[1], 1);
  });

  it('is not boosted when it was OVER', () => {
    const policy = wokenBeside(over, over);
    tickled(policy, 1);
    assert.equal(policy.state.priority[1], over);
  });

  it('is not boosted the first time, having just been placed', () => {
    const policy = started(1, [vm(256)]);
    tickled(policy, 0);
    assert.equal(policy.state.priority[0], under);
  });

  it('asks an idle pCPU rather than preempt, whatever the priorities', () => {
    const policy = started(2, [vm(256), vm(256)]);
    run(policy, 0, 0);
    policy.state.priority[0] = over;
    policy.pcpuOf[1] = 0;
    assert.deepEqual(tickled(policy, 1), [1]);
  });

  it('asks idle pCPUs in turn', () => {
    const policy = started(4, [vm(256, 0, 4)]);
    policy.pcpuOf.fill(0);
    run(policy, 0, 0);
    const asked: number[] = [];
    for (let vcpu = 1; vcpu < 4; vcpu++) {
      const [target] = tickled(policy, vcpu);
      asked.push(target);
      policy.state.idlers.add(target); // found nothing to steal, and is idle again
    }
    assert.deepEqual(asked, [1, 2, 3]);
  });

  it('counts an idle pCPU as busy from the moment it is asked', () => {
    const policy = started(2, [vm(256, 0, 3)]);
    policy.pcpuOf.fill(0);
    run(policy, 0, 0);
    policy.wake(1, 0, 0);
    assert.equal(policy.nextResched(), 1);
    assert.equal(policy.state.idlers.count, 0);
  });

  it('preempts when it may run on none of the idle pCPUs', () => {
    const policy = started(2, [vm(256), pinnedVm([0])]);
    run(policy, 0, 0);
    policy.state.priority[0] = over;
    assert.deepEqual(tickled(policy, 1), [0]);
  });

  it('does nothing to a vCPU that runs or waits already', () => {
    const policy = started(1, [vm(256, 0, 2)]);
    run(policy, 0, 0, 1);
    assert.deepEqual([tickled(policy, 0), tickled(policy, 1)], [[], []]);
    assert.equal(policy.state.runnable[0], 2);
  });

  it('of a paused VM comes into effect when the pause ends', () => {
    const policy = started(1, [vm(256)]);
    policy.pauseVm(0, 0);
    assert.deepEqual(tickled(policy, 0), []);
    policy.unpauseVm(0, 0, 0);
    settle(policy, 0);
    assert.equal(policy.current[0], 0);
  });
});

/** One pCPU runs vCPU 0 with a given priority; vCPU 1 is blocked there with another one, and has run before. */
function wokenBeside(running: number, sleeping: number): Credit1 {
  const policy = started(1, [vm(256), vm(256)]);
  run(policy, 0, 1);
  policy.block(1);
  settle(policy, 0);
  assert.equal(policy.current[0], IDLE);
  run(policy, 0, 0);
  policy.state.priority.set([running, sleeping]);
  return policy;
}

/** The pCPUs that waking a vCPU asks to reschedule. */
function tickled(policy: Credit1, vcpu: number): number[] {
  policy.wake(vcpu, 5e6, policy.pcpuOf[vcpu]);
  const pcpus: number[] = [];
  for (let pcpu = policy.nextResched(); pcpu >= 0; pcpu = policy.nextResched()) {
    pcpus.push(pcpu);
    policy.state.resched.delete(pcpu);
  }
  return pcpus;
}
