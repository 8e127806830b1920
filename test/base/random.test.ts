import assert from 'node:assert/strict';
import { mulberry32, shuffled } from '../../src/base/random.ts';

describe('a shuffle', () => {
  it('is the same for the same seed, keeps all items, and leaves the list as it was', () => {
    const items = [1, 2, 3, 4, 5];
    assert.deepEqual(shuffled(items, mulberry32(9)), shuffled(items, mulberry32(9)));
    assert.deepEqual(shuffled(items, mulberry32(9)).sort(), items);
    assert.deepEqual(items, [1, 2, 3, 4, 5]);
  });

  it('makes every order about equally often', () => {
    const random = mulberry32(1);
    const seen = new Map<string, number>();
    for (let i = 0; i < 6000; i++) {
      const order = shuffled(['a', 'b', 'c'], random).join('');
      seen.set(order, (seen.get(order) ?? 0) + 1);
    }
    assert.equal(seen.size, 6);
    for (const [order, count] of seen) assert.ok(count > 880 && count < 1120, `${order}: ${String(count)}`);
  });
});
