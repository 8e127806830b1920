import assert from 'node:assert/strict';
import fc from 'fast-check';
import { OrderedQueues } from '../../../src/core/fair/ordered-queues.ts';
import { NONE } from '../../../src/core/linked-lists.ts';

const QUEUES = 3;
const ITEMS = 40;

describe('queues in order', () => {
  it('are as sorted lists in which equals stay in the order in which they came', () => {
    const step = fc.record({
      item: fc.nat(ITEMS - 1),
      queue: fc.nat(QUEUES - 1),
      key: fc.integer({ min: 0, max: 9 }),
    });
    fc.assert(
      fc.property(fc.array(step, { maxLength: 300 }), (steps) => {
        const queues = new OrderedQueues(QUEUES, ITEMS);
        const lists: { item: number; key: number }[][] = Array.from({ length: QUEUES }, () => []);
        for (const { item, queue, key } of steps) {
          const holder = lists.findIndex((list) => list.some((each) => each.item === item));
          assert.equal(queues.queueOf(item), holder);
          if (holder >= 0) {
            queues.remove(item);
            lists[holder] = lists[holder].filter((each) => each.item !== item);
          } else {
            queues.insert(queue, item, key);
            const place = lists[queue].findIndex((each) => each.key > key);
            lists[queue].splice(place < 0 ? lists[queue].length : place, 0, { item, key });
          }
          for (const [at, list] of lists.entries()) {
            assert.deepEqual(
              queues.itemsOf(at),
              list.map((each) => each.item),
            );
            assert.equal(queues.first(at), list.at(0)?.item ?? NONE);
            assert.equal(queues.sizeOf(at), list.length);
            for (const each of list) assert.equal(queues.keyOf(each.item), each.key);
          }
        }
      }),
    );
  });
});
