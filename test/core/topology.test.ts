import assert from 'node:assert/strict';
import { Credit1 } from '../../src/core/credit1/credit1.ts';
import { flatTopology, gridTopology, isFlat, topologyProblem } from '../../src/core/topology.ts';
import { vm } from './credit1/fixture.ts';

describe('a topology', () => {
  it('of sockets, cores and threads numbers pCPUs thread by thread, core by core, socket by socket', () => {
    assert.deepEqual(gridTopology({ sockets: 2, cores: 2, threads: 2 }), {
      cores: [0, 0, 1, 1, 2, 2, 3, 3],
      sockets: [0, 0, 0, 0, 1, 1, 1, 1],
    });
  });

  it('is flat when all pCPUs are alike: one socket, no SMT', () => {
    assert.equal(isFlat(flatTopology(4)), true);
    assert.equal(isFlat({ cores: [7, 3], sockets: [2, 2] }), true);
    assert.equal(isFlat(gridTopology({ sockets: 1, cores: 2, threads: 2 })), false);
    assert.equal(isFlat(gridTopology({ sockets: 2, cores: 2, threads: 1 })), false);
  });

  it('has a core and a socket for each pCPU, in whole numbers, and no core in two sockets', () => {
    assert.equal(topologyProblem({ cores: [5, 5, 9], sockets: [3, 3, 1] }, 3), null);
    assert.match(topologyProblem(flatTopology(3), 4) ?? '', /each of 4 pCPUs, got 3 and 3/);
    assert.match(topologyProblem({ cores: [0, 1], sockets: [0, 0.5] }, 2) ?? '', /whole numbers/);
    assert.equal(topologyProblem({ cores: [4, 4], sockets: [0, 1] }, 2), 'core 4 is in socket 0 and in 1');
  });

  it('that is wrong is refused by the scheduler', () => {
    const topology = { cores: [0, 0], sockets: [0, 1] };
    assert.throws(() => new Credit1({ pcpuCount: 2, vms: [vm(256)], topology }), RangeError);
  });
});
