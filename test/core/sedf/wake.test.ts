import assert from 'node:assert/strict';
import { block, MS, passUntil, reserved, settle, started, wake } from './fixture.ts';

const [A, B] = [0, 1];

describe('a wake-up under SEDF', () => {
  it('is short at first, so that a reservation waits for the length of a slice', () => {
    const policy = started([reserved(20, 5)]);
    wake(policy, 7 * MS, A);
    assert.equal(policy.state.deadlineNs[A], 32 * MS);
    assert.equal(policy.current[0], -1);
    assert.equal(policy.nextTimerNs(), 12 * MS);
    assert.equal(policy.counters.own.shortWakes?.[A], 1);
  });

  it('within its period costs the rest of the slice, for one turn in L0', () => {
    const policy = started([reserved(20, 5), {}]);
    wake(policy, 0, A, B);
    passUntil(policy, 5 * MS);
    block(policy, 6 * MS, A);
    wake(policy, 8 * MS, A);
    const { state } = policy;
    assert.equal(state.lostNs[A], 4 * MS);
    assert.equal(state.score0[A], 5120);
    assert.equal(policy.current[0], A);
    passUntil(policy, 8.5 * MS);
    assert.equal(policy.current[0], B);
    assert.equal(state.lostNs[A], 0);
    assert.equal(state.wantsExtra[A], 0);
  });

  it('that loses nothing leaves a wish for extra time as it was', () => {
    const policy = started([reserved(20, 5)]);
    wake(policy, 0, A);
    const { state } = policy;
    passUntil(policy, 5 * MS);
    block(policy, 6 * MS, A);
    state.usedNs[A] = 5 * MS;
    state.wantsExtra[A] = 1;
    wake(policy, 8 * MS, A);
    assert.equal(state.lostNs[A], 0);
    assert.equal(state.wantsExtra[A], 1);
    assert.equal(state.queues.compensation.has(A), false);
  });

  it('that lost little more than nothing wraps its score, and comes first', () => {
    const policy = started([reserved(20, 5)]);
    wake(policy, 0, A);
    const { state } = policy;
    passUntil(policy, 5 * MS);
    block(policy, 6 * MS, A);
    state.usedNs[A] = 5 * MS - 7;
    wake(policy, 8 * MS, A);
    assert.equal(state.score0[A], Math.trunc((1024 * 20 * MS) / 7) - 2 ** 32);
  });

  it('after the deadline begins a new period', () => {
    const policy = started([reserved(20, 5)]);
    wake(policy, 0, A);
    passUntil(policy, 5 * MS);
    block(policy, 6 * MS, A);
    wake(policy, 30 * MS, A);
    assert.equal(policy.state.deadlineNs[A], 50 * MS);
    assert.equal(policy.current[0], A);
  });

  it('asks for no decision if somebody runs out of L0 with the same score', () => {
    const policy = started([reserved(20, 5), reserved(20, 5)]);
    const { state } = policy;
    wake(policy, 0, A, B);
    for (const vcpu of [A, B]) state.everBlocked[vcpu] = 1;
    for (const vcpu of [A, B]) policy.block(vcpu);
    settle(policy, 1 * MS);
    const losing = (vcpu: number): void => {
      state.deadlineNs[vcpu] = 40 * MS;
      state.usedNs[vcpu] = 1 * MS;
    };
    losing(A);
    losing(B);
    wake(policy, 25 * MS, A);
    assert.equal(policy.current[0], A);
    policy.wake(B, 25.1 * MS);
    assert.equal(state.score0[A], state.score0[B]);
    assert.equal(policy.nextResched(), -1);
  });
});

describe('a block under SEDF', () => {
  it('that is heard of late takes the vCPU out of where it waits', () => {
    const policy = started([reserved(20, 5, 1), {}]);
    wake(policy, 0, A, B);
    assert.equal(policy.current[0], B);
    policy.block(A);
    assert.deepEqual(policy.queueOf(0), []);
    assert.equal(policy.fault(), null);
    assert.equal(policy.nextResched(), -1);
  });

  it('by nobody but a pause does not count as blocking', () => {
    const policy = started([reserved(20, 5, 1), {}]);
    wake(policy, 0, A, B);
    policy.pauseVm(A, 0);
    assert.equal(policy.state.everBlocked[A], 0);
  });
});

describe('a move under SEDF', () => {
  it('is a block and a wake-up, on the pCPU that placement wants', () => {
    const policy = started([reserved(20, 5)], { pcpuCount: 2 });
    wake(policy, 0, A);
    passUntil(policy, 5 * MS);
    policy.pinVcpu(A, [1], 6 * MS);
    settle(policy, 6 * MS);
    assert.equal(policy.pcpuOf[A], 1);
    assert.equal(policy.current[0], -1);
    // One turn in L0 for the 4 ms that it lost.
    assert.equal(policy.state.lostNs[A], 4 * MS);
    assert.equal(policy.current[1], A);
    assert.equal(policy.counters.migrations[A], 1);
  });

  it('comes only of a change of where it belongs', () => {
    const policy = started([reserved(20, 5)], { pcpuCount: 2 });
    wake(policy, 0, A);
    passUntil(policy, 5 * MS);
    policy.pinVcpu(A, [0], 6 * MS);
    assert.equal(policy.nextResched(), -1);
    assert.equal(policy.current[0], A);
  });
});
