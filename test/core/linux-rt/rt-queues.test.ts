import assert from 'node:assert/strict';
import fc from 'fast-check';
import { RtQueues } from '../../../src/core/linux-rt/rt-queues.ts';
import { NONE } from '../../../src/core/linked-lists.ts';

const PCPUS = 2;
const ITEMS = 20;

describe('lists for each priority', () => {
  it('are as one list in order of priority, in which equals stay as they came or were put', () => {
    const step = fc.record({
      item: fc.nat(ITEMS - 1),
      pcpu: fc.nat(PCPUS - 1),
      priority: fc.constantFrom(1, 2, 31, 32, 33, 63, 64, 98, 99),
      isFirst: fc.boolean(),
    });
    fc.assert(
      fc.property(fc.array(step, { maxLength: 200 }), (steps) => {
        const queues = new RtQueues(PCPUS, ITEMS);
        const lists: { item: number; priority: number }[][] = Array.from({ length: PCPUS }, () => []);
        for (const { item, pcpu, priority, isFirst } of steps) {
          const holder = lists.findIndex((list) => list.some((each) => each.item === item));
          assert.equal(queues.isQueued(item), holder >= 0);
          if (holder >= 0) {
            queues.remove(item);
            lists[holder] = lists[holder].filter((each) => each.item !== item);
          } else {
            queues.insert(pcpu, item, priority, isFirst);
            const place = lists[pcpu].findIndex((each) =>
              isFirst ? each.priority <= priority : each.priority < priority,
            );
            lists[pcpu].splice(place < 0 ? lists[pcpu].length : place, 0, { item, priority });
          }
          for (const [at, list] of lists.entries()) {
            assert.deepEqual(
              queues.itemsOf(at),
              list.map((each) => each.item),
            );
            assert.equal(queues.first(at), list.at(0)?.item ?? NONE);
            assert.equal(queues.top(at), list.at(0)?.priority ?? 0);
          }
          assert.equal(queues.count, lists.flat().length);
        }
      }),
    );
  });
});
