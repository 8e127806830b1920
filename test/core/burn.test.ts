import assert from 'node:assert/strict';
import fc from 'fast-check';
import { burn } from '../../src/core/burn.ts';
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
});
