import assert from 'node:assert/strict';
import type { ParameterValues } from '../../../src/core/policy.ts';
import { sedfType } from '../../../src/core/sedf/type.ts';
import { misfitOf, valuesAfter } from '../../../src/core/sedf/vm-values.ts';
import { createPolicy } from '../../../src/policies.ts';
import { MS, reserved, started } from './fixture.ts';

const BEST = { periodNs: 0, sliceNs: 0, latencyNs: 0, extratime: 1, weight: 1 };

describe('the parameters of a VM of SEDF', () => {
  const created = (parameters: ParameterValues) =>
    createPolicy({ type: 'sedf', pcpuCount: 1, vms: [{ parameters, vcpus: [null] }] });

  it('are a reservation, or a weight, as the toolstack has it', () => {
    const refused: [ParameterValues, string][] = [
      [{ ...reserved(20, 5), weight: 2 }, 'weight'],
      [{ periodNs: 20 * MS }, 'periodNs'],
      [{ extratime: 0 }, 'extratime'],
      [{ weight: 0 }, 'weight'],
    ];
    for (const [given, field] of refused) {
      assert.equal(misfitOf(given, null)?.field, field);
      assert.throws(() => created(given), new RegExp(`^RangeError: ${field}: `));
    }
    assert.equal(misfitOf({ sliceNs: 5 * MS }, null)?.field, 'sliceNs');
    assert.throws(() => created(reserved(20, 21)), /sliceNs/);
    for (const given of [{}, { weight: 3 }, { weight: 3, extratime: 0 }, { extratime: 1 }, reserved(20, 5)])
      assert.equal(misfitOf(given, null), null);
  });

  it('are complete when they are completed again', () => {
    for (const given of [
      {},
      { weight: 3 },
      { weight: 3, extratime: 0 },
      reserved(20, 5),
      reserved(20, 5, 1),
    ]) {
      const complete = valuesAfter(BEST, given);
      assert.deepEqual(valuesAfter(BEST, complete), complete);
      assert.equal(misfitOf(complete, null), null);
    }
  });

  it('lose the weight to a reservation, and the reservation to a weight', () => {
    const reservation = valuesAfter(BEST, reserved(20, 5));
    assert.deepEqual(reservation, { ...BEST, ...reserved(20, 5), weight: 0 });
    assert.deepEqual(valuesAfter(reservation, { weight: 4 }), { ...BEST, extratime: 0, weight: 4 });
  });

  it('change as the policy changes, where it takes the change', () => {
    const befores: ParameterValues[] = [
      {},
      { weight: 3 },
      { weight: 3, extratime: 0 },
      reserved(20, 5),
      reserved(20, 5, 1),
    ];
    const changes: ParameterValues[] = [
      { weight: 4 },
      { extratime: 1 },
      { extratime: 0 },
      { sliceNs: 4 * MS },
      { periodNs: 30 * MS },
      { latencyNs: 5 * MS },
      { weight: 0 },
      { weight: 4, extratime: 0 },
    ];
    for (const before of befores) {
      for (const change of changes) {
        const live = started([before]);
        const isTaken = live.setVm(0, change, 0);
        const known = misfitOf(change, valuesAfter(BEST, before)) === null;
        // Nobody knows without running it what slice a weight comes to.
        const isOpen = before.weight === 3 && before.extratime === 0 && change.periodNs !== undefined;
        if (!isOpen) assert.equal(isTaken, known, JSON.stringify([before, change]));
        if (!isTaken) continue;
        const fresh = started([valuesAfter(valuesAfter(BEST, before), change)]);
        for (const key of ['weight', 'isAware', 'periodNs', 'sliceNs', 'latencyNs'] as const)
          assert.deepEqual(live.state[key], fresh.state[key], `${JSON.stringify([before, change])}: ${key}`);
      }
    }
  });

  it('change nothing when Xen refuses the change', () => {
    const policy = started([{}]);
    // Reading back says 100 ms and a slice of 0, which no request may have.
    for (const change of [{ latencyNs: 5 * MS }, { extratime: 0 }, { periodNs: 80 * MS }, { weight: 0 }])
      assert.equal(policy.setVm(0, change, 0), false);
    assert.equal(policy.state.latencyNs[0], 0);
    assert.equal(policy.state.isAware[0], 1);
  });

  it('say what a VM is entitled to: its reservation, and the rest by weight', () => {
    const { entitlement } = sedfType;
    assert.ok(typeof entitlement === 'function');
    assert.deepEqual(entitlement(valuesAfter(BEST, {}), 2), { weight: 1, capPercent: null });
    assert.deepEqual(entitlement(valuesAfter(BEST, reserved(20, 5, 1)), 2), {
      weight: 32,
      capPercent: null,
      reservedPercent: 50,
      periodNs: 20 * MS,
    });
    assert.deepEqual(entitlement(valuesAfter(BEST, reserved(20, 5)), 1), {
      weight: 32,
      capPercent: 25,
      reservedPercent: 25,
      periodNs: 20 * MS,
    });
    assert.equal(typeof entitlement(valuesAfter(BEST, { weight: 3, extratime: 0 }), 1), 'string');
  });
});
