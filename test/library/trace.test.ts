import assert from 'node:assert/strict';
import {
  chromeOf,
  explain,
  htmlReport,
  perfettoOf,
  readTraces,
  runStatesOf,
  slicesOf,
  TraceFileWriter,
  traceHeader,
  TraceStore,
} from '../../src/library/trace.ts';
import { simulatedRun } from '../../src/library/policy.ts';
import { join } from 'node:path';
import { inTemporaryDirectory } from '../cli/spawn.ts';
import { scenario, vm } from '../host/invented-scenario.ts';
import { sampleHost } from '../report/sample.ts';

describe('the library of traces', () => {
  const named = scenario({ pcpus: [0], durationNs: 300e6, vms: [vm('A', { work: null, cap: 25 })] });
  const header = traceHeader(named, { label: 'mine', run: 1, machine: 'simulated' });

  it('records a simulation, and makes of it what the command does', () => {
    const store = new TraceStore();
    store.begin(header);
    const run = simulatedRun(named, { trace: store });
    const trace = store.trace();
    assert.ok(trace !== null && trace.complete);
    assert.ok(slicesOf(trace)[0].length > 1);
    assert.ok(runStatesOf(trace)[0].states.some(({ state }) => state === 'parked'));
    assert.match(explain(trace, [0], 50e6)[0].headline, /parked/);
    assert.ok(perfettoOf(trace).length > 0);
    assert.ok(Array.isArray((JSON.parse(chromeOf(trace)) as { traceEvents: unknown }).traceEvents));
    const rows = [{ label: 'mine', scenario: named, runs: [run], traces: [trace] }];
    assert.match(htmlReport({ title: 'mine', rows, host: sampleHost, generatedAt: '' }), /^<!doctype html>/);
  });

  it('writes a trace to a file and reads it again', () =>
    inTemporaryDirectory((dir) => {
      const path = join(dir, 'mine.trace.gz');
      const writer = new TraceFileWriter(path);
      const store = new TraceStore();
      store.begin(header);
      simulatedRun(named, { trace: store });
      const trace = store.trace();
      assert.ok(trace !== null);
      writer.begin(header);
      writer.append(trace.rows, trace.count);
      writer.end({ endNs: trace.endNs, complete: true, lostIntents: 0, lostFacts: 0 });
      writer.close();
      assert.deepEqual(readTraces(path), [trace]);
      return Promise.resolve();
    }));
});
