import assert from 'node:assert/strict';
import { FactReader } from '../../src/host/fact-reader.ts';
import { FactRows, RunTrace } from '../../src/host/run-trace.ts';
import { Column, Kind, Left, rowOf, WIDTH } from '../../src/trace/record.ts';
import { FakeFacts, fakeNative } from './fake-native.ts';

const [A, B] = [3, 5];
const NOBODY = -1;

describe('the facts in a trace', () => {
  it('say who came to a pCPU and left it, with what on its CPU clock, why, and for whom', () => {
    const facts = new FakeFacts(2);
    facts.add(
      1,
      { timeNs: 100, cpuNs: 10, vcpu: A, kind: 'resume' },
      { timeNs: 600, cpuNs: 500, vcpu: A, kind: 'pause', next: B },
      { timeNs: 610, cpuNs: 0, vcpu: B, kind: 'resume' },
      { timeNs: 700, cpuNs: 80, vcpu: B, kind: 'block' },
      { timeNs: 800, cpuNs: 500, vcpu: A, kind: 'resume' },
      { timeNs: 900, cpuNs: 590, vcpu: A, kind: 'done' },
    );
    const taken: number[][] = [];
    const rows = new FactRows({
      append: (batch, count) => {
        for (let row = 0; row < count; row++) taken.push([...batch.subarray(row * WIDTH, row * WIDTH + 7)]);
      },
      grow: () => undefined,
      end: () => undefined,
    });
    new FactReader(fakeNative(facts.native), 6, 2, rows).drain();
    assert.deepEqual(taken, [
      [Kind.enter, 100, 1, A, 10, 0, 0],
      [Kind.leave, 600, 1, A, 500, Left.paused, B],
      [Kind.enter, 610, 1, B, 0, 0, 0],
      [Kind.leave, 700, 1, B, 80, Left.blocked, NOBODY],
      [Kind.enter, 800, 1, A, 500, 0, 0],
      [Kind.leave, 900, 1, A, 590, Left.done, NOBODY],
    ]);
  });
});

describe('the records of a run', () => {
  it('are all passed on at its end, also those that were held back', () => {
    const taken: number[] = [];
    const trace = new RunTrace({
      append: (rows, count) => {
        for (let row = 0; row < count; row++) taken.push(rows[row * WIDTH + Column.timeNs]);
      },
      grow: () => undefined,
      end: () => taken.push(NaN),
    });
    trace.ring.rows.set(rowOf(Kind.exit, 5, 0, 0), trace.ring.place());
    trace.ring.commit();
    trace.isHeld = true;
    trace.drain();
    assert.deepEqual(taken, []);
    trace.end(9, true, 0);
    assert.deepEqual(taken, [5, NaN]);
  });
});
