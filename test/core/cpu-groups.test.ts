import assert from 'node:assert/strict';
import fc from 'fast-check';
import { CpuGroups, groupsAt, LEVELS } from '../../src/core/cpu-groups.ts';
import { CpuSet } from '../../src/core/cpu-set.ts';
import { gridTopology } from '../../src/core/topology.ts';

describe('groups of pCPUs', () => {
  it('are numbered in the order of the numbers that they were given', () => {
    const groups = new CpuGroups([7, -1, 7, 3]);
    assert.equal(groups.count, 3);
    assert.deepEqual([...groups.of], [2, 0, 2, 1]);
  });

  it('are those of any level of a machine', () => {
    const topology = gridTopology({ sockets: 2, cores: 2, threads: 2 });
    const groups = LEVELS.map((level) => [...groupsAt(level, topology).of].join(''));
    assert.deepEqual(groups, ['01234567', '00112233', '00001111', '00000000']);
  });

  it('agree with lists of their members', () => {
    const size = 70;
    const numbers = fc.array(fc.nat(5), { minLength: size, maxLength: size });
    const cpus = fc.uniqueArray(fc.nat(size - 1), { maxLength: size });
    fc.assert(
      fc.property(numbers, cpus, fc.nat(size - 1), fc.nat(size - 1), (given, members, after, cpu) => {
        const groups = new CpuGroups(given);
        const group = groups.of[cpu];
        const set = CpuSet.of(size, members);
        const common = members.filter((member) => given[member] === given[cpu]).sort((a, b) => a - b);
        assert.equal(groups.countIn(group, set), common.length);
        assert.equal(
          groups.nextIn(group, set, after),
          common.find((member) => member > after) ?? common[0] ?? -1,
        );
        groups.deleteFrom(group, set);
        assert.equal(set.count, members.length - common.length);
        assert.ok(common.every((member) => !set.has(member)));
      }),
    );
  });
});
