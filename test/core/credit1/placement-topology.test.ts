import assert from 'node:assert/strict';
import type { Credit1 } from '../../../src/core/credit1/credit1.ts';
import { pickPcpu, place } from '../../../src/core/credit1/placement.ts';
import { gridTopology, type TopologyShape } from '../../../src/core/topology.ts';
import { run, started, vm } from './fixture.ts';

const SMT = { sockets: 1, cores: 2, threads: 2 };
const TWO_SOCKETS = { sockets: 2, cores: 4, threads: 1 };

describe('placement on cores of two threads', () => {
  it('prefers an idle core to the idle sibling of a busy one', () => {
    const policy = busy(SMT, [0], [0]);
    assert.equal(pickPcpu(policy.state, waiting(policy)), 2);
  });

  it('takes the idle sibling when no core is idle', () => {
    const policy = busy(SMT, [0, 2], [0]);
    assert.equal(pickPcpu(policy.state, waiting(policy)), 1);
  });

  it('moves even a vCPU behind which nobody waits, if its sibling is busy and another core idle', () => {
    const policy = busy(SMT, [0, 1]);
    assert.equal(pickPcpu(policy.state, 0), 2);
  });

  it('stays on a core of its own', () => {
    const policy = busy(SMT, [0]);
    assert.equal(pickPcpu(policy.state, 0), 0);
  });

  it('leaves the sibling of one that runs, although nobody waits on it', () => {
    const policy = started(4, [vm(256, 0, 2)], { topology: gridTopology(SMT) });
    assert.deepEqual([...policy.pcpuOf], [0, 1], 'while nobody ran, a thread was as good as another');
    run(policy, 0, 0);
    assert.equal(pickPcpu(policy.state, 1), 2);
  });

  it('rotates among the threads of the core that wins', () => {
    const policy = busy(SMT, [0], [0]);
    const vcpu = waiting(policy);
    const picks = Array.from({ length: 3 }, () => {
      policy.pcpuOf[vcpu] = 0;
      return place(policy.state, vcpu);
    });
    assert.deepEqual(picks, [2, 3, 2]);
  });

  it('rotates only when the vCPU goes there', () => {
    const policy = busy(SMT, [0], [0]);
    const picks = Array.from({ length: 3 }, () => pickPcpu(policy.state, waiting(policy)));
    assert.deepEqual(picks, [2, 2, 2]);
  });
});

describe('placement on two sockets', () => {
  it('stays in the socket when the other one has just twice as many idle pCPUs', () => {
    const policy = busy(TWO_SOCKETS, [0, 1], [0]);
    // 2 and 3 against 4 to 7
    assert.equal(pickPcpu(policy.state, waiting(policy)), 2);
  });

  it('goes to the other one when it has more than twice as many', () => {
    const policy = busy(TWO_SOCKETS, [0, 1, 2], [0]);
    // 3 against 4 to 7
    assert.equal(pickPcpu(policy.state, waiting(policy)), 4);
  });

  it('goes there also if its own socket has no idle pCPU', () => {
    const policy = busy(TWO_SOCKETS, [0, 1, 2, 3, 5, 6, 7], [0]);
    assert.equal(pickPcpu(policy.state, waiting(policy)), 4);
  });

  it('rotates among the idle pCPUs of the socket that wins', () => {
    const policy = busy(TWO_SOCKETS, [0, 1, 2, 5], [0]);
    const vcpu = waiting(policy);
    const picks = Array.from({ length: 4 }, () => {
      policy.pcpuOf[vcpu] = 0;
      return place(policy.state, vcpu);
    });
    assert.deepEqual(picks, [4, 6, 7, 4]);
  });

  it('counts only pCPUs where the vCPU may run as places to go, but all as idle', () => {
    const policy = busy(TWO_SOCKETS, [0, 1, 2], [0], [0, 3, 6]);
    assert.equal(pickPcpu(policy.state, waiting(policy)), 6);
  });
});

/**
 * Hogs run on some pCPUs, a VM each, and one vCPU more waits on each of others.
 * @param pin where the last of the waiting may run; default: anywhere
 */
function busy(
  shape: TopologyShape,
  running: readonly number[],
  crowded: readonly number[] = [],
  pin: readonly number[] | null = null,
): Credit1 {
  const pcpuCount = shape.sockets * shape.cores * shape.threads;
  const vms = [...running, ...crowded].map((_, i) =>
    i < running.length + crowded.length - 1 ? vm(256) : { weight: 256, cap: 0, vcpus: [pin] },
  );
  const policy = started(pcpuCount, vms, { topology: gridTopology(shape) });
  const { state } = policy;
  running.forEach((pcpu, vcpu) => {
    policy.pcpuOf[vcpu] = pcpu;
    run(policy, 0, vcpu);
  });
  crowded.forEach((pcpu, i) => {
    policy.pcpuOf[running.length + i] = pcpu;
    state.runq.insert(pcpu, running.length + i);
  });
  return policy;
}

/** The vCPU that waits. */
function waiting(policy: Credit1): number {
  return policy.vcpuCount - 1;
}
