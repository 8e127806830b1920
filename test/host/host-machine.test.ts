import assert from 'node:assert/strict';
import { IDLE } from '../../src/core/policy.ts';
import { HostMachine } from '../../src/host/host-machine.ts';
import type { Native } from '../../src/addon/native.ts';
import { Scoreboard } from '../../src/host/scoreboard.ts';
import { Exit } from '../../src/machine/machine.ts';
import { fakeNative, FakeTime } from './fake-native.ts';

const VCPUS = 8;

/** As nextExit() of the addon packs them. */
const exitCode = (reason: Exit, vcpu: number): number => 65536 * reason + vcpu;

describe('a vCPU that leaves its core', () => {
  it('is told with its reason, one after the other', () => {
    const { machine } = machineWith({ exits: [exitCode(Exit.done, 5), exitCode(Exit.yielded, 0)] });
    assert.deepEqual([machine.nextExit(0), machine.exit], [5, Exit.done]);
    assert.deepEqual([machine.nextExit(0), machine.exit], [0, Exit.yielded]);
    assert.equal(machine.nextExit(0), -1);
  });

  it('and yielded may come back once, when the loop has decided', () => {
    const calls: string[] = [];
    const { machine } = machineWith({
      exits: [exitCode(Exit.yielded, 3), exitCode(Exit.yielded, 1)],
      waitUntil: () => {
        calls.push('wait');
        return false;
      },
      unblock: (vcpu) => calls.push(`unblock ${vcpu}`),
      dispatch: (pcpu, vcpu) => calls.push(`dispatch ${vcpu} on ${pcpu}`),
    });
    machine.nextExit(0);
    machine.nextExit(0);
    machine.dispatch(0, 5);
    assert.equal(machine.nextWake(1e12), -1);
    assert.deepEqual(calls, ['dispatch 5 on 0']);
    machine.wait(10);
    machine.wait(20);
    assert.deepEqual(calls, ['dispatch 5 on 0', 'unblock 3', 'unblock 1', 'wait', 'wait']);
  });

  it('and is done is never woken', () => {
    const { machine, unblocked } = machineWith({ exits: [exitCode(Exit.done, 3)] });
    machine.nextExit(0);
    assert.equal(machine.nextWake(1e12), -1);
    assert.deepEqual(unblocked, []);
  });
});

describe('sleeping vCPUs', () => {
  it('are woken at their time, in order of time and number', () => {
    const wakeAtNs = [50, 20, 20, 90];
    const { machine, unblocked } = machineWith({
      exits: [3, 2, 0, 1].map((vcpu) => exitCode(Exit.blocked, vcpu)),
      wakeAtNs: (vcpu) => wakeAtNs[vcpu],
    });
    for (let n = 0; n < 4; n++) {
      machine.nextExit(0);
      assert.equal(machine.exit, Exit.blocked);
    }
    assert.equal(machine.nextWake(19), -1);
    assert.deepEqual(unblocked, []);
    assert.deepEqual([machine.nextWake(20), machine.nextWake(20), machine.nextWake(20)], [1, 2, -1]);
    assert.deepEqual([machine.nextWake(100), machine.nextWake(100), machine.nextWake(100)], [0, 3, -1]);
    assert.deepEqual(unblocked, [1, 2, 0, 3]);
  });

  it('are not woken before they have left, even if they sleep for less time than it takes to leave', () => {
    const { machine, unblocked } = machineWith({
      exits: [exitCode(Exit.blocked, 3)],
      exitNs: () => 400,
      wakeAtNs: () => 150,
    });
    machine.nextExit(300);
    assert.deepEqual([machine.exitNs, machine.nextWakeNs()], [400, 400]);
    assert.equal(machine.nextWake(399), -1);
    assert.equal(machine.nextWake(400), 3);
    assert.deepEqual(unblocked, [3]);
  });

  it('end a wait when the first is due', () => {
    const { machine, time } = machineWith({ exits: [exitCode(Exit.blocked, 3)], wakeAtNs: () => 50 });
    machine.nextExit(0);
    machine.wait(80);
    machine.nextWake(50);
    machine.wait(80);
    assert.deepEqual(time.waits, [50, 80]);
  });
});

describe('the CPU time of a vCPU', () => {
  it("is its thread's, and stays at the last value when the thread has ended", () => {
    const readings = [100, 250, -3, -3];
    const { machine } = machineWith({ cpuNs: () => readings.shift() ?? 0 });
    assert.deepEqual(
      [0, 0, 0].map((vcpu) => machine.cpuNs(vcpu)),
      [100, 250, 250],
    );
    // Another one that was never read.
    assert.equal(machine.cpuNs(1), 0);
  });
});

describe('a decision', () => {
  it('reaches the addon as it is, idle as −1', () => {
    const calls: number[][] = [];
    const { machine } = machineWith({ dispatch: (...call) => calls.push(call) });
    machine.dispatch(1, 4);
    machine.dispatch(0, IDLE);
    assert.deepEqual(calls, [
      [1, 4],
      [0, -1],
    ]);
  });
});

describe('a wait', () => {
  it('that ends late is no hold-up, up to a fifth of a second', () => {
    const { machine, board, time } = machineWith({});
    time.lateNs = 200e6;
    machine.wait(1e9);
    assert.deepEqual(board.heldUp(), { intervals: [], count: 0 });
  });

  it('that ends later is one, from when it was due', () => {
    const { machine, board, time } = machineWith({});
    time.lateNs = 300e6;
    machine.wait(1e9);
    assert.deepEqual(board.heldUp(), { intervals: [{ atNs: 1e9, lengthNs: 300e6 }], count: 1 });
  });

  it('that was overdue when it began is late from then on', () => {
    const { machine, board, time } = machineWith({});
    time.nowNs = 5e9;
    machine.wait(1e9);
    time.lateNs = 400e6;
    machine.wait(1e9);
    assert.deepEqual(board.heldUp(), { intervals: [{ atNs: 5e9, lengthNs: 400e6 }], count: 1 });
  });

  it('without a deadline cannot be late', () => {
    const { machine, board, time } = machineWith({});
    time.kickNs = 7e9;
    machine.wait(Infinity);
    assert.equal(board.heldUp().count, 0);
  });

  it('says whether it was ended by a kick', () => {
    const { machine, time } = machineWith({});
    machine.kicked = false;
    machine.wait(1e9);
    assert.equal(machine.kicked, false);
    time.kickNs = 1.1e9;
    machine.wait(2e9);
    assert.equal(machine.kicked, true);
  });

  it('that a kick ends long after it was due is a hold-up all the same', () => {
    const { machine, board, time } = machineWith({});
    time.kickNs = 4e9;
    machine.wait(1e9);
    assert.deepEqual(board.heldUp(), { intervals: [{ atNs: 1e9, lengthNs: 3e9 }], count: 1 });
  });
});

describe('a rehearsal', () => {
  it("has a faster clock, and waits in the host's time", () => {
    const { machine, time } = machineWith({}, 4);
    time.nowNs = 100;
    assert.equal(machine.nowNs(), 400);
    machine.wait(2000);
    assert.deepEqual(time.waits, [500]);
    assert.equal(machine.nowNs(), 2000);
  });
});

interface Bench {
  readonly machine: HostMachine;
  readonly board: Scoreboard;
  readonly time: FakeTime;
  /** in the order of the calls */
  readonly unblocked: readonly number[];
}

/** @param parts of the addon; exits: what its nextExit() returns, before it has none */
function machineWith(
  { exits = [], ...parts }: Partial<Native> & { readonly exits?: readonly number[] },
  speed = 1,
): Bench {
  const time = new FakeTime();
  const unblocked: number[] = [];
  const codes = [...exits];
  const native = fakeNative({
    ...time.native,
    unblock: (vcpu) => unblocked.push(vcpu),
    nextExit: () => codes.shift() ?? -1,
    exitNs: () => 0,
    ...parts,
  });
  const board = new Scoreboard(VCPUS, 1, []);
  return { machine: new HostMachine(native, VCPUS, board, speed), board, time, unblocked };
}
