import assert from 'node:assert/strict';
import { Priority } from '../../../src/core/credit1/constants.ts';
import type { Credit1 } from '../../../src/core/credit1/credit1.ts';
import type { Credit1Options, Credit1Vm } from '../../../src/core/credit1/options.ts';
import { IDLE } from '../../../src/core/policy.ts';

import { pinnedVm, queue, settle, started, vm } from './fixture.ts';

const { under, over } = Priority;

describe('stealing', () => {
  it('gives an idle pCPU anybody who waits, debt or not', () => {
    const policy = waitingOn([0, 0], [vm(256), vm(256)]);
    policy.state.priority[1] = over;
    assert.equal(policy.schedule(1, 0, 0), 1);
    assert.equal(policy.pcpuOf[1], 1);
    assert.equal(policy.counters.steals[1], 1);
    assert.deepEqual([...policy.state.runnable], [1, 1]);
  });

  it('takes the first that may run here', () => {
    const policy = waitingOn([0, 0, 0], [vm(256), pinnedVm([0]), vm(256)]);
    assert.equal(policy.schedule(1, 0, 0), 2);
    assert.deepEqual(queue(policy, 0), [1]);
  });

  it('takes nobody who yielded', () => {
    const policy = waitingOn([0, 0], [vm(256), vm(256)]);
    policy.yieldVcpu(0);
    policy.schedule(0, 2e6, 0);
    assert.equal(policy.current[0], 1);
    assert.equal(policy.schedule(1, 2e6, 0), IDLE);
  });

  it('takes nobody who is cache-hot, when that is asked for', () => {
    const policy = waitingOn([0, 0], [vm(256), vm(256)], { migrationDelayNs: 5e6, lbRatelimitNs: 0 });
    policy.schedule(0, 2e6, 0); // 0 goes to the queue
    assert.equal(policy.schedule(1, 6.9e6, 0), IDLE);
    assert.equal(policy.schedule(1, 7e6, 0), 0);
  });

  it('takes only better work than its own', () => {
    for (const [ownPriority, expected] of [
      [over, 1],
      [under, 2],
    ] as const) {
      const policy = waitingOn([0, 0, 1], [vm(256, 0, 3)]);
      policy.state.priority[2] = ownPriority;
      policy.state.priority[1] = under;
      assert.equal(policy.schedule(1, 0, 0), expected);
    }
  });

  it('takes nobody in debt when its own candidate is in debt', () => {
    const policy = waitingOn([0, 0, 1], [vm(256, 0, 3)]);
    policy.state.priority.fill(over);
    assert.equal(policy.schedule(1, 0, 0), 2);
  });

  it('is tried once per rate limit', () => {
    const policy = waitingOn([0], [vm(256), vm(256)]);
    assert.equal(policy.schedule(1, 0, 0), IDLE);
    policy.pcpuOf[1] = 0;
    policy.wake(1, 0, 0);
    assert.equal(policy.schedule(1, 1e6, 0), IDLE, 'not later than 1 ms after the last time');
    assert.equal(policy.schedule(1, 1e6 + 1, 0), 1);
  });

  it('starts behind the pCPU that was stolen from last', () => {
    const policy = waitingOn([0, 0, 0, 1, 1, 1], [vm(256, 0, 6)], {}, 2);
    assert.equal(policy.schedule(2, 0, 0), 4, 'at first behind pCPU 0, so from pCPU 1');
    assert.equal(policy.schedule(3, 0, 0), 1, 'then behind pCPU 1, so from pCPU 0');
  });
});

describe('stealing between sockets', () => {
  const stealer = (sockets: number[], pcpuOf: number[]) =>
    waitingOn(pcpuOf, [vm(256, 0, pcpuOf.length)], { topology: { cores: [...sockets.keys()], sockets } }, 3);

  it("looks on the thief's own first", () => {
    const policy = stealer([0, 1, 2, 0, 1, 2], [0, 0, 1, 1, 2]);
    assert.equal(policy.schedule(3, 0, 0), 1, 'from pCPU 0, though the search starts behind it');
    assert.equal(policy.schedule(4, 0, 0), 3);
  });

  it('then on the others in turn', () => {
    const policy = stealer([2, 0, 1, 1, 1, 1], [0, 0, 1, 1, 2]);
    assert.equal(policy.schedule(3, 0, 0), 1, 'from pCPU 0: socket 2 comes after socket 1');
    assert.equal(policy.schedule(4, 0, 0), 3);
    assert.equal(policy.schedule(5, 0, 0), IDLE);
  });

  it('starts on each behind the pCPU that was stolen from there last', () => {
    const policy = stealer([0, 0, 1, 1, 0, 0], [0, 0, 1, 1, 2, 2]);
    assert.equal(policy.schedule(3, 0, 0), 5, 'from pCPU 2');
    assert.equal(policy.schedule(4, 0, 0), 3, 'from pCPU 1, behind 0 and not behind 2');
    assert.equal(policy.schedule(5, 0, 0), 1, 'from pCPU 0');
  });

  it('takes the same as within one socket when nothing is nearer', () => {
    const policy = stealer([0, 0, 0, 1, 1, 1], [0, 0, 1, 1, 2, 2]);
    assert.deepEqual(
      [3, 4, 5].map((thief) => policy.schedule(thief, 0, 0)),
      [3, 5, 1],
    );
  });
});

describe('a pCPU that lost a race for work', () => {
  it('counts as idle again', () => {
    const policy = started(2, [vm(256)]);
    policy.state.idlers.delete(1);
    policy.state.resched.add(1);
    settle(policy, 0);
    assert.equal(policy.state.idlers.has(1), true);
  });
});

/**
 * vCPUs that woke in turn on given pCPUs; on pCPUs 0..runningCount − 1 the first of them runs, the others have not
 * decided yet.
 */
function waitingOn(
  pcpuOf: number[],
  vms: Credit1Vm[],
  options: Partial<Credit1Options> = {},
  runningCount = 1,
): Credit1 {
  const policy = started(runningCount * 2, vms, options);
  pcpuOf.forEach((pcpu, vcpu) => {
    policy.pcpuOf[vcpu] = pcpu;
    policy.wake(vcpu, 0, pcpu);
  });
  for (let pcpu = 0; pcpu < runningCount; pcpu++) policy.schedule(pcpu, 0, 0);
  return policy;
}
