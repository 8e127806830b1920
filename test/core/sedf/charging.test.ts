import assert from 'node:assert/strict';
import type { SimOptions } from '../../../src/sim/simulate.ts';
import { simulate } from '../../../src/sim/simulate.ts';
import { hog } from '../../sim/arbitrary.ts';
import { ContractWatch } from '../../../src/policy-check/contract-watch.ts';
import { block, MS, passUntil, reserved, settle, started, wake } from './fixture.ts';

const [A, B] = [0, 1];
const CPU_TIME = { parameters: {} };

describe('what SEDF charges', () => {
  const robbed = (wallTime: number) => {
    const watch = new ContractWatch([null, null]);
    const options: SimOptions = {
      pcpuCount: 1,
      scheduler: { type: 'sedf', parameters: { wallTime } },
      vms: [{ parameters: reserved(20, 5), vcpus: [hog] }, { vcpus: [hog] }],
      stolenParts: [0.5],
      durationNs: 10e9,
      recorder: watch,
    };
    const { vcpus } = simulate(options);
    return { partOfA: vcpus[A].cpuNs / 10e9, decisions: watch.decisions.length };
  };

  it('is the CPU time, so that a reservation is kept where others take from the pCPU', () => {
    assert.ok(Math.abs(robbed(0).partOfA - 0.25) < 0.002);
  });

  it('is the time that goes by with wall-time, as in Xen', () => {
    assert.ok(Math.abs(robbed(1).partOfA - 0.125) < 0.001);
  });

  it('leaves a rest that is looked at every 50 us at most, however little it is', () => {
    const policy = started([reserved(20, 5)], CPU_TIME);
    wake(policy, 0, A);
    policy.fireTimer();
    settle(policy, 5 * MS, () => 0);
    // Its core hasn't let it in yet: it has had all but 10 ns of its slice when the timer comes.
    policy.fireTimer();
    settle(policy, 10 * MS, () => 5 * MS - 10);
    assert.equal(policy.current[0], A);
    assert.equal(policy.nextTimerNs(), 10.05 * MS);
  });

  it('of a slice that was exceeded goes to the next period', () => {
    const policy = started([reserved(20, 5), {}], CPU_TIME);
    wake(policy, 0, A, B);
    passUntil(policy, 5 * MS);
    const { state } = policy;
    const before = state.chargedNs[A];
    policy.fireTimer();
    settle(policy, 10 * MS, (vcpu) => (vcpu === A ? before + 5.3 * MS : 10 * MS));
    assert.equal(state.usedNs[A], 0.3 * MS);
    assert.equal(policy.current[0], B);
  });

  it('in extra time is the whole piece, however little of it was used', () => {
    const policy = started([{}, {}]);
    wake(policy, 0, A, B);
    const first = policy.current[0];
    policy.yieldVcpu(first);
    settle(policy, 1000);
    assert.equal(policy.state.score1[first], 131_072);
    assert.notEqual(policy.current[0], first);
  });

  it('for a reservation without a slice, which Xen would divide by, is what the weight 1 costs', () => {
    const policy = started([reserved(20, 19, 1), {}], { parameters: { rawRequests: 1 } });
    wake(policy, 0, A);
    assert.equal(policy.current[0], A);
    policy.state.sliceNs[A] = 0;
    block(policy, 1000, A);
    assert.equal(policy.state.score1[A], 131_072);
  });
});
