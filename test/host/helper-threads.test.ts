import assert from 'node:assert/strict';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { confineHelpers, type HelperOwner } from '../../src/host/helper-threads.ts';

const THREADS = {
  1: 'node-MainThread',
  2: 'node-V8Worker',
  3: 'node-V8Worker',
  4: 'libuv-worker',
  5: 'A/v0',
};

describe("V8's helper threads", () => {
  let proc: string;
  let calls: unknown[][];
  const native = {
    getAffinity: (tid: number) => (tid === 3 ? -3 : [0, 1, 2]),
    setAffinity: (tid: number, cpus: Int32Array) => calls.push(['affinity', tid, ...cpus]),
    setIdleClass: (tid: number) => calls.push(['idle', tid]),
  };
  const confine = (changes: Partial<HelperOwner>): (() => void) =>
    confineHelpers(native, [2, 1], { node: '26.3.0', execArgv: ['--single-threaded'], proc, ...changes });

  beforeEach(() => {
    calls = [];
    proc = mkdtempSync(join(tmpdir(), 'creditlab-proc-'));
    for (const [tid, name] of Object.entries(THREADS)) {
      mkdirSync(join(proc, 'task', tid), { recursive: true });
      writeFileSync(join(proc, 'task', tid, 'comm'), `${name}\n`);
    }
  });
  afterEach(() => rmSync(proc, { recursive: true }));

  it('get what the vCPUs leave of the pCPUs, for as long as the run lasts', () => {
    const end = confine({});
    assert.deepEqual(calls.splice(0), [
      ['idle', 2],
      ['affinity', 2, 2, 1],
      ['idle', 3],
      ['affinity', 3, 2, 1],
    ]);
    end();
    // Where the third one was allowed before isn't known.
    assert.deepEqual(calls, [['affinity', 2, 0, 1, 2]]);
  });

  it('are left alone by a release that gives them nothing to do, and in a process in which they have to work', () => {
    confine({ node: '24.9.0' })();
    confine({ execArgv: [] })();
    assert.deepEqual(calls, []);
  });
});
