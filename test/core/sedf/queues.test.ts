import assert from 'node:assert/strict';
import { SedfQueues } from '../../../src/core/sedf/queues.ts';

describe('the queues of SEDF', () => {
  const made = (count: number) => {
    const keys = {
      deadlineNs: new Float64Array(count),
      periodNs: new Float64Array(count),
      score0: new Int32Array(count),
      score1: new Int32Array(count),
    };
    return { ...keys, queues: new SedfQueues(1, count, keys) };
  };

  it('put a newcomer behind its equals', () => {
    const { queues, deadlineNs, score1 } = made(3);
    deadlineNs.set([5, 5, 4]);
    for (const vcpu of [0, 1, 2]) queues.insertDue(0, vcpu);
    assert.deepEqual(queues.awakeOn(0), [2, 0, 1]);
    score1.set([7, 7, 6]);
    for (const vcpu of [0, 1, 2]) queues.extra.insert(0, vcpu, 0);
    assert.deepEqual(queues.extra.lists.itemsOf(0), [2, 0, 1]);
  });

  it('never sort again, and compare by the period that a vCPU has now', () => {
    const { queues, deadlineNs, periodNs } = made(3);
    deadlineNs.set([20, 30, 25]);
    periodNs.set([10, 10, 10]);
    for (const vcpu of [0, 1]) queues.insertWaiting(0, vcpu);
    periodNs[0] = 1; // begins at 19 now, and still stands before the one that begins at 20
    queues.insertWaiting(0, 2); // begins at 15
    assert.deepEqual(queues.awakeOn(0), [2, 0, 1]);
    periodNs[1] = 25; // begins at 5, and stands behind
    assert.equal(queues.firstWaiting(0), 2);
  });

  it('take from the scores of all that are there what the newcomer has paid, not from its own', () => {
    const { queues, score1 } = made(3);
    score1.set([100, 200, 150]);
    for (const vcpu of [0, 1]) queues.extra.insert(0, vcpu, 0);
    queues.extra.insert(0, 2, 60);
    assert.deepEqual([...score1], [40, 140, 150]);
    assert.deepEqual(queues.extra.lists.itemsOf(0), [0, 1, 2]);
  });

  it('keep scores as numbers of 32 bits, which wrap', () => {
    const { queues, score1 } = made(2);
    score1.set([-2_147_483_640, 5]);
    queues.extra.insert(0, 0, 0);
    queues.extra.insert(0, 1, 20);
    assert.equal(score1[0], 2_147_483_636);
    assert.deepEqual(queues.extra.lists.itemsOf(0), [1, 0]);
  });
});
