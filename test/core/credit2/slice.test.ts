import assert from 'node:assert/strict';
import type { Credit2 } from '../../../src/core/credit2/credit2.ts';
import { run, settle, sliceEndNs, started, vm } from './fixture.ts';

/** One pCPU runs vCPU 0, and vCPU 1 waits; both have as much credit as is said. */
function two(credits: readonly [number, number], ratelimitNs: number, weights = [256, 256]): Credit2 {
  const policy = started(1, [vm(weights[0]), vm(weights[1])], { parameters: { ratelimitNs } });
  policy.state.credit.set(credits);
  run(policy, 0, 0, 1);
  assert.equal(policy.current[0], 0);
  return policy;
}

/** The pCPU decides once more, at once. */
function decide(policy: Credit2, nowNs: number): number {
  policy.schedule(0, nowNs, 0);
  settle(policy, nowNs);
  return policy.current[0];
}

describe('a slice', () => {
  it('lasts until no credit is left, and 10 ms at most', () => {
    const policy = started(1, [vm()]);
    run(policy, 0, 0);
    assert.equal(sliceEndNs(policy, 0), 10e6);
  });

  it('lasts until the one that waits has as much, which a light one burns faster', () => {
    const policy = two([9e6, 1e6], 0, [256, 1024]);
    assert.equal(decide(policy, 0), 0);
    assert.equal(sliceEndNs(policy, 0), (9e6 - 1e6) / 4);
  });

  it('is the shortest slice if the one that waits has more', () => {
    const policy = two([3e6, 3e6], 0);
    assert.equal(decide(policy, 0), 0, 'equal credit does not take over');
    assert.equal(sliceEndNs(policy, 0), 500_000);
  });

  it('is the rate limit where that is longer, also beyond 10 ms', () => {
    const policy = started(1, [vm(), vm()], { parameters: { ratelimitNs: 25e6 } });
    run(policy, 0, 0, 1);
    assert.equal(sliceEndNs(policy, 0), 25e6);
    policy.fireTimer(25e6);
    assert.deepEqual(settle(policy, 25e6), [0]);
    assert.equal(policy.current[0], 1);
    assert.equal(sliceEndNs(policy, 0), 50e6);
  });

  it('of one that goes on is what is left of the rate limit', () => {
    const policy = two([10e6, 10e6], 25e6);
    assert.equal(decide(policy, 5e6), 0);
    assert.equal(sliceEndNs(policy, 0), 25e6);
  });

  it('of one that goes on is 0.5 ms at least, though less is left of the rate limit', () => {
    const policy = two([10e6, 10e6], 1e6);
    assert.equal(decide(policy, 800_000), 0);
    assert.equal(sliceEndNs(policy, 0), 1.3e6);
  });

  it('counts the one that goes back among those that wait', () => {
    const policy = two([3e6, 2e6], 0);
    policy.state.credit[1] = 9e6;
    assert.equal(decide(policy, 1e6), 1, 'which has 7 ms more than the 2 ms of the other');
    assert.equal(sliceEndNs(policy, 0), 8e6);
  });
});
