import assert from 'node:assert/strict';
import { constants } from 'node:os';
import { HostWatch } from '../../src/host/host-watch.ts';
import type { Native } from '../../src/addon/native.ts';
import { fakeNative, fakeVcpus } from './fake-native.ts';
import { onHost } from './invented-host.ts';
import { QUIET } from './quiet-host.ts';

const TIDS = [101, 102];

/** A machine whose host does what the tests say; pCPU 0 is CPU 3, pCPU 1 is CPU 2. */
class Machine {
  allowed = [0, 1, 2, 3];
  holders = [0, 1];
  affinity = new Map<number, number[] | number>([
    [101, [3]],
    [102, [2]],
  ]);
  readonly watch: HostWatch;

  constructor(parts: Partial<Native> = {}, root = '/nowhere') {
    const native = fakeNative({
      ...fakeVcpus(TIDS.map((tid) => ({ tid }))),
      getAffinity: (tid) => (tid === process.pid ? this.allowed : (this.affinity.get(tid) ?? -3)),
      holder: (pcpu) => this.holders[pcpu],
      pinFailures: () => 0,
      refusals: (out) => out.fill(0),
      ownsPauseSignal: () => true,
      pauseSignal: () => 39,
      usualPauseSignal: () => 39,
      ...parts,
    });
    this.watch = new HostWatch(native, [3, 2], ['A/v0', 'B/v0'], root);
  }
}

describe('the watch over the host', () => {
  it('says nothing where the host leaves the lab alone', () => {
    const { watch } = new Machine();
    watch.begin();
    watch.look();
    watch.look();
    watch.end();
    assert.deepEqual(watch.events(), QUIET);
    assert.deepEqual(watch.warnings(), []);
  });

  it('notices a pCPU that is taken away, also when it comes back', () => {
    const machine = new Machine();
    machine.watch.look();
    machine.allowed = [0, 1, 3];
    machine.affinity.set(102, [0, 1, 3]);
    machine.watch.look();
    machine.watch.look();
    machine.allowed = [0, 1, 2, 3];
    machine.watch.look();
    // That its vCPU ran elsewhere is no more than what follows.
    assert.deepEqual(machine.watch.events(), { ...QUIET, lostCpus: [2] });
    assert.match(machine.watch.warnings().join(), /^CPU 2 was taken away/);
  });

  it("doesn't mind a CPU that is nobody's pCPU", () => {
    const machine = new Machine();
    machine.allowed = [2, 3];
    machine.watch.look();
    assert.deepEqual(machine.watch.events(), QUIET);
  });

  it('notices a vCPU whose thread was moved, once it lasts', () => {
    const machine = new Machine();
    machine.affinity.set(101, [0, 1]);
    machine.watch.look();
    assert.deepEqual(machine.watch.events().movedVcpus, []);
    machine.watch.look();
    assert.deepEqual(machine.watch.events().movedVcpus, ['A/v0']);
    assert.match(machine.watch.warnings().join(), /^A\/v0: somebody else changed the affinity/);
  });

  it("doesn't take a vCPU for moved that is just being granted a pCPU, or gone", () => {
    const machine = new Machine();
    machine.affinity.set(101, [2]);
    machine.watch.look();
    machine.affinity.set(101, [3]);
    machine.watch.look();
    // Another one on the same pCPU, caught in the same instant.
    machine.holders = [1, -1];
    machine.watch.look();
    machine.affinity.set(102, -3);
    machine.watch.look();
    assert.deepEqual(machine.watch.events(), QUIET);
  });

  it('tells what the kernel refused, and why', () => {
    const { EAGAIN, EPERM } = constants.errno;
    const { watch } = new Machine({
      refusals: (out) => out.set([7, EAGAIN, 1, EPERM]),
      pinFailures: () => 2,
    });
    const { refusedSignals, refusedTimers, pinFailures } = watch.events();
    assert.deepEqual([refusedSignals, refusedTimers, pinFailures], [7, 1, 2]);
    const [pins, signals, timers] = watch.warnings();
    assert.match(pins, /pinned to its core 2 times/);
    assert.match(signals, /refused a signal.* 7 times \(EAGAIN\)/);
    assert.match(timers, /could not be set once \(EPERM\)/);
  });

  it('tells of a signal that is not the usual one, and of one that was taken', () => {
    const other = new Machine({ pauseSignal: () => 40 });
    assert.match(other.watch.warnings().join(), /^signal 39 belongs to somebody else.*by signal 40$/);
    assert.equal(other.watch.events().signalTaken, false);
    const taken = new Machine({ ownsPauseSignal: () => false });
    assert.match(taken.watch.warnings().join(), /took signal 39 during the run/);
    assert.equal(taken.watch.events().signalTaken, true);
  });

  it('tells what a quota did from the beginning to the end, and no later', () => {
    const stat = (periods: number, usec: number) => ({
      'sys/fs/cgroup/lab/cpu.stat': `nr_throttled ${periods}\nthrottled_usec ${usec}`,
    });
    onHost({ 'proc/self/cgroup': '0::/lab', ...stat(2, 100) }, (root, change) => {
      const { watch } = new Machine({}, root);
      watch.begin();
      assert.deepEqual(watch.events().throttled, { periods: 0, ns: 0 });
      assert.deepEqual(watch.warnings(), []);
      change(stat(5, 30_100));
      assert.deepEqual(watch.events().throttled, { periods: 3, ns: 30e6 });
      watch.end();
      change(stat(9, 90_000));
      assert.deepEqual(watch.events().throttled, { periods: 3, ns: 30e6 });
      assert.match(watch.warnings().join(), /quota .* in 3 periods, for 30 ms/);
    });
  });
});
