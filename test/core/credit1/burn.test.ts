import assert from 'node:assert/strict';
import fc from 'fast-check';
import { burn } from '../../../src/core/credit1/burn.ts';
import { started, vm } from './fixture.ts';

describe('burning credits', () => {
  it('takes a credit for each 100 µs', () => {
    const { state } = started(1, [vm(256)]);
    burn(state, 0, 10_000_000);
    assert.equal(state.credit[0], -100);
    assert.equal(state.remainder[0], 0);
  });

  it('keeps the part of a credit as a remainder, and lets the stamp advance by whole credits', () => {
    const { state } = started(1, [vm(256)]);
    burn(state, 0, 199_999);
    assert.equal(state.credit[0], -1);
    assert.equal(state.remainder[0], 999_990);
    assert.equal(state.chargedNs[0], 100_000);
  });

  it('takes nothing until the clock has caught up with a stamp that ran ahead', () => {
    const { state } = started(1, [vm(256)]);
    burn(state, 0, 199_999); // 1 credit; remainder 999 990, stamp 100 000
    burn(state, 0, 200_001); // 1 000 010 + 999 990 make 2 credits: the stamp is ahead by 99 999 ns
    assert.equal(state.credit[0], -3);
    assert.equal(state.chargedNs[0], 300_000);
    burn(state, 0, 300_000);
    assert.equal(state.credit[0], -3);
    burn(state, 0, 400_000);
    assert.equal(state.credit[0], -4);
  });

  it('charges the exact CPU time to within two credits, however it is cut', () => {
    fc.assert(
      fc.property(
        fc.array(fc.integer({ min: 1, max: 3_000_000 }), { minLength: 1, maxLength: 200 }),
        (parts) => {
          const { state } = started(1, [vm(256)]);
          let cpuNs = 0;
          for (const part of parts) burn(state, 0, (cpuNs += part));
          assert.ok(Math.abs(-state.credit[0] - cpuNs / 100_000) < 2, `${-state.credit[0]} for ${cpuNs} ns`);
        },
      ),
    );
  });

  /** Section 4: S is a stamp of the wall clock while the vCPU runs, and an offset to it while it doesn't. */
  it('charges the same, burn by burn, as the specification does with its stamps of wall time', () => {
    const stretch = fc.record({
      offNs: fc.nat(5_000_000),
      burnsAfterNs: fc.array(fc.integer({ min: 0, max: 400_000 }), { minLength: 1, maxLength: 6 }),
    });
    fc.assert(
      fc.property(fc.array(stretch, { minLength: 1, maxLength: 40 }), (stretches) => {
        const { state } = started(1, [vm(256)]);
        let [stamp, remainder, credit, nowNs, cpuNs] = [0n, 0n, 0n, 0n, 0n];
        for (const { offNs, burnsAfterNs } of stretches) {
          nowNs += BigInt(offNs);
          stamp += nowNs;
          for (const afterNs of burnsAfterNs) {
            nowNs += BigInt(afterNs);
            cpuNs += BigInt(afterNs);
            const usedNs = nowNs - stamp;
            if (usedNs > 0n) {
              const parts = 10n * usedNs + remainder;
              const credits = parts / 1_000_000n;
              remainder = parts % 1_000_000n;
              credit -= credits;
              stamp += credits * 100_000n;
            }
            burn(state, 0, Number(cpuNs));
            assert.deepEqual([state.credit[0], state.remainder[0]], [Number(credit), Number(remainder)]);
          }
          stamp -= nowNs;
        }
      }),
      { numRuns: 300 },
    );
  });
});
