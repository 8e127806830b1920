import assert from 'node:assert/strict';
import { gridTopology } from '../../../src/core/topology.ts';
import { ALL, pinnedVm, run, started, stop, vm } from './fixture.ts';

describe('a vCPU that wakes', () => {
  /** Four cores of two threads in one runqueue; vCPU v is placed on pCPU v + 1. */
  const smt = (vcpus: number) =>
    started(8, [vm(256, 0, vcpus)], {
      parameters: ALL,
      topology: gridTopology({ sockets: 1, cores: 4, threads: 2 }),
    });

  it('gets a thread of a whole free core, though its own pCPU idles beside a busy sibling', () => {
    const policy = smt(4);
    policy.state.pcpuOf.set([0, 1, 3, 0]);
    run(policy, 0, 0);
    assert.equal(policy.pcpuOf[0], 0);
    run(policy, 0, 1);
    assert.equal(policy.pcpuOf[1], 2, 'the next free core behind pCPU 1');
    run(policy, 0, 2);
    assert.equal(policy.pcpuOf[2], 4, 'the next free core behind pCPU 3');
    run(policy, 0, 3);
    assert.equal(policy.pcpuOf[3], 6, 'the last free core');
  });

  it('gets its own pCPU if the whole core is free', () => {
    const policy = smt(2);
    policy.state.pcpuOf.set([5, 7]);
    run(policy, 0, 0, 1);
    assert.deepEqual([...policy.pcpuOf], [5, 7]);
  });

  it('gets any idle pCPU, its own first, once every core has a busy thread', () => {
    const policy = smt(7);
    policy.state.pcpuOf.set([0, 2, 4, 6, 3, 0, 0]);
    run(policy, 0, 0, 1, 2, 3, 4, 5, 6);
    assert.deepEqual([...policy.pcpuOf], [0, 2, 4, 6, 3, 1, 5]);
  });

  it('finds a core free again when both its threads are', () => {
    const policy = smt(4);
    policy.state.pcpuOf.set([0, 2, 4, 6]);
    run(policy, 0, 0, 1, 2, 3);
    stop(policy, 1e6, 2);
    policy.state.pcpuOf[2] = 1;
    run(policy, 2e6, 2);
    assert.equal(policy.pcpuOf[2], 4);
  });

  it('gets the pCPU that it is pinned to, though its sibling is busy', () => {
    const policy = started(8, [vm(), pinnedVm([1])], {
      parameters: ALL,
      topology: gridTopology({ sockets: 1, cores: 4, threads: 2 }),
    });
    policy.state.pcpuOf[0] = 0;
    run(policy, 0, 0, 1);
    assert.equal(policy.current[1], 1);
  });
});

describe('a vCPU that wakes where nobody idles', () => {
  /** vCPUs 0 and 1 run on the pCPUs 1 and 0, and have as much credit as is said; vCPU 2 is of pCPU 1, and has 10 ms. */
  const busy = (own: number, other: number, wakesAtNs = 2e6) => {
    const policy = started(2, [vm(256, 0, 3)], { parameters: ALL });
    run(policy, 0, 0, 1);
    policy.state.credit.set([own + wakesAtNs, other + wakesAtNs]);
    policy.state.pcpuOf[2] = 1;
    run(policy, wakesAtNs, 2);
    return [...policy.current];
  };

  it('preempts on its own pCPU for any more credit, and looks no further', () => {
    assert.deepEqual(busy(10e6 - 1, 1e6), [0, 2], 'where who had to leave is the one that preempts');
    assert.deepEqual(busy(10e6, 10e6), [1, 0]);
  });

  it('preempts elsewhere for 0.5 ms more', () => {
    assert.deepEqual(busy(10e6, 9.5e6), [1, 0]);
    assert.deepEqual(busy(10e6, 9.5e6 - 1), [2, 0]);
  });

  it('lets one that was switched in less than 0.95 ms ago go on', () => {
    assert.deepEqual(busy(1e6, 1e6, 950_000), [1, 0]);
    assert.deepEqual(busy(1e6, 1e6, 1_000_000), [1, 2]);
  });
});
