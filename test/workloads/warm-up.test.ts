import assert from 'node:assert/strict';
import { warmUp } from '../../src/workload/warm-up.ts';
import type { Workload } from '../../workloads/contract.ts';

const MS = 1e6;

/** A program whose steps take as long as a function of their number says, on a clock of its own. */
function program(stepNs: (step: number) => number, sleepNs = 0) {
  let nowNs = 0;
  let steps = 0;
  const workload: Workload = {
    name: 'invented',
    prepare: () => null,
    step: () => {
      nowNs += stepNs(steps++);
      return sleepNs > 0 ? sleepNs : undefined;
    },
    checksum: () => 0,
  };
  const run = (leastNs: number, mostNs: number) => warmUp(workload, null, () => nowNs, { leastNs, mostNs });
  return { run, usedNs: () => nowNs, steps: () => steps };
}

describe("a program's warm-up", () => {
  it('ends once steps no longer get faster, and have not for as long as they did', () => {
    // 8 ms slow, then fast.
    const { run, usedNs } = program((step) => (step < 8 ? 1 * MS : 0.1 * MS));
    assert.equal(run(1 * MS, 80 * MS), true);
    assert.ok(usedNs() > 12 * MS && usedNs() < 30 * MS, `${usedNs() / MS} ms`);
  });

  it('is not over before its least time, steady as the steps may look', () => {
    const { run, usedNs } = program(() => 0.1 * MS);
    assert.equal(run(40 * MS, 80 * MS), true);
    assert.ok(usedNs() >= 40 * MS && usedNs() < 45 * MS);
  });

  it('is given up at its most time when steps get faster and faster', () => {
    const { run, usedNs } = program((step) => MS / (1 + step / 100));
    assert.equal(run(5 * MS, 60 * MS), false);
    assert.ok(usedNs() >= 60 * MS && usedNs() < 62 * MS);
  });

  it('ends after some sleeps of a guest that hardly computes', () => {
    const { run, steps } = program(() => 100, 1e6);
    assert.equal(run(5 * MS, 80 * MS), true);
    assert.equal(steps(), 50);
  });
});
