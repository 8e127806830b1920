import assert from 'node:assert/strict';
import fc from 'fast-check';
import { Priority } from '../../../src/core/credit1/constants.ts';
import { RunQueues } from '../../../src/core/credit1/runq.ts';

const { boost, under, over } = Priority;

describe('a run queue', () => {
  it('is ordered by priority, and first come first served inside one', () => {
    const { runq } = queued([over, under, boost, under, over, boost]);
    assert.deepEqual(order(runq), [2, 5, 1, 3, 0, 4]);
  });

  it('lets one lower vCPU pass a yielding one', () => {
    const { runq, priority } = queued([under, over, over]);
    priority[3] = under;
    runq.insertYielding(0, 3, true);
    assert.deepEqual(order(runq), [0, 1, 3, 2]);
  });

  it('lets the only lower vCPU pass when the idle vCPU waits behind it, and else not', () => {
    for (const [idleQueued, expected] of [
      [true, [0, 1]],
      [false, [1, 0]],
    ] as const) {
      const { runq, priority } = queued([over]);
      priority[1] = under;
      runq.insertYielding(0, 1, idleQueued);
      assert.deepEqual(order(runq), expected);
    }
  });

  it('lets nobody pass when nobody is lower', () => {
    const { runq, priority } = queued([under, under]);
    priority[2] = under;
    runq.insertYielding(0, 2, true);
    assert.deepEqual(order(runq), [0, 1, 2]);
  });

  it('sorts by a stable partition that does not tell BOOST from UNDER', () => {
    const { runq, priority } = queued([under, under, under, under, under]);
    [over, under, over, boost, under].forEach((changed, vcpu) => (priority[vcpu] = changed));
    runq.sort(0);
    assert.deepEqual(order(runq), [1, 3, 4, 0, 2]);
  });

  it('keeps everyone once when sorted, whatever the priorities became', () => {
    const priorities = fc.array(fc.constantFrom(boost, under, over), { maxLength: 12 });
    fc.assert(
      fc.property(priorities, (changed) => {
        const { runq, priority } = queued(changed.map(() => under));
        changed.forEach((value, vcpu) => (priority[vcpu] = value));
        runq.sort(0);
        const vcpus = [...changed.keys()];
        const expected = [
          ...vcpus.filter((vcpu) => changed[vcpu] >= under),
          ...vcpus.filter((vcpu) => changed[vcpu] < under),
        ];
        assert.deepEqual(order(runq), expected);
      }),
    );
  });
});

/** A queue into which vCPUs with these priorities were inserted in turn. */
function queued(priorities: number[]): { runq: RunQueues; priority: Int32Array } {
  const priority = new Int32Array(16).fill(under);
  const runq = new RunQueues(1, priority);
  priorities.forEach((value, vcpu) => {
    priority[vcpu] = value;
    runq.insert(0, vcpu);
  });
  return { runq, priority };
}

function order(runq: RunQueues): number[] {
  const vcpus: number[] = [];
  for (let vcpu = runq.head(0); vcpu >= 0; vcpu = runq.next(vcpu)) vcpus.push(vcpu);
  return vcpus;
}
