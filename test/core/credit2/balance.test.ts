import assert from 'node:assert/strict';
import { balance } from '../../../src/core/credit2/balance.ts';
import type { Credit2 } from '../../../src/core/credit2/credit2.ts';
import { LOAD_UNIT } from '../../../src/core/credit2/load.ts';
import { EACH, pinnedVm, started, vm } from './fixture.ts';

const NOW_NS = 0;
const AT_BOOT = { ...EACH, bootNs: 0 };

/** vCPU v is in the runqueue of pCPU places[v], and has that load; nobody has been woken. */
function placed(pcpuCount: number, places: number[], loads: number[], pins?: number[][]): Credit2 {
  const vms = pins === undefined ? [vm(256, 0, places.length)] : [pinnedVm(...pins)];
  const policy = started(pcpuCount, vms, { parameters: AT_BOOT });
  const { state } = policy;
  places.forEach((runqueue, vcpu) => {
    state.members.remove(state.runqueueOf[vcpu], vcpu);
    state.members.insertBefore(runqueue, vcpu, -1);
    state.runqueueOf[vcpu] = runqueue;
    state.pcpuOf[vcpu] = runqueue;
    state.load[vcpu] = loads[vcpu];
  });
  for (let runqueue = 0; runqueue < pcpuCount; runqueue++)
    state.queueLoad[runqueue] = loads.reduce((sum, load, v) => sum + (places[v] === runqueue ? load : 0), 0);
  return policy;
}

const runqueues = ({ state }: Credit2) => [...state.runqueueOf];

describe('balancing', () => {
  const unit = LOAD_UNIT;

  it('pushes, pulls or swaps, whatever brings the loads nearest to each other', () => {
    const pushes = placed(2, [0, 0], [unit, unit]);
    balance(pushes.state, 0, NOW_NS);
    assert.deepEqual(runqueues(pushes), [1, 0]);
    const pulls = placed(2, [1, 1], [unit, unit]);
    balance(pulls.state, 0, NOW_NS);
    assert.deepEqual(runqueues(pulls), [0, 1]);
    const swaps = placed(2, [0, 0, 1], [unit, unit, 0.75 * unit]);
    swaps.state.queueLoad[1] = 1.25 * unit;
    balance(swaps.state, 0, NOW_NS);
    assert.deepEqual(runqueues(swaps), [1, 0, 0]);
  });

  it('moves nobody who would only turn the difference round', () => {
    const policy = placed(2, [0, 0, 1], [unit, unit, unit]);
    balance(policy.state, 0, NOW_NS);
    assert.deepEqual(runqueues(policy), [0, 0, 1]);
  });

  it('begins at a difference of an eighth when one is full, and of a whole pCPU while none is', () => {
    const moved = (own: number, other: number) => {
      const policy = placed(2, [0], [0]);
      policy.state.load[0] = (own - other) / 2;
      policy.state.queueLoad.set([own, other]);
      balance(policy.state, 0, NOW_NS);
      return runqueues(policy)[0] === 1;
    };
    assert.equal(moved(unit, unit - unit / 8), true);
    assert.equal(moved(unit, unit - unit / 8 + 1), false);
    assert.equal(moved(unit - 2, 0), false, 'none is full, and it is less than a pCPU');
  });

  it('decides by the runqueue with the highest number, not by the partner, how much is too much', () => {
    const moved = (last: number) => {
      const policy = placed(3, [0], [0]);
      policy.state.load[0] = 0.25 * unit;
      policy.state.queueLoad.set([0.5 * unit, 0, last]);
      balance(policy.state, 0, NOW_NS);
      return runqueues(policy)[0] === 1;
    };
    assert.equal(moved(0.5 * unit), false);
    assert.equal(moved(unit), true, 'the last one is full, though neither of the two that exchange is');
  });

  it('leaves pinned ones where they are', () => {
    const policy = placed(2, [0, 0], [unit, unit], [[0], [0, 1]]);
    balance(policy.state, 0, NOW_NS);
    assert.deepEqual(runqueues(policy), [0, 1]);
  });

  it("brings the partner's vCPUs up to date only if one of its own can move", () => {
    const refreshed = (pins: number[][]) => {
      const policy = placed(2, [0, 1], [0, 2 * unit], pins);
      const { state } = policy;
      state.queueLoad[1] = 2 * unit;
      state.queueLoadGrain.fill(1e6);
      balance(state, 0, 1e6 * 1024);
      return state.loadGrain[1];
    };
    assert.equal(refreshed([[0], [0, 1]]), 0);
    assert.equal(
      refreshed([
        [0, 1],
        [0, 1],
      ]),
      1e6,
    );
  });
});
