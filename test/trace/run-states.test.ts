import assert from 'node:assert/strict';
import { Choice, Reason } from '../../src/core/reason.ts';
import type { RunState } from '../../src/trace/spells.ts';
import { spellsOf } from '../../src/trace/spells.ts';
import type { StateTotals } from '../../src/trace/run-states.ts';
import { runStatesOf } from '../../src/trace/run-states.ts';
import type { Trace } from '../../src/trace/trace.ts';
import { Column } from '../../src/trace/record.ts';
import { TraceStore } from '../../src/trace/store.ts';
import { wholeOf } from '../../src/trace/window.ts';
import { vm } from '../host/invented-scenario.ts';
import { inventedTrace } from './invented-trace.ts';
import { decideRow } from './rows.ts';

const sleeper = { spec: 'interactive', url: 'file:///interactive.js', size: 1000 };

describe('run states of a vCPU', () => {
  it('show the fingerprint of a cap of 25: parked for 90 ms, running for 30', () => {
    const trace = inventedTrace({
      scenario: { durationNs: 1.2e9, vms: [vm('A', { cap: 25, work: null })] },
    });
    const running = stateOf(trace, 0, 'running');
    const parked = stateOf(trace, 0, 'parked');
    assert.deepEqual([running?.count, running?.p50Ns, running?.totalNs], [10, 30e6, 300e6]);
    assert.deepEqual([parked?.count, parked?.p50Ns, parked?.maxNs, parked?.percent], [10, 90e6, 90e6, 75]);
  });

  it('tell waits after a wake-up from waits after a preemption and after a slice', () => {
    const trace = inventedTrace({
      scenario: {
        vms: [
          vm('IO', { work: null, workload: sleeper }),
          vm('H1', { work: null }),
          vm('H2', { work: null }),
        ],
      },
    });
    assert.deepEqual(states(trace, 0), ['running', 'woken', 'blocked']);
    assert.deepEqual(states(trace, 1), ['running', 'woken', 'preempted']);
    assert.deepEqual(states(inventedTrace(), 0), ['running', 'woken', 'requeued']);
    const woken = stateOf(trace, 0, 'woken');
    // Boosted, it runs at once: waits of no length count, too.
    assert.equal(woken?.p50Ns, 0);
    assert.equal(woken?.count, stateOf(trace, 0, 'running')?.count);
    // Who is preempted waits for the burst of the sleeper, at least.
    assert.ok((stateOf(trace, 1, 'preempted')?.p50Ns ?? 0) >= 1e6);
  });

  it('stay with the pCPU where a vCPU runs, when the record of its leaving another one is missing', () => {
    const trace = inventedTrace({
      scenario: { pcpus: [0, 1], vms: [vm('A', { work: null }), vm('B', { work: null })] },
    });
    const store = new TraceStore();
    store.begin(trace.header);
    // A is told to run on pCPU 0, then on 1; that pCPU 0 let it go isn't told.
    store.put(decideRow(0, 0, [-1, -64, 0], [0, -1, 0], Reason.tickled, Choice.queue));
    store.put(decideRow(10e6, 1, [-1, -64, 0], [0, -1, 0], Reason.tickled, Choice.stolen));
    store.put(decideRow(20e6, 0, [-1, -64, 0], [1, -1, 0], Reason.tickled, Choice.queue));
    store.end({ endNs: 30e6, complete: true, lostIntents: 1, lostFacts: 0 });
    assert.deepEqual(
      spellsOf(store.trace() as Trace)[0].map(({ state, pcpu, toNs }) => [state, pcpu, toNs]),
      [
        ['running', 0, 10e6],
        ['running', 1, 30e6],
      ],
    );
  });

  it('know who has not started, was paused, and has done its work', () => {
    const trace = inventedTrace({
      scenario: {
        durationNs: 300e6,
        vms: [vm('A', { work: { kind: 'cpu', ns: 60e6 } }), vm('L', { startNs: 100e6, work: null })],
        events: [
          { kind: 'pause', atNs: 200e6, vm: 'L' },
          { kind: 'unpause', atNs: 250e6, vm: 'L' },
        ],
      },
    });
    assert.equal(stateOf(trace, 0, 'done')?.totalNs, 240e6);
    assert.deepEqual(
      [
        stateOf(trace, 1, 'absent')?.totalNs,
        stateOf(trace, 1, 'paused')?.totalNs,
        stateOf(trace, 1, 'running')?.totalNs,
      ],
      [100e6, 50e6, 150e6],
    );
  });

  it('are cut at the ends of the part that is looked at', () => {
    const trace = inventedTrace();
    const [a] = runStatesOf(trace, { ...wholeOf(trace), fromNs: 10e6, toNs: 70e6, vcpus: new Set([0]) });
    // A ran until 30 ms, and again from 60 ms on.
    assert.deepEqual(
      a.states.map(({ state, count, totalNs }) => [state, count, totalNs]),
      [
        ['running', 2, 30e6],
        ['requeued', 1, 30e6],
      ],
    );
  });

  it('claim nothing about the time before the oldest record that was kept', () => {
    const whole = inventedTrace();
    const trace = inventedTrace({ capacity: 30 });
    assert.equal(trace.lost.forgotten, whole.count - 30);
    const first = spellsOf(trace).map((spells) => spells[0]);
    for (const { fromNs } of first) assert.equal(fromNs, trace.rows[Column.timeNs]);
    assert.ok(first.some(({ state }) => state === 'unknown'));
    const lastOf = (each: Trace) => spellsOf(each).map((spells) => spells[spells.length - 1].state);
    assert.deepEqual(lastOf(trace), lastOf(whole));
  });
});

function states(trace: Trace, vcpu: number): RunState[] {
  return runStatesOf(trace)[vcpu].states.map(({ state }) => state);
}

function stateOf(trace: Trace, vcpu: number, wanted: RunState): StateTotals | undefined {
  return runStatesOf(trace)[vcpu].states.find(({ state }) => state === wanted);
}
