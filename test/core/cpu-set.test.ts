import assert from 'node:assert/strict';
import fc from 'fast-check';
import { CpuSet } from '../../src/core/cpu-set.ts';

describe('a set of pCPUs', () => {
  it('is empty at first', () => {
    const set = new CpuSet(40);
    assert.equal(set.count, 0);
    assert.equal(set.first(), -1);
    assert.equal(set.next(7), -1);
  });

  it('counts a member once, however often it is added', () => {
    const set = CpuSet.of(8, [3, 3]);
    set.delete(5);
    assert.equal(set.count, 1);
  });

  it('finds the next member behind a pCPU, wrapping around, the pCPU itself last', () => {
    const set = CpuSet.of(70, [2, 31, 32, 69]);
    assert.equal(set.next(2), 31);
    assert.equal(set.next(31), 32);
    assert.equal(set.next(32), 69);
    assert.equal(set.next(69), 2);
    assert.equal(CpuSet.of(70, [69]).next(69), 69);
  });

  it('takes over the members of another one, or those that two share', () => {
    const size = 1024;
    const cpus = fc.uniqueArray(fc.nat(size - 1), { maxLength: 200 });
    fc.assert(
      fc.property(cpus, cpus, cpus, (before, a, b) => {
        const set = CpuSet.of(size, before);
        set.assign(CpuSet.of(size, a));
        assert.deepEqual(set, CpuSet.of(size, a));
        set.assignCommon(CpuSet.of(size, a), CpuSet.of(size, b));
        const shared = CpuSet.of(
          size,
          a.filter((cpu) => b.includes(cpu)),
        );
        assert.deepEqual(set, shared);
      }),
    );
  });

  it('agrees with a plain set of numbers', () => {
    const size = 1024;
    const cpus = fc.uniqueArray(fc.nat(size - 1), { maxLength: 40 });
    fc.assert(
      fc.property(cpus, cpus, fc.nat(size - 1), (a, b, after) => {
        const common = a.filter((cpu) => b.includes(cpu)).sort((x, y) => x - y);
        const expected = common.find((cpu) => cpu > after) ?? common[0] ?? -1;
        assert.equal(CpuSet.of(size, a).nextCommon(CpuSet.of(size, b), after), expected);
        assert.equal(CpuSet.of(size, a).first(), a.length === 0 ? -1 : Math.min(...a));
      }),
    );
  });
});
