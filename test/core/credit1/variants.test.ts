import assert from 'node:assert/strict';
import fc from 'fast-check';
import { Priority } from '../../../src/core/credit1/constants.ts';
import { Accounting, Queue } from '../../../src/core/credit1/parameters.ts';
import { RunQueues } from '../../../src/core/credit1/runq.ts';
import type { GuestSpec } from '../../../src/sim/guest.ts';
import { simulate } from '../../../src/sim/simulate.ts';
import { queue, run, settle, started, vm } from './fixture.ts';

const MS = 1e6;
const { boost, under, over } = Priority;
const HOG: GuestSpec = { kind: 'hog' };

/** Shares of one pCPU, percent, over 60 s. */
function shares(
  guests: readonly GuestSpec[],
  parameters: Readonly<Record<string, number>>,
  startNs = 0,
): number[] {
  const durationNs = 60e9;
  const { vcpus } = simulate({
    pcpuCount: 1,
    durationNs,
    scheduler: { type: 'credit', parameters },
    vms: guests.map((guest, index) => ({ startNs: index === 0 ? startNs : 0, vcpus: [{ guest }] })),
  });
  return vcpus.map(({ cpuNs }) => (100 * cpuNs) / durationNs);
}

describe('credit without boost', () => {
  it('lets a vCPU that wakes wait for its turn', () => {
    const policy = started(1, [vm(256), vm(256)], { boost: 0 });
    run(policy, 0, 1);
    policy.block(1);
    settle(policy, MS);
    run(policy, 2 * MS, 0);
    policy.wake(1, 5 * MS, 0);
    assert.equal(policy.state.priority[1], under);
    assert.equal(policy.counters.own.boosts?.[1], 0);
    assert.equal(policy.nextResched(), -1);
  });

  it('gives one that works for 1 ms at a time what the slices of the others leave it', () => {
    const often: GuestSpec = { kind: 'periodic', runNs: MS, periodNs: 10.37 * MS };
    const [withBoost] = shares([often, HOG], {});
    const [without] = shares([often, HOG], { boost: 0 });
    // It needs 9.64 %. Without boost it has 1 ms in each slice of 30 ms.
    assert.ok(withBoost > 9.6, String(withBoost));
    assert.ok(without < 100 / 31 + 0.1, String(without));
  });
});

describe('credit without tickling', () => {
  it('preempts nobody', () => {
    const policy = started(1, [vm(256), vm(256)], { tickle: 0 });
    run(policy, 0, 0);
    policy.state.priority[0] = over;
    policy.wake(1, 5 * MS, 0);
    assert.equal(policy.nextResched(), -1);
    assert.deepEqual(queue(policy, 0), [1]);
  });

  it('still asks a pCPU that idles', () => {
    const policy = started(2, [vm(256), vm(256)], { tickle: 0 });
    run(policy, 0, 0);
    policy.pcpuOf[1] = 0;
    policy.wake(1, 5 * MS, 0);
    assert.deepEqual(settle(policy, 5 * MS), [1]);
    assert.equal(policy.current[1], 1);
  });
});

describe('credit with sampled accounting', () => {
  it('debits a whole tick from whoever runs then, and nothing from anybody else', () => {
    const policy = started(1, [vm(256), vm(256)], { accounting: Accounting.sampled });
    run(policy, 0, 0);
    policy.wake(1, 0, 0);
    policy.block(0);
    policy.schedule(0, 9.9 * MS, 9.9 * MS);
    assert.equal(policy.state.credit[0], 0);
    // Until then there was an accounting, at 0.
    while (policy.nextTimerNs() < 10 * MS) policy.fireTimer(policy.nextTimerNs(), 0);
    policy.fireTimer(10 * MS, 0.1 * MS);
    assert.equal(policy.state.credit[1], -100);
  });

  it('lets one that sleeps across every tick have 89 %, as exact accounting does: nobody looks at its debt', () => {
    const thief: GuestSpec = { kind: 'periodic', runNs: 8.9 * MS, periodNs: 10 * MS };
    for (const accounting of Object.values(Accounting)) {
      const [aligned] = shares([thief, HOG], { accounting });
      assert.ok(Math.abs(aligned - 89) < 0.1, String(aligned));
      // Where ticks find it running, it pays.
      const [found] = shares([thief, HOG], { accounting }, 5 * MS);
      assert.ok(found < 60, String(found));
    }
  });
});

describe('credit with queues in the order of credits', () => {
  it('puts the one with more credits first among equals, and nobody before a higher one', () => {
    const policy = started(1, [vm(256), vm(256), vm(256), vm(256)], { queue: Queue.credits });
    run(policy, 0, 0);
    policy.state.credit.set([0, 10, 30, 20]);
    policy.state.priority[1] = boost;
    for (const vcpu of [1, 2, 3]) policy.wake(vcpu, 0, 0);
    assert.deepEqual(queue(policy, 0), [1, 2, 3]);
  });

  it('sorts what accounting has changed by priority and then by credits, and keeps the order of equals', () => {
    const entry = fc.record({
      priority: fc.constantFrom(boost, under, over),
      credit: fc.integer({ min: -3, max: 3 }),
    });
    fc.assert(
      fc.property(fc.array(entry, { maxLength: 12 }), (entries) => {
        const priority = new Int32Array(entries.length);
        const credit = new Int32Array(entries.length);
        const runq = new RunQueues(1, priority, credit);
        for (const vcpu of entries.keys()) runq.insert(0, vcpu);
        priority.set(entries.map((each) => each.priority));
        credit.set(entries.map((each) => each.credit));
        runq.sort(0);
        const order: number[] = [];
        for (let vcpu = runq.head(0); vcpu >= 0; vcpu = runq.next(vcpu)) order.push(vcpu);
        const expected = [...entries.keys()].sort(
          (a, b) => priority[b] - priority[a] || credit[b] - credit[a],
        );
        assert.deepEqual(order, expected);
      }),
    );
  });
});
