import assert from 'node:assert/strict';
import fc from 'fast-check';
import { entitlement, type Claim } from '../../src/ideal/entitlement.ts';

const claim = (weight: number, rest: Partial<Claim> = {}): Claim => ({
  weight,
  capPercent: null,
  vcpus: 1,
  demand: 1,
  pcpus: null,
  ...rest,
});

/** In percent of one pCPU, to a millionth. */
function percents(pcpuCount: number, claims: readonly Claim[]): number[] {
  return entitlement(pcpuCount, claims).map((rate) => Math.round(rate * 1e8) / 1e6);
}

describe('the ideal share', () => {
  it('follows the weights on one pCPU', () => {
    assert.deepEqual(percents(1, [claim(256), claim(768)]), [25, 75]);
  });

  it('is at most the cap, and what a cap leaves goes to the others by weight', () => {
    assert.deepEqual(percents(1, [claim(128), claim(256), claim(512, { capPercent: 40 })]), [20, 40, 40]);
  });

  it('leaves the pCPU idle when all are capped', () => {
    assert.deepEqual(percents(1, [claim(256, { capPercent: 25 }), claim(256, { capPercent: 50 })]), [25, 50]);
  });

  it('counts the weight once for each runnable vCPU', () => {
    assert.deepEqual(percents(1, [claim(256, { vcpus: 3 }), claim(256)]), [75, 25]);
    assert.deepEqual(percents(2, [claim(256, { vcpus: 2 }), claim(256)]), [133.333333, 66.666667]);
  });

  it('is at most one pCPU for each vCPU', () => {
    assert.deepEqual(percents(2, [claim(65535), claim(1, { vcpus: 2 })]), [100, 100]);
  });

  it('caps a VM with several vCPUs as a whole', () => {
    assert.deepEqual(
      percents(2, [claim(256, { vcpus: 2, capPercent: 50 }), claim(256, { vcpus: 2 })]),
      [50, 150],
    );
  });

  it('gives a sleeper what it asks for, when that is less than its share', () => {
    assert.deepEqual(percents(1, [claim(256, { demand: 0.1 }), claim(256), claim(256)]), [10, 45, 45]);
  });

  it('gives nothing to who has no runnable vCPU', () => {
    assert.deepEqual(percents(1, [claim(256, { vcpus: 0 }), claim(256)]), [0, 100]);
    assert.deepEqual(percents(1, []), []);
  });

  it('begins with what is reserved, and divides the rest by weight', () => {
    const reserving = (reservedPercent: number) => claim(1, { reservedPercent });
    assert.deepEqual(percents(1, [reserving(50), claim(1), claim(3)]), [60, 10, 30]);
    // One that gets no more than its reservation.
    const only = claim(1, { reservedPercent: 30, capPercent: 30 });
    assert.deepEqual(percents(1, [only, claim(1), claim(1)]), [30, 35, 35]);
    // One that doesn't use it leaves it to the others.
    assert.deepEqual(percents(1, [claim(1, { reservedPercent: 50, demand: 0.2 }), claim(1)]), [20, 80]);
  });

  it('gives of reservations that are too many the same part of each', () => {
    const reserving = (reservedPercent: number) => claim(1, { reservedPercent });
    assert.deepEqual(percents(1, [reserving(50), reserving(100), claim(1)]), [33.333333, 66.666667, 0]);
  });

  it('is divided anew on each pCPU that pinning sets apart', () => {
    const claims = [
      claim(256, { pcpus: [0] }),
      claim(512, { pcpus: [0] }),
      claim(256, { pcpus: [1] }),
      claim(256),
    ];
    assert.deepEqual(percents(2, claims), [33.333333, 66.666667, 50, 50]);
  });

  it('keeps those who may run anywhere off a pCPU that others need', () => {
    assert.deepEqual(percents(2, [claim(1, { pcpus: [0] }), claim(1000)]), [100, 100]);
  });
});

const PCPUS = 3;
const claimArbitrary = fc.record({
  weight: fc.integer({ min: 1, max: 2000 }),
  capPercent: fc.oneof(fc.constant(null), fc.integer({ min: 1, max: 200 })),
  reservedPercent: fc.oneof(fc.constant(0), fc.integer({ min: 1, max: 250 })),
  vcpus: fc.integer({ min: 0, max: 4 }),
  demand: fc.oneof(fc.constant(1), fc.constantFrom(0, 0.1, 0.5)),
  pcpus: fc.oneof(
    fc.constant(null),
    fc.uniqueArray(fc.integer({ min: 0, max: PCPUS - 1 }), { minLength: 1 }),
  ),
});

describe('the ideal share of any VMs', () => {
  it('is that of pouring slowly until something is full', () => {
    fc.assert(
      fc.property(fc.array(claimArbitrary, { minLength: 1, maxLength: 5 }), (claims) => {
        const actual = entitlement(PCPUS, claims);
        const expected = pourSlowly(PCPUS, claims);
        for (const [i, rate] of actual.entries()) {
          assert.ok(
            Math.abs(rate - expected[i]) < 1e-4,
            `VM ${String(i)}: ${String(rate)}, expected ${String(expected[i])}`,
          );
        }
      }),
    );
  });
});

/**
 * The same by other means: bisect for the highest level that fits, freeze whom it cannot raise alone, go on.
 * Whether rates fit is Hall's condition: no set of VMs wants more than the pCPUs that it may use, all sets tried.
 */
function pourSlowly(pcpuCount: number, claims: readonly Claim[]): number[] {
  const limit = claims.map(({ vcpus, demand, capPercent }) =>
    Math.min(vcpus * demand, (capPercent ?? Infinity) / 100),
  );
  const reserved = claims.map(({ reservedPercent = 0 }, i) => Math.min(limit[i], reservedPercent / 100));
  const nothing = claims.map(() => 0);
  const floor = pourSlowlyOn(pcpuCount, claims, nothing, reserved, reserved);
  const speed = claims.map(({ weight, vcpus }) => weight * vcpus);
  return pourSlowlyOn(pcpuCount, claims, floor, limit, speed);
}

function pourSlowlyOn(
  pcpuCount: number,
  claims: readonly Claim[],
  floor: readonly number[],
  limit: readonly number[],
  speed: readonly number[],
): number[] {
  const fits = (rates: readonly number[]) => {
    for (let set = 1; set < 2 ** claims.length; set++) {
      const members = [...claims.keys()].filter((i) => (set >> i) & 1);
      const reach = new Set(members.flatMap((i) => claims[i].pcpus ?? [...Array(pcpuCount).keys()]));
      if (members.reduce((sum, i) => sum + rates[i], 0) > reach.size + 1e-9) return false;
    }
    return rates.every((rate, i) => rate <= limit[i] + 1e-9);
  };
  const rates = [...floor];
  const growing = new Set([...claims.keys()].filter((i) => speed[i] > 0));
  while (growing.size > 0) {
    const at = (level: number) =>
      rates.map((rate, i) => (growing.has(i) ? Math.min(limit[i], floor[i] + speed[i] * level) : rate));
    let low = 0;
    let high = Math.max(0, ...[...growing].map((i) => (limit[i] - floor[i]) / speed[i]));
    for (let i = 0; i < 60; i++) {
      const middle = (low + high) / 2;
      if (fits(at(middle))) low = middle;
      else high = middle;
    }
    for (const [i, rate] of at(low).entries()) rates[i] = rate;
    for (const i of growing) {
      if (!fits(rates.map((rate, other) => (other === i ? rate + 1e-6 : rate)))) growing.delete(i);
    }
  }
  return rates;
}
