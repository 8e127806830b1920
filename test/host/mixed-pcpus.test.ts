import assert from 'node:assert/strict';
import type { HostCpu } from '../../src/cpus/host-cpus.ts';
import { mixedPcpus } from '../../src/host/mixed-pcpus.ts';

const cpu = (id: number, smtSiblings: readonly number[], coreType: HostCpu['coreType']): HostCpu => ({
  id,
  core: id,
  socket: 0,
  smtSiblings,
  coreType,
});
/** Two performance cores of two threads, and two efficiency cores. */
const HYBRID = [
  cpu(0, [1], 'performance'),
  cpu(1, [0], 'performance'),
  cpu(2, [3], 'performance'),
  cpu(3, [2], 'performance'),
  cpu(4, [], 'efficiency'),
  cpu(5, [], 'efficiency'),
];

describe('a mixture of pCPUs', () => {
  it('is none where each has a core of its own, all of one kind', () => {
    assert.deepEqual(mixedPcpus([0, 2], HYBRID), []);
    assert.deepEqual(mixedPcpus([4, 5], HYBRID), []);
    assert.deepEqual(mixedPcpus([1], HYBRID), []);
  });

  it('is told where two are threads of one core', () => {
    const warnings = mixedPcpus([0, 1, 2], HYBRID);
    assert.equal(warnings.length, 1);
    assert.match(warnings[0], /^pCPUs 0-1 share cores/);
  });

  it('is told where they are of two kinds', () => {
    const warnings = mixedPcpus([2, 4], HYBRID);
    assert.equal(warnings.length, 1);
    assert.match(warnings[0], /^of the pCPUs, 4 is an efficiency core and the others are not/);
    assert.match(mixedPcpus([2, 4, 5], HYBRID)[0], /4-5 are efficiency cores/);
  });

  it('may be both', () => {
    assert.equal(mixedPcpus([2, 3, 4], HYBRID).length, 2);
  });
});
