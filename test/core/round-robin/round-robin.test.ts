import assert from 'node:assert/strict';
import { Choice } from '../../../src/core/reason.ts';
import { simulate } from '../../../src/sim/simulate.ts';
import { ContractWatch } from '../contract-watch.ts';
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
});
