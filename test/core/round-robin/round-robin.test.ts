import assert from 'node:assert/strict';
import type { Policy } from '../../../src/core/policy.ts';
import { Choice } from '../../../src/core/reason.ts';
import { simulate } from '../../../src/sim/simulate.ts';
import { ContractWatch } from '../../../src/policy-check/contract-watch.ts';
import { hog } from '../../sim/arbitrary.ts';

describe('round robin', () => {
  it('has one queue, so that nobody is stolen: who comes to another pCPU migrates', () => {
    const watch = new ContractWatch([null, null, null]);
    const { vcpus } = simulate({
      pcpuCount: 2,
      scheduler: { type: 'round-robin' },
      vms: [{ vcpus: [hog, hog, hog] }],
      durationNs: 1e9,
      recorder: watch,
    });
    assert.deepEqual(
      vcpus.map(({ steals }) => steals),
      [0, 0, 0],
    );
    assert.ok(vcpus.every(({ migrations }) => migrations > 1));
    assert.deepEqual(new Set(watch.decisions.map(([, , , , , choice]) => choice)), new Set([Choice.queue]));
  });

  it('has counted a slice when its beginning is told', () => {
    const watch = new TurnsWatch([null]);
    simulate({
      pcpuCount: 1,
      scheduler: { type: 'round-robin' },
      vms: [{ vcpus: [hog] }],
      durationNs: 50e6,
      recorder: watch,
    });
    // One at 0, one at 30 ms.
    assert.deepEqual(watch.turns, [1, 2]);
  });
});

/** Keeps how many turns the next vCPU has had at each decision. */
class TurnsWatch extends ContractWatch {
  readonly turns: number[] = [];
  private watched: Policy | null = null;

  override attach(policy: Policy): void {
    super.attach(policy);
    this.watched = policy;
  }

  override decide(...told: Parameters<ContractWatch['decide']>): void {
    super.decide(...told);
    const [, , , next] = told;
    const readings = new Float64Array(1);
    this.watched?.readVcpu(next, readings, 0);
    this.turns.push(readings[0]);
  }
}
