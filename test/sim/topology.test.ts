import assert from 'node:assert/strict';
import { gridTopology, type TopologyShape } from '../../src/core/topology.ts';
import { simulate } from '../../src/sim/simulate.ts';
import { hogs } from './arbitrary.ts';

describe('on cores of two threads', () => {
  it('two hogs that begin as siblings have a core each from the second tick on', () => {
    const { busyNs, vcpus } = run({ sockets: 1, cores: 2, threads: 2 }, 2);
    // Placed on 0 and 1. The first tick makes both active, the second moves the one on 0, whose tick comes first.
    assert.deepEqual(busyNs, [20e6, 1000e6, 980e6, 0]);
    assert.deepEqual(
      vcpus.map(({ migrations }) => migrations),
      [1, 0],
    );
  });

  it('three hogs on two cores stay where they are: nobody gains by moving', () => {
    const { busyNs, vcpus } = run({ sockets: 1, cores: 2, threads: 2 }, 3);
    assert.deepEqual(busyNs, [1000e6, 1000e6, 1000e6, 0]);
    assert.ok(vcpus.every(({ migrations }) => migrations === 0));
  });

  it('would stay siblings if the scheduler knew nothing of it', () => {
    assert.deepEqual(run({ sockets: 1, cores: 4, threads: 1 }, 2).busyNs, [1000e6, 1000e6, 0, 0]);
  });
});

describe('on two sockets', () => {
  it('hogs go to the other one until it has no more than twice as many idle pCPUs, their own included', () => {
    const { busyNs } = run({ sockets: 2, cores: 4, threads: 1 }, 4);
    const perSocket = [busyNs.slice(0, 4), busyNs.slice(4)].map(
      (some) => some.filter((ns) => ns > 900e6).length,
    );
    // With three left, each of them has its own and one more against three: not more than twice as many.
    assert.deepEqual(perSocket, [3, 1]);
  });
});

/** One VM of hogs for a second. */
function run(shape: TopologyShape, hogCount: number) {
  const pcpuCount = shape.sockets * shape.cores * shape.threads;
  return simulate({
    pcpuCount,
    vms: [hogs(256, hogCount)],
    durationNs: 1000e6,
    topology: gridTopology(shape),
    paranoid: true,
  });
}
