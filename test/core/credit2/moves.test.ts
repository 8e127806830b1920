import assert from 'node:assert/strict';
import { moveTo } from '../../../src/core/credit2/move.ts';
import { gridTopology } from '../../../src/core/topology.ts';
import { ALL, EACH, pass, pinnedVm, run, settle, started, vm } from './fixture.ts';

const SOCKETS = gridTopology({ sockets: 2, cores: 2, threads: 1 });

describe('a new vCPU', () => {
  it('goes to the pCPUs of a runqueue in turn, the second one first', () => {
    const policy = started(3, [vm(256, 0, 4)], { parameters: ALL });
    assert.deepEqual([...policy.pcpuOf], [1, 2, 0, 1]);
  });

  it('goes to the runqueue with the least load, the first of equals', () => {
    const policy = started(4, [vm(256, 0, 3)], { topology: SOCKETS });
    assert.deepEqual([...policy.pcpuOf], [1, 3, 0]);
  });

  it('goes only where it may run', () => {
    const policy = started(4, [pinnedVm([2], [1], [1, 3])], { topology: SOCKETS });
    assert.deepEqual([...policy.pcpuOf], [2, 1, 1]);
  });
});

describe('a vCPU whose pin changes', () => {
  it('stays where it is if it may', () => {
    const policy = started(4, [vm()], { topology: SOCKETS });
    policy.pinVcpu(0, [1, 2], 0);
    assert.equal(policy.pcpuOf[0], 1);
  });

  it('goes elsewhere inside its runqueue, at once if it doesn’t run', () => {
    const policy = started(4, [vm(), vm()], { topology: SOCKETS });
    policy.pinVcpu(0, [0], 0);
    assert.deepEqual([policy.pcpuOf[0], policy.state.runqueueOf[0]], [0, 0]);
    run(policy, 0, 0);
    assert.equal(policy.current[0], 0);
    assert.equal(policy.counters.migrations[0], 1);
  });

  it('leaves its pCPU before it goes, if it runs', () => {
    const policy = started(4, [vm()], { topology: SOCKETS });
    run(policy, 0, 0);
    policy.pinVcpu(0, [2, 3], 1e6);
    assert.equal(policy.current[1], 0);
    settle(policy, 1e6);
    assert.equal(policy.current[1], -1);
    assert.equal(policy.state.runqueueOf[0], 1);
    assert.equal(policy.current[policy.pcpuOf[0]], 0);
    assert.equal(policy.fault(), null);
  });

  it('chooses the runqueue that is least loaded by the others', () => {
    const policy = started(3, [vm(), vm(), vm()], { parameters: EACH });
    policy.state.queueLoad.set([9, 2 ** 17 + 3, 5]);
    assert.equal(policy.state.runqueueOf[1], 1);
    policy.pcpuOf[1] = 0; // as if it were elsewhere in its runqueue
    policy.pinVcpu(1, [1, 2], 0);
    assert.equal(policy.state.runqueueOf[1], 1, '3 without its own load');
  });
});

describe('a vCPU that balancing moves', () => {
  it('takes its credit along, and is tickled for where it goes', () => {
    const policy = started(2, [vm(), vm(), vm()], { parameters: EACH });
    const { state } = policy;
    run(policy, 0, 0, 1, 2);
    const waiting = [0, 1, 2].find((vcpu) => !policy.current.includes(vcpu)) ?? -1;
    const to = 1 - state.runqueueOf[waiting];
    const other = policy.current[to];
    policy.block(other, 1e6);
    settle(policy, 1e6);
    state.credit[waiting] = 7_654_321;
    moveTo(state, waiting, to, 1e6);
    assert.equal(state.credit[waiting], 7_654_321);
    settle(policy, 1e6);
    assert.equal(policy.current[to], waiting);
    assert.equal(policy.fault(), null);
  });

  it('goes on until it is off its pCPU if it runs', () => {
    const policy = started(2, [vm()], { parameters: EACH });
    run(policy, 0, 0);
    const from = policy.pcpuOf[0];
    moveTo(policy.state, 0, 1 - from, 1e6);
    assert.equal(policy.current[from], 0);
    settle(policy, 1e6);
    assert.equal(policy.current[1 - from], 0);
    assert.equal(policy.fault(), null);
  });

  it('runs for a slice yet if it was only just chosen on another pCPU than its own', () => {
    const policy = started(4, [vm(), vm(), vm()], { topology: SOCKETS });
    const { state } = policy;
    run(policy, 0, 0);
    // As balancing finds it in the middle of a decision: chosen, but not yet assigned to the pCPU that chose it.
    const pcpu = policy.pcpuOf[0];
    state.pcpuOf[0] = 1 - pcpu;
    moveTo(state, 0, 1, 0);
    state.pcpuOf[0] = pcpu;
    assert.equal(policy.nextResched(), 1 - pcpu);
    settle(policy, 0);
    assert.equal(policy.current[pcpu], 0, 'it runs although it is to move');
    assert.equal(policy.fault(), null);
    pass(policy, 10e6);
    assert.equal(state.runqueueOf[0], 1);
    assert.equal(policy.current[policy.pcpuOf[0]], 0);
  });
});
