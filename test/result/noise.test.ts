import assert from 'node:assert/strict';
import { ownFraction, stolenFraction } from '../../src/result/noise.ts';
import type { RunResult } from '../../src/result/result.ts';
import { disturbedRun } from '../report/sample.ts';

describe('a noisy host', () => {
  it('is known by the time that it took from VMs that held their pCPUs', () => {
    assert.equal(stolenFraction(disturbedRun(1e9, 1e9)), 0.5);
    assert.equal(stolenFraction(disturbedRun(0, 0)), 0);
  });
});

describe("what the process's own threads took", () => {
  /** 1 s computed, 1 s stolen: 0.8 s of it on the first pCPU. */
  function runWithOwn(...ownNs: (number | null)[]): RunResult {
    const pcpu = { busyNs: 0.5e9, switches: 1 };
    return {
      ...disturbedRun(1e9, 1e9),
      pcpus: [
        { ...pcpu, id: 0, stolenNs: 0.8e9, ownThreadsNs: ownNs[0] },
        { ...pcpu, id: 1, stolenNs: 0.2e9, ownThreadsNs: ownNs[1] },
      ],
    };
  }

  it("is not the host's", () => {
    const run = runWithOwn(0.4e9, 0);
    assert.equal(stolenFraction(run), 0.3);
    assert.equal(ownFraction(run), 0.2);
  });

  it('counts on each pCPU up to what was stolen there', () => {
    const run = runWithOwn(0, 5e9);
    assert.equal(stolenFraction(run), 0.4);
    assert.ok(Math.abs((ownFraction(run) ?? NaN) - 0.1) < 1e-12);
  });

  it('is held against the host where it is not known', () => {
    const run = runWithOwn(0.4e9, null);
    assert.equal(ownFraction(run), null);
    assert.equal(stolenFraction(runWithOwn(null, null)), 0.5);
  });
});
