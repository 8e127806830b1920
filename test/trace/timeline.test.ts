import assert from 'node:assert/strict';
import { Choice, Reason } from '../../src/core/reason.ts';
import { Kind, Left, rowOf } from '../../src/trace/record.ts';
import { TraceStore } from '../../src/trace/store.ts';
import { slicesOf, staysOf } from '../../src/trace/timeline.ts';
import type { Trace } from '../../src/trace/trace.ts';
import { inventedTrace } from './invented-trace.ts';
import { decideRow } from './rows.ts';

const [A, B] = [0, 1];
const IDLE = -1;
const [UNDER, OVER, IDLE_PRIORITY] = [-1, -2, -64];

describe('the slices of a pCPU', () => {
  it('begin and end with a switch, and count the decisions to go on', () => {
    const trace = traceOf((store) => {
      store.put(decideRow(0, 0, [IDLE, IDLE_PRIORITY, 0], [A, UNDER, 7], Reason.tickled, Choice.queue));
      store.put(decideRow(30, 0, [A, UNDER, 5], [A, UNDER, 5], Reason.sliceOver, Choice.queue));
      store.put(decideRow(60, 0, [A, OVER, -3], [B, UNDER, 9], Reason.sliceOver, Choice.stolen));
      store.put(decideRow(80, 0, [B, UNDER, 8], [IDLE, IDLE_PRIORITY, 0], Reason.blocked, Choice.nobody));
    }, 100);
    assert.deepEqual(slicesOf(trace)[0], [
      {
        pcpu: 0,
        vcpu: A,
        fromNs: 0,
        toNs: 60,
        readings: [UNDER, 7],
        reason: Reason.tickled,
        choice: Choice.queue,
        endReason: Reason.sliceOver,
        renewals: 1,
      },
      {
        pcpu: 0,
        vcpu: B,
        fromNs: 60,
        toNs: 80,
        readings: [UNDER, 9],
        reason: Reason.sliceOver,
        choice: Choice.stolen,
        endReason: Reason.blocked,
        renewals: 0,
      },
    ]);
  });

  it('last until the end of the trace when nothing ended them', () => {
    const trace = traceOf((store) => {
      store.put(decideRow(10, 0, [IDLE, IDLE_PRIORITY, 0], [A, UNDER, 0], Reason.tickled, Choice.queue));
    }, 100);
    const [[slice]] = slicesOf(trace);
    assert.deepEqual([slice.fromNs, slice.toNs, slice.endReason], [10, 100, null]);
  });
});

describe('the stays on a core', () => {
  it('have the CPU time that was used, and why they ended', () => {
    const trace = traceOf((store) => {
      store.put(rowOf(Kind.enter, 10, 0, A, 1000));
      store.put(rowOf(Kind.leave, 50, 0, A, 1030, Left.paused, B, 5));
      store.put(rowOf(Kind.enter, 60, 0, B, 0));
      store.put(rowOf(Kind.leave, 90, 0, B, 30, Left.blocked, IDLE, 0));
    }, 100);
    assert.deepEqual(staysOf(trace)[0], [
      { pcpu: 0, vcpu: A, fromNs: 10, toNs: 50, cpuNs: 30, why: Left.paused, lateNs: 5 },
      { pcpu: 0, vcpu: B, fromNs: 60, toNs: 90, cpuNs: 30, why: Left.blocked, lateNs: 0 },
    ]);
  });

  it('never use more than they last, although the clock runs on while a thread goes to sleep', () => {
    const trace = traceOf((store) => {
      store.put(rowOf(Kind.enter, 10, 0, A, 1000));
      store.put(rowOf(Kind.leave, 50, 0, A, 1045, Left.paused, B, 0));
    }, 100);
    assert.equal(staysOf(trace)[0][0].cpuNs, 40);
  });

  it('without a beginning are left out, and without an end last until the end of the trace', () => {
    const trace = traceOf((store) => {
      store.put(rowOf(Kind.leave, 20, 0, B, 10, Left.paused, A, 0));
      store.put(rowOf(Kind.enter, 30, 0, A, 0));
    }, 100);
    assert.deepEqual(
      staysOf(trace)[0].map(({ vcpu, fromNs, toNs, why }) => [vcpu, fromNs, toNs, why]),
      [[A, 30, 100, null]],
    );
  });
});

function traceOf(fill: (store: TraceStore) => void, endNs: number): Trace {
  const store = new TraceStore();
  store.begin(inventedTrace().header);
  fill(store);
  store.end({ endNs, complete: true, lostIntents: 0, lostFacts: 0 });
  const trace = store.trace();
  assert.ok(trace !== null);
  return trace;
}
