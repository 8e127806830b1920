import assert from 'node:assert/strict';
import { runOrder } from '../../src/cli/run-rows.ts';

const ROWS = ['a', 'b', 'c', 'd'];

describe('the order in which rows are run', () => {
  it('is that of the file when each is run once', () => {
    assert.deepEqual(runOrder(ROWS, 1, 5), ROWS);
  });

  it('has every row once in each round', () => {
    const order = runOrder(ROWS, 6, 5);
    assert.equal(order.length, 24);
    for (let round = 0; round < 6; round++)
      assert.deepEqual(order.slice(4 * round, 4 * round + 4).sort(), ROWS);
  });

  it('differs from round to round, from the first round on, and by seed', () => {
    const order = runOrder(ROWS, 6, 5);
    const rounds = Array.from({ length: 6 }, (_, round) => order.slice(4 * round, 4 * round + 4).join(''));
    assert.ok(new Set(rounds).size > 1);
    const firsts = new Set([1, 2, 3, 4, 5, 6].map((seed) => runOrder(ROWS, 2, seed).slice(0, 4).join('')));
    assert.ok(firsts.size > 1);
  });

  it('is the same for the same seed', () => {
    assert.deepEqual(runOrder(ROWS, 6, 5), runOrder(ROWS, 6, 5));
  });
});
