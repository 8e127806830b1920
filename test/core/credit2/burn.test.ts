import assert from 'node:assert/strict';
import fc from 'fast-check';
import { burn, burnTo } from '../../../src/core/credit2/burn.ts';
import type { Credit2 } from '../../../src/core/credit2/credit2.ts';
import { INITIAL_CREDIT, LOWEST_CREDIT, MOST_CREDIT } from '../../../src/core/credit2/constants.ts';
import { started, vm } from './fixture.ts';

describe('burning credits', () => {
  it('takes a credit per ns from the heaviest, and more from the others by weight', () => {
    const { state } = started(1, [vm(256), vm(1024)]);
    burnTo(state, 0, 1_000_000, 0);
    burnTo(state, 1, 1_000_000, 0);
    assert.deepEqual([...state.credit], [INITIAL_CREDIT - 4_000_000, INITIAL_CREDIT - 1_000_000]);
  });

  it('takes nothing twice at one instant', () => {
    const { state } = started(1, [vm()]);
    burnTo(state, 0, 1_000_000, 0);
    burnTo(state, 0, 1_000_000, 0);
    assert.equal(state.credit[0], INITIAL_CREDIT - 1_000_000);
  });

  it('ends at the floor, and keeps the remainder all the same', () => {
    const { state } = started(1, [vm(3), vm(7)]);
    burnTo(state, 0, 100_000_001, 0);
    assert.equal(state.credit[0], LOWEST_CREDIT);
    assert.equal(state.remainder[0], (100_000_001 * 7) % 3);
  });

  it('is exact for all weights, charge by charge, however long: also after a machine stood still for days', () => {
    const weight = fc.integer({ min: 1, max: 65_535 });
    const lengthNs = fc.oneof(
      fc.integer({ min: 1, max: 20_000_000 }),
      fc.integer({ min: 1, max: 600_000_000 }),
      fc.integer({ min: 1, max: 1e15 }),
    );
    const lengths = fc.array(lengthNs, { minLength: 1, maxLength: 20 });
    fc.assert(
      fc.property(weight, weight, lengths, (own, other, charges) => {
        const { state } = started(1, [vm(own), vm(other)]);
        const top = BigInt(Math.max(own, other));
        let [credit, remainder, nowNs] = [BigInt(INITIAL_CREDIT), 0n, 0];
        for (const chargeNs of charges) {
          burnTo(state, 0, (nowNs += chargeNs), 0);
          const parts = BigInt(chargeNs) * top + remainder;
          credit -= parts / BigInt(own);
          remainder = parts % BigInt(own);
          if (credit < BigInt(LOWEST_CREDIT)) credit = BigInt(LOWEST_CREDIT);
          assert.deepEqual([state.credit[0], state.remainder[0]], [Number(credit), Number(remainder)]);
        }
      }),
      { numRuns: 300 },
    );
  });

  it('leaves slices exact, whose products stay below 2^53', () => {
    assert.ok((MOST_CREDIT - LOWEST_CREDIT) * 65_535 < 2 ** 53);
  });
});

describe('what is charged', () => {
  const charging = (wallTime: number): Credit2 => started(1, [vm()], { parameters: { wallTime } });

  it('is the CPU time that the vCPU got', () => {
    const { state } = charging(0);
    burnTo(state, 0, 1_000_000, 600_000);
    burnTo(state, 0, 2_000_000, 1_500_000);
    assert.equal(state.credit[0], INITIAL_CREDIT - 1_500_000);
  });

  it('is the time on its pCPU if the scheduler is asked for that, as Xen does it', () => {
    const { state } = charging(1);
    burnTo(state, 0, 1_000_000, 600_000);
    burnTo(state, 0, 2_000_000, 1_500_000);
    assert.equal(state.credit[0], INITIAL_CREDIT - 2_000_000);
  });

  it('is asked for where nobody says it, once per instant at most, and never where wall time is charged', () => {
    let asked = 0;
    const cpuTimes = { cpuNs: () => 250_000 * ++asked };
    const policy = charging(0);
    policy.attach(cpuTimes);
    burn(policy.state, 0, 1_000_000);
    burn(policy.state, 0, 1_000_000);
    assert.equal(policy.state.credit[0], INITIAL_CREDIT - 250_000);
    const charged = charging(1);
    charged.attach(cpuTimes);
    burn(charged.state, 0, 1_000_000);
    assert.equal(charged.state.credit[0], INITIAL_CREDIT - 1_000_000);
    assert.equal(asked, 1);
  });
});
