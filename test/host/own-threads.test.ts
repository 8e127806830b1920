import assert from 'node:assert/strict';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { OwnThreads } from '../../src/host/own-threads.ts';

/** A process's directory in /proc, with what threads have used and where they were last. */
class FakeProcess {
  readonly dir = mkdtempSync(join(tmpdir(), 'creditlab-proc-'));

  thread(tid: number, cpuNs: number, cpu: number): void {
    const dir = join(this.dir, 'task', String(tid));
    mkdirSync(dir, { recursive: true });
    // Behind the name: state, 35 numbers, the processor, and more.
    const fields = ['S', ...Array.from({ length: 35 }, (_, n) => 1000 + n), cpu, 0, 0];
    writeFileSync(join(dir, 'stat'), `${tid} (no) de ( x) ${fields.join(' ')}\n`);
    writeFileSync(join(dir, 'schedstat'), `${cpuNs} 77 5\n`);
  }
}

const VCPU = 100;

describe('what own threads took from the pCPUs', () => {
  let fake: FakeProcess;
  let threads: OwnThreads;

  beforeEach(() => {
    fake = new FakeProcess();
    fake.thread(1, 5e9, 0);
    fake.thread(2, 1e9, 3);
    fake.thread(VCPU, 1e9, 3);
    threads = new OwnThreads([3, 2], (tid) => tid === VCPU, fake.dir);
    threads.start();
  });
  afterEach(() => {
    threads.end();
    rmSync(fake.dir, { recursive: true });
  });

  const own = (): number[] => [...(threads.ownNs ?? assert.fail())];

  it('counts for the pCPU on which a thread was seen, from the start on', () => {
    fake.thread(1, 5.5e9, 0);
    fake.thread(2, 1.25e9, 3);
    threads.look();
    assert.deepEqual(own(), [0.25e9, 0]);
    fake.thread(1, 5.75e9, 3);
    fake.thread(2, 1.375e9, 2);
    threads.look();
    assert.deepEqual(own(), [0.5e9, 0.125e9]);
  });

  it('has nothing of the vCPUs', () => {
    fake.thread(VCPU, 9e9, 3);
    threads.end();
    assert.deepEqual(own(), [0, 0]);
  });

  it('has all that a thread used that came later', () => {
    fake.thread(7, 3e6, 2);
    threads.end();
    assert.deepEqual(own(), [0, 3e6]);
  });

  it('keeps what a thread used that has ended', () => {
    fake.thread(2, 1.25e9, 3);
    threads.look();
    rmSync(join(fake.dir, 'task', '2'), { recursive: true });
    threads.end();
    assert.deepEqual(own(), [0.25e9, 0]);
  });

  it('is not known where the kernel keeps no such statistics', () => {
    const without = new OwnThreads([3], () => false, join(fake.dir, 'nowhere'));
    without.start();
    without.look();
    without.end();
    assert.equal(without.ownNs, null);
  });
});
