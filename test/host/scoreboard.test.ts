import assert from 'node:assert/strict';
import { Scoreboard } from '../../src/host/scoreboard.ts';

/** As many hold-ups as are kept. */
const KEPT = 32;

const OWN = [
  { key: 'boosts', description: 'one thing' },
  { key: 'rests', description: 'another' },
];

describe('the scoreboard', () => {
  it('says at first that nothing has ended', () => {
    const board = new Scoreboard(2, 1, OWN);
    assert.equal(board.endNs, -1);
    assert.deepEqual([...board.finalCpuNs], [-1, -1]);
    assert.equal(board.loopCpuNs, 0);
    assert.deepEqual(board.heldUp(), { intervals: [], count: 0 });
  });

  it('shows through the same memory what another thread writes', () => {
    const reader = new Scoreboard(2, 3, OWN);
    const writer = new Scoreboard(2, 3, OWN, reader.buffer);
    writer.endNs = 1000;
    writer.loopCpuNs = 20;
    writer.finalCpuNs[1] = 300;
    writer.counters.switches[2] = 4;
    writer.counters.dispatches[0] = 5;
    writer.tickLateness.add(60);
    writer.decision.add(7);
    writer.decision.add(7);
    writer.addHeldUp(100, 250);
    assert.deepEqual([reader.endNs, reader.loopCpuNs], [1000, 20]);
    assert.deepEqual([...reader.finalCpuNs], [-1, 300]);
    assert.deepEqual([...reader.counters.switches], [0, 0, 4]);
    assert.deepEqual([...reader.counters.dispatches], [5, 0]);
    assert.deepEqual(reader.tickLateness.quantiles(), { count: 1, p50: 60, p99: 60, max: 60 });
    assert.equal(reader.decision.count, 2);
    assert.deepEqual(reader.heldUp(), { intervals: [{ atNs: 100, lengthNs: 250 }], count: 1 });
  });

  it('has a place of its own for each value', () => {
    const board = new Scoreboard(2, 3, OWN);
    const { dispatches, own, steals, migrations, switches } = board.counters;
    const [boosts, rests] = OWN.map(({ key }) => own[key] ?? assert.fail(key));
    const values = [dispatches, boosts, rests, steals, migrations, switches, board.finalCpuNs];
    values.forEach((array, n) => array.fill(n + 1));
    board.tickLateness.add(10);
    board.decision.add(20);
    board.endNs = 30;
    board.loopCpuNs = 40;
    for (let n = 0; n < KEPT; n++) board.addHeldUp(50 + n, 60 + n);
    values.forEach((array, n) => assert.ok(array.every((value) => value === n + 1)));
    assert.deepEqual(board.tickLateness.quantiles(), { count: 1, p50: 10, p99: 10, max: 10 });
    assert.deepEqual(board.decision.quantiles(), { count: 1, p50: 20, p99: 20, max: 20 });
    assert.deepEqual([board.endNs, board.loopCpuNs], [30, 40]);
    const expected = Array.from({ length: KEPT }, (_, n) => ({ atNs: 50 + n, lengthNs: 60 + n }));
    assert.deepEqual(board.heldUp(), { intervals: expected, count: KEPT });
  });

  it('is not wiped when a second thread opens it', () => {
    const first = new Scoreboard(1, 1, OWN);
    first.endNs = 5;
    first.finalCpuNs[0] = 6;
    const second = new Scoreboard(1, 1, OWN, first.buffer);
    assert.deepEqual([second.endNs, second.finalCpuNs[0]], [5, 6]);
  });

  it('counts all hold-ups, and keeps the longest', () => {
    const board = new Scoreboard(1, 1, OWN);
    const lengths = Array.from({ length: 100 }, (_, n) => (37 * n) % 100);
    lengths.forEach((lengthNs, n) => board.addHeldUp(1000 * n, lengthNs));
    const { intervals, count } = board.heldUp();
    assert.equal(count, 100);
    assert.deepEqual(
      intervals.map(({ lengthNs }) => lengthNs).sort((a, b) => a - b),
      Array.from({ length: KEPT }, (_, n) => 100 - KEPT + n),
    );
    for (const { atNs, lengthNs } of intervals) assert.equal(lengths[atNs / 1000], lengthNs);
  });
});
