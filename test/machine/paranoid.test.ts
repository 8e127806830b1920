import assert from 'node:assert/strict';
import { Credit1 } from '../../src/core/credit1/credit1.ts';
import type { CpuTimes, Policy } from '../../src/core/policy.ts';
import { addRunnable, Stop } from '../../src/core/credit1/state.ts';
import { paranoid } from '../../src/machine/paranoid.ts';
import { vm } from '../core/credit1/fixture.ts';

describe('a policy under suspicion', () => {
  it('decides as it would otherwise', () => {
    const [plain, watched] = [false, true].map((isWatched) => {
      const { policy, watched: suspected } = twoHogs();
      const used = isWatched ? suspected : policy;
      return [0, 10e6, 20e6, 30e6, 40e6].map((nowNs) => {
        used.block(0, nowNs);
        used.wake(0, nowNs, 0);
        return used.nextResched() < 0 ? used.current[0] : used.schedule(0, nowNs, nowNs);
      });
    });
    assert.deepEqual(watched, plain);
  });

  const faults: [string, (policy: Credit1) => void, RegExp][] = [
    ['runs on two pCPUs', ({ current }) => (current[1] = current[0]), /vCPU 0 is current on pCPU 0 and on 1/],
    ['runs on a pCPU that it is not assigned to', ({ pcpuOf }) => (pcpuOf[0] = 1), /assigned to 1/],
    ['can run and waits nowhere', ({ state }) => state.runq.remove(0, 1), /counts 2 vCPUs and has 1/],
    [
      'is lost together with its count',
      ({ state }) => {
        state.runq.remove(0, 1);
        state.runnable[0] = 1;
        state.crowded.delete(0);
      },
      /vCPU 1 can run and is nowhere/,
    ],
    ['waits though it is paused', ({ state }) => (state.stops[1] |= Stop.paused), /vCPU 1 can't run \(2\)/],
    ['is counted once too often', ({ state }) => addRunnable(state, 1), /pCPU 1 counts 1 vCPUs and has 0/],
    ['runs on a pCPU that counts as idle', ({ state }) => state.idlers.add(0), /counts as idle/],
    ['runs without a tick ahead', ({ state }) => state.timers.cancel(0), /no tick is ahead/],
    [
      'runs without an end of its slice',
      ({ state }) => state.timers.cancel(3),
      /without an end of its slice/,
    ],
    ['has no known priority', ({ state }) => (state.priority[1] = -3), /has priority -3/],
    ['adds its weight twice', ({ state }) => (state.totalWeight += 256), /total weight is 256, should be 0/],
  ];
  for (const [what, breakIt, message] of faults) {
    it(`is caught at the next call when a vCPU ${what}`, () => {
      const { policy, watched } = twoHogs();
      breakIt(policy);
      assert.throws(() => watched.setVm(0, {}, 1e6), message);
    });
  }

  it('is caught when it runs a vCPU that blocked, whatever it remembers of it', () => {
    const { policy, watched } = twoHogs();
    policy.block = () => undefined;
    assert.throws(() => watched.block(0, 1e6), /vCPU 0 is blocked or paused and runs on pCPU 0/);
  });

  it('is caught when time or CPU time goes back', () => {
    const { watched } = twoHogs();
    watched.schedule(0, 20e6, 20e6);
    assert.throws(() => watched.setVm(0, {}, 19e6), /time goes back from 20000000 to 19000000/);
    const { watched: other } = twoHogs();
    other.fireTimer(10e6, 0);
    other.fireTimer(10e6, 9e6);
    assert.throws(() => other.fireTimer(20e6, 8e6), /CPU time of vCPU 0 goes back from 9000000 to 8000000/);
  });

  it('is caught when it asks for a CPU time outside a call, of a vCPU that does not run, or that went back', () => {
    const { policy, watched } = twoHogs();
    let cpuNs = 7;
    let asked = 0;
    let ask: CpuTimes['cpuNs'] = () => NaN;
    Object.assign(policy, {
      attach: (times: CpuTimes) => (ask = (vcpu) => times.cpuNs(vcpu)),
      yieldVcpu: () => ask(asked),
    });
    watched.attach?.({ cpuNs: () => cpuNs });
    assert.throws(() => ask(0), /CPU time of vCPU 0 is asked for outside a call/);
    watched.yieldVcpu(0, 1e6);
    cpuNs = 6;
    assert.throws(() => watched.yieldVcpu(0, 2e6), /CPU time of vCPU 0 goes back from 7 to 6/);
    asked = 1;
    assert.throws(() => watched.yieldVcpu(0, 2e6), /vCPU 1 is asked for, and it isn't current/);
  });

  it('is caught with the last calls', () => {
    const { policy, watched } = twoHogs(3);
    watched.block(1, 1e6);
    watched.wake(1, 2e6, 0);
    watched.pauseVm(1, 3e6);
    policy.state.priority[1] = -7;
    assert.throws(
      () => watched.unpauseVm(1, 4e6, 0),
      (error: Error) => {
        const [, ...calls] = error.message.split('\n');
        assert.deepEqual(calls, [
          '  2000000 ns wake vcpu 1 wakingPcpu 0',
          '  3000000 ns pauseVm vm 1',
          '  4000000 ns unpauseVm vm 1 wakingPcpu 0',
        ]);
        return true;
      },
    );
  });
});

/** Two pCPUs; on the first one vCPU 0 runs and vCPU 1 waits, on the second one nobody. */
function twoHogs(remembered?: number): { policy: Credit1; watched: Policy } {
  const policy = new Credit1({
    pcpuCount: 2,
    vms: [vm(256), { weight: 256, cap: 0, vcpus: [[0]] }],
  });
  const watched = paranoid(policy, remembered);
  for (const id of [0, 1]) {
    watched.startVm(id, 0);
    watched.wake(id, 0, 0);
    for (let pcpu = watched.nextResched(); pcpu >= 0; pcpu = watched.nextResched())
      watched.schedule(pcpu, 0, 0);
  }
  return { policy, watched };
}
