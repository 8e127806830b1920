import assert from 'node:assert/strict';
import { Programs, type TaskPool } from '../../src/host/programs.ts';
import { ReplayCell } from '../../src/host/verified-prefix.ts';
import { Verification } from '../../src/host/verification.ts';
import type { VcpuTask } from '../../src/host/vcpu-thread.ts';

type Verify = Extract<VcpuTask, { kind: 'verify' }>;

const A = { url: 'file:///a.mjs', size: null, seed: 1 };
const B = { ...A, url: 'file:///b.mjs' };
const MS = 1e6;

/** Threads that do as they are told, and a clock to turn. */
function invented() {
  const tasks: Verify[] = [];
  const answers: ((checksum: string) => void)[] = [];
  const run = (task: VcpuTask) => {
    tasks.push(task as Verify);
    return new Promise((resolve) => {
      answers.push((checksum) => resolve({ kind: 'verified', checksum }));
    });
  };
  const pool = { run } as TaskPool;
  const clock = { ms: 0 };
  const programs = new Programs();
  const verification = () => new Verification(programs, pool, () => clock.ms);
  const tell = (task: number, done: number): void => {
    const cells = new Float64Array(tasks[task].progress);
    [cells[ReplayCell.done], cells[ReplayCell.units]] = [done, tasks[task].units];
  };
  return { tasks, answers, clock, verification, tell };
}

describe('the verification of a run', () => {
  it('says what is right and what is not', async () => {
    const { answers, verification } = invented();
    const all = verification();
    const said = [all.isRight(A, 10, 'x', MS), all.isRight(B, 10, 'x', MS)];
    answers[0]('x');
    answers[1]('y');
    assert.deepEqual(await Promise.all(said), [true, false]);
  });

  it('does the steps of one program once for all vCPUs that did as many, and for the runs after it', async () => {
    const { tasks, answers, verification } = invented();
    const all = verification();
    const said = ['x', 'z', 'x'].map((checksum) => all.isRight(A, 10, checksum, MS));
    assert.equal(tasks.length, 1);
    answers[0]('x');
    assert.deepEqual(await Promise.all(said), [true, false, true]);
    assert.equal(await verification().isRight(A, 10, 'x', MS), true);
    assert.equal(tasks.length, 1);
    void all.isRight(A, 11, 'x', MS);
    assert.equal(tasks.length, 2);
  });

  it('tells nothing where no steps are done again', () => {
    const { verification } = invented();
    const all = verification();
    void all.isRight(A, 10, 'x', MS);
    assert.equal(all.progress(), null);
  });

  it('tells how much is done, and the time left: at the pace of the run first, then at its own', () => {
    const { verification, tell, clock } = invented();
    const all = verification();
    void all.isRight(A, 10_000, 'x', MS);
    tell(0, 100);
    assert.deepEqual(all.progress(), { fraction: 0.01, leftNs: 9.9e9 });
    clock.ms = 4000;
    tell(0, 2000);
    // Twice as slow as in the run: others compute on the same cores.
    assert.deepEqual(all.progress(), { fraction: 0.2, leftNs: 16e9 });
  });

  it('weighs programs by their time, and waits for the slowest', () => {
    const { verification, tell } = invented();
    const all = verification();
    void all.isRight(A, 1000, 'x', 9 * MS);
    void all.isRight(B, 1000, 'x', MS);
    tell(0, 500);
    tell(1, 0);
    assert.deepEqual(all.progress(), { fraction: 0.45, leftNs: 4.5e9 });
  });
});
