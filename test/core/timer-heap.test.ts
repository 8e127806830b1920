import assert from 'node:assert/strict';
import fc from 'fast-check';
import { TimerHeap } from '../../src/core/timer-heap.ts';

describe('the timers', () => {
  it('are never due when none is armed', () => {
    const timers = new TimerHeap(3);
    assert.equal(timers.firstNs(), Infinity);
    timers.arm(1, 5);
    timers.cancel(1);
    assert.equal(timers.firstNs(), Infinity);
  });

  it('fire in order of time, and of id at one instant', () => {
    const timers = new TimerHeap(4);
    timers.arm(3, 10);
    timers.arm(2, 20);
    timers.arm(1, 10);
    timers.arm(0, 30);
    assert.deepEqual(drain(timers), [1, 3, 2, 0]);
  });

  it('move when they are armed again', () => {
    const timers = new TimerHeap(2);
    timers.arm(0, 10);
    timers.arm(1, 20);
    timers.arm(0, 30);
    assert.equal(timers.firstId(), 1);
    timers.arm(0, 5);
    assert.equal(timers.firstNs(), 5);
  });

  it('agree with a sorted list under any sequence of arming and cancelling', () => {
    const step = fc.record({ id: fc.nat(15), due: fc.option(fc.nat(20)) });
    fc.assert(
      fc.property(fc.array(step, { maxLength: 100 }), (steps) => {
        const timers = new TimerHeap(16);
        const armed = new Map<number, number>();
        for (const { id, due } of steps) {
          if (due === null) {
            timers.cancel(id);
            armed.delete(id);
          } else {
            timers.arm(id, due);
            armed.set(id, due);
          }
          assert.equal(timers.isArmed(id), due !== null);
          assert.equal(timers.firstNs(), Math.min(...armed.values()));
        }
        const expected = [...armed].sort(([a, dueA], [b, dueB]) => dueA - dueB || a - b).map(([id]) => id);
        assert.deepEqual(drain(timers), expected);
      }),
    );
  });
});

function drain(timers: TimerHeap): number[] {
  const ids: number[] = [];
  while (timers.firstNs() < Infinity) {
    ids.push(timers.firstId());
    timers.cancel(timers.firstId());
  }
  return ids;
}
