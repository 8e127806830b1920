import assert from 'node:assert/strict';
import { Column, Kind, rowOf, WIDTH } from '../../src/trace/record.ts';
import { TraceStore } from '../../src/trace/store.ts';
import type { Trace } from '../../src/trace/trace.ts';
import { inventedTrace } from './invented-trace.ts';

const { header } = inventedTrace();
const ENDED = { endNs: 100, complete: true, lostIntents: 0, lostFacts: 0 };

describe('the memory of a trace', () => {
  it('has nothing before a run begins', () => {
    assert.equal(new TraceStore().trace(), null);
  });

  it('sorts by time, and keeps the order of what was told at one instant', () => {
    const store = begun(100);
    for (const [vcpu, timeNs] of [20, 10, 20, 10, 5].entries()) store.put(rowOf(Kind.start, timeNs, vcpu));
    assert.deepEqual(told(traceOf(store)), [
      [5, 4],
      [10, 1],
      [10, 3],
      [20, 0],
      [20, 2],
    ]);
  });

  it('keeps the newest when there are too many, and says how many it forgot', () => {
    const store = begun(1500);
    for (let i = 0; i < 4000; i++) store.put(rowOf(Kind.start, i, 0));
    const trace = traceOf(store);
    assert.equal(trace.count, 1500);
    assert.equal(trace.lost.forgotten, 2500);
    assert.deepEqual(told(trace).at(0), [2500, 0]);
    assert.deepEqual(told(trace).at(-1), [3999, 0]);
  });

  it('gives only the newest when that is enough, wherever in its memory they are', () => {
    for (const taken of [5, 10, 13, 17, 20]) {
      const store = begun(10);
      for (let i = 0; i < taken; i++) store.put(rowOf(Kind.start, i, 0));
      const trace = store.trace(4);
      assert.ok(trace !== null);
      assert.deepEqual(
        told(trace).map(([timeNs]) => timeNs),
        [taken - 4, taken - 3, taken - 2, taken - 1],
      );
      assert.equal(trace.lost.forgotten, taken - 4);
    }
  });

  it('takes rows many at a time, as well as one by one', () => {
    const single = begun(3000);
    const many = begun(3000);
    const rows = new Float64Array(WIDTH * 2500);
    for (let row = 0; row < 2500; row++) {
      rows[row * WIDTH + Column.kind] = Kind.start;
      rows[row * WIDTH + Column.timeNs] = row;
      single.put(rowOf(Kind.start, row, 0));
    }
    many.append(rows, 1000);
    many.append(rows.subarray(1000 * WIDTH), 1500);
    assert.deepEqual(traceOf(many).rows, traceOf(single).rows);
  });

  it('can be looked at while the run goes on, and says that it has no end yet', () => {
    const store = begun(10);
    store.put(rowOf(Kind.start, 1, 0));
    const early = traceOf(store);
    assert.ok(Number.isNaN(early.endNs));
    assert.equal(early.complete, false);
    store.put(rowOf(Kind.start, 2, 0));
    store.end(ENDED);
    assert.equal(early.count, 1);
    assert.equal(traceOf(store).count, 2);
    assert.equal(traceOf(store).endNs, 100);
  });

  it('begins anew with each run', () => {
    const store = begun(10);
    store.put(rowOf(Kind.start, 1, 0));
    store.end(ENDED);
    store.begin(header);
    assert.equal(traceOf(store).count, 0);
    assert.equal(traceOf(store).complete, false);
  });
});

function begun(capacity: number): TraceStore {
  const store = new TraceStore(capacity);
  store.begin(header);
  return store;
}

function traceOf(store: TraceStore): Trace {
  const trace = store.trace();
  assert.ok(trace !== null);
  return trace;
}

/** Per record: when, and its first field. */
function told({ rows, count }: Trace): number[][] {
  return Array.from({ length: count }, (_, row) => [...rows.subarray(row * WIDTH + 1, row * WIDTH + 3)]);
}
