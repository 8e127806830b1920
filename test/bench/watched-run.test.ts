import assert from 'node:assert/strict';
import { pathToFileURL } from 'node:url';
import { join } from 'node:path';
import { type RunEnd, watchedRun } from '../../scripts/bench/watched-run.ts';
import { aloneScenario } from '../../scripts/bench/program-scenarios.ts';
import type { HostDescription } from '../../src/result/result.ts';
import { temporaryModules } from '../workloads/temporary-modules.ts';

const PATIENT_MS = 60_000;

describe('a run with somebody who looks at the clock', function () {
  this.timeout(30_000);
  const { dir, remove } = temporaryModules({
    'answers.mjs': `process.once('message', ({ scenario }) => {
      process.send({ kind: 'phase', phase: 'running' });
      process.send({ kind: 'done', result: { name: scenario.name } }, () => process.exit());
    });`,
    'hangs.mjs': `process.once('message', () => {
      const hang = () => Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0);
      process.send({ kind: 'phase', phase: 'verifying' }, hang);
    });`,
    'dies.mjs': `process.once('message', () => process.kill(process.pid, 'SIGKILL'));`,
    'waits.mjs': `process.once('message', () => setInterval(() => {}, 1000));`,
  });
  after(remove);

  const order = {
    host: {} as HostDescription,
    scenario: aloneScenario({ name: 'parser', url: 'file:///p.js' }, [0], 1),
  };
  function watched(
    module: string,
    patienceMs: number,
    signal = new AbortController().signal,
  ): Promise<RunEnd> {
    return watchedRun(order, { patienceMs, signal, module: pathToFileURL(join(dir, module)).href });
  }

  it('hands over the order and gives back the result', async () => {
    assert.deepEqual(await watched('answers.mjs', PATIENT_MS), { kind: 'done', result: { name: 'parser' } });
  });

  it('ends a process that blocks its main thread, and says what that did last', async () => {
    assert.deepEqual(await watched('hangs.mjs', 1500), { kind: 'hung', phase: 'verifying', afterMs: 1500 });
  });

  it('says of what the process died', async () => {
    const message = 'its process ended with SIGKILL';
    assert.deepEqual(await watched('dies.mjs', PATIENT_MS), { kind: 'failed', message, result: null });
  });

  it('ends the process when it is interrupted', async () => {
    const aborter = new AbortController();
    setTimeout(() => aborter.abort(new Error('enough')), 300);
    await assert.rejects(watched('waits.mjs', PATIENT_MS, aborter.signal), /enough/);
  });
});
