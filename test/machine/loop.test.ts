import assert from 'node:assert/strict';
import { Credit1 } from '../../src/core/credit1/credit1.ts';
import type { Credit1Vm } from '../../src/core/credit1/options.ts';
import { type CpuTimes, IDLE } from '../../src/core/policy.ts';
import type { LoopEnd, LoopOptions } from '../../src/machine/loop.ts';
import { LOST_NS, MachineLoop } from '../../src/machine/loop.ts';
import type { LoopObserver } from '../../src/machine/machine.ts';
import { paranoid } from '../../src/machine/paranoid.ts';
import { SimMachine } from '../../src/sim/sim-machine.ts';
import type { Happening } from './scripted-machine.ts';
import { ScriptedMachine } from './scripted-machine.ts';

const one: Credit1Vm = { weight: 256, cap: 0, vcpus: [null] };
const two: Credit1Vm = { weight: 256, cap: 0, vcpus: [null, null] };

describe('the machine loop', () => {
  it('starts VMs when their time comes, and wakes their vCPUs one by one', () => {
    const { log } = drive(2, [one, two], { startNs: [5e6, 0], durationNs: 6e6 });
    assert.deepEqual(log, ['0 p0 runs 1', '0 p1 runs 2', '6000000 p0 runs -', '6000000 p1 runs -']);
  });

  it('ends just before the duration, and leaves no pCPU running', () => {
    const { log, end, loop } = drive(1, [one, one], { startNs: [0, 0], durationNs: 30e6 });
    assert.equal(end, 'duration');
    assert.equal(loop.endNs, 30e6);
    assert.deepEqual(log, ['0 p0 runs 0', '30000000 p0 runs -'], 'the slice that ends then is not ended');
  });

  it('tells the machine only of changes', () => {
    const { log } = drive(1, [one], { startNs: [0], durationNs: 100e6 });
    assert.deepEqual(log, ['0 p0 runs 0', '100000000 p0 runs -']);
  });

  it('takes exits before timers, and timers before wake-ups', () => {
    const { log } = drive(1, [one, one, one], { startNs: [0, 0, 0], durationNs: 31e6 }, [
      { atNs: 5e6, vcpu: 2, what: 'blocked' },
      { atNs: 30e6, vcpu: 2, what: 'wake' },
      { atNs: 30e6, vcpu: 0, what: 'blocked' },
    ]);
    // 0 blocks and 1 gets a new slice, so that no slice ends then; 2 wakes boosted, but 1 runs for less than 1 ms
    assert.deepEqual(log, ['0 p0 runs 0', '30000000 p0 runs 1', '31000000 p0 runs -']);
  });

  it('lets a timer that is set to the present instant wait until all that is due has had its turn', () => {
    const told: string[] = [];
    class Nagging extends Credit1 {
      private nagNs = Infinity;
      override nextTimerNs(): number {
        return Math.min(this.nagNs, super.nextTimerNs());
      }
      override nextTimerPcpu(): number {
        return this.nagNs <= super.nextTimerNs() ? -1 : super.nextTimerPcpu();
      }
      override fireTimer(nowNs: number, cpuNs: number): void {
        if (this.nagNs > super.nextTimerNs()) return super.fireTimer(nowNs, cpuNs);
        this.nagNs = Infinity;
        told.push(`${nowNs} timer`);
      }
      override wake(vcpu: number, nowNs: number, wakingPcpu: number): void {
        told.push(`${nowNs} wake ${vcpu}`);
        if (nowNs === 5e6 && vcpu === 0) this.nagNs = nowNs;
        super.wake(vcpu, nowNs, wakingPcpu);
      }
    }
    const machine = new ScriptedMachine(
      [0, 1].flatMap((vcpu) => [
        { atNs: 2e6, vcpu, what: 'blocked' },
        { atNs: 5e6, vcpu, what: 'wake' },
      ]),
    );
    const policy = new Nagging({ pcpuCount: 1, vms: [one, one, one] });
    new MachineLoop(policy, machine, { startNs: [0, 0, 5e6], durationNs: 6e6 }).run();
    assert.deepEqual(told.slice(2), ['5000000 wake 0', '5000000 wake 1', '5000000 wake 2', '5000000 timer']);
  });

  it('tells whoever asked that the policy refused a change of a VM, and counts it as no change', () => {
    class Unwilling extends Credit1 {
      override setVm(): boolean {
        return false;
      }
    }
    const changes: number[] = [];
    const loop = new MachineLoop(new Unwilling({ pcpuCount: 1, vms: [one] }), new ScriptedMachine(), {
      startNs: [0],
      durationNs: 9e6,
      events: [
        { atNs: 2e6, kind: 'set', vm: 0, parameters: { weight: 5 } },
        { atNs: 3e6, kind: 'pause', vm: 0 },
      ],
      onChange: ({ event }) => changes.push(event),
    });
    loop.run();
    assert.deepEqual(changes, [1]);
    assert.ok(Number.isNaN(loop.apply({ kind: 'set', vm: 0, parameters: { weight: 5 } }, 9e6)));
  });

  it('lets a boosted vCPU preempt', () => {
    const { log } = drive(1, [one, one], { startNs: [0, 0], durationNs: 9e6 }, [
      { atNs: 2e6, vcpu: 0, what: 'blocked' },
      { atNs: 5e6, vcpu: 0, what: 'wake' },
    ]);
    assert.deepEqual(log, ['0 p0 runs 0', '2000000 p0 runs 1', '5000000 p0 runs 0', '9000000 p0 runs -']);
  });

  it('takes a late exit of a vCPU that was preempted meanwhile', () => {
    const { log, policy } = drive(1, [one, one], { startNs: [0, 0], durationNs: 70e6 }, [
      { atNs: 31e6, vcpu: 0, what: 'blocked' },
    ]);
    assert.deepEqual(log, ['0 p0 runs 0', '30000000 p0 runs 1', '70000000 p0 runs -']);
    assert.equal(policy.state.runq.isQueued(0), false);
  });

  it('takes all that became due while it was late', () => {
    const lateNs = 12e6;
    const { log, policy } = drive(
      1,
      [one, one],
      { startNs: [0, 0], durationNs: 70e6, instants: 'late' },
      [],
      lateNs,
    );
    // passes at 22 (the tick due at 10), 42 (slice and accounting due at 30, tick due at 32), 64 and 82 ms
    assert.deepEqual(log, ['0 p0 runs 0', '42000000 p0 runs 1', '82000000 p0 runs -']);
    assert.equal(policy.state.lastShare[0] > 0, true);
  });

  it('follows scripted events in time and list order', () => {
    const { log, policy } = drive(1, [one, one], {
      startNs: [0, 0],
      durationNs: 9e6,
      events: [
        { atNs: 7e6, kind: 'unpause', vm: 0 },
        { atNs: 3e6, kind: 'pause', vm: 0 },
        { atNs: 7e6, kind: 'set', vm: 1, parameters: { weight: 300, cap: 50 } },
        { atNs: 8e6, kind: 'tune', parameters: { tsliceNs: 10e6 } },
      ],
    });
    // 0, which was UNDER, comes back boosted
    assert.deepEqual(log, ['0 p0 runs 0', '3000000 p0 runs 1', '7000000 p0 runs 0', '9000000 p0 runs -']);
    assert.deepEqual([policy.state.weight[1], policy.state.cap[1], policy.state.tsliceNs], [300, 50, 10e6]);
  });

  it('ends when all are done that it waits for, with that instant processed', () => {
    const { log, end, loop } = drive(1, [one, one], { startNs: [0, 0], awaited: [0] }, [
      { atNs: 4e6, vcpu: 0, what: 'done' },
    ]);
    assert.equal(end, 'done');
    assert.equal(loop.endNs, 4e6);
    assert.deepEqual(log, ['0 p0 runs 0', '4000000 p0 runs 1', '4000000 p0 runs -']);
  });

  it('does not end with work, or a VM, that it does not wait for', () => {
    const { end, loop } = drive(
      1,
      [one, one, one],
      {
        startNs: [0, 0, 0],
        awaited: [0],
        events: [{ atNs: 2e6, kind: 'destroy', vm: 1 }],
      },
      [
        { atNs: 1e6, vcpu: 0, what: 'blocked' },
        { atNs: 4e6, vcpu: 2, what: 'done' },
        { atNs: 5e6, vcpu: 0, what: 'wake' },
        { atNs: 6e6, vcpu: 0, what: 'done' },
      ],
    );
    assert.deepEqual([end, loop.endNs], ['done', 6e6]);
  });

  it('ends when the last VM that it waits for is gone', () => {
    const events = [{ atNs: 2e6, kind: 'destroy', vm: 0 }] as const;
    const { end, loop } = drive(1, [one, one], { startNs: [0, 0], awaited: [0], events });
    assert.deepEqual([end, loop.endNs], ['done', 2e6]);
  });

  it('polls commands once per pass, decides upon what they changed, and ends on a stop', () => {
    const policy = new Credit1({ pcpuCount: 1, vms: [one, one] });
    const machine = new ScriptedMachine();
    const loop = new MachineLoop(policy, machine, {
      startNs: [0, 0],
      commands: {
        poll(target, nowNs) {
          if (nowNs === 10e6) target.pauseVm(0, nowNs);
          if (nowNs === 20e6) loop.stop();
        },
      },
    });
    assert.equal(loop.run(), 'stopped');
    assert.equal(loop.endNs, 20e6);
    assert.deepEqual(machine.log, ['0 p0 runs 0', '10000000 p0 runs 1', '20000000 p0 runs -']);
  });

  it('shows an observer timers with their lateness, decisions and exits', () => {
    const seen: string[] = [];
    drive(1, [one], { startNs: [0], durationNs: 15e6, observer: noting(seen) }, [
      { atNs: 9e6, vcpu: 0, what: 'blocked' },
    ]);
    assert.deepEqual(seen, [
      'timer p-1 0 late', // accounting
      'decision p0 0',
      'exit 0 at 9000000',
      'decision p0 0', // which stops the tick
    ]);
  });

  it('takes the lateness of a timer when its pCPU has been told: the sixteenth waits for fifteen others', () => {
    const seen: string[] = [];
    const vms = Array.from({ length: 32 }, (_, vm) => ({ weight: 256, cap: 0, vcpus: [[vm % 16]] }));
    const policy = new Credit1({ pcpuCount: 16, vms });
    // Telling a core takes 5 µs.
    const machine = new ScriptedMachine([], 0, 5e3);
    const observer = noting(seen);
    const startNs = Array.from({ length: 32 }, () => 0);
    new MachineLoop(policy, machine, { startNs, durationNs: 31e6, observer }).run();
    const late = seen.filter((line) => line.startsWith('timer') && !line.startsWith('timer p-1'));
    const lastSlices = late.slice(-16).map((line) => Number(/ (\d+) late/.exec(line)?.[1]));
    assert.equal(lastSlices.length, 16);
    for (let pcpu = 1; pcpu < 16; pcpu++) assert.equal(lastSlices[pcpu] - lastSlices[pcpu - 1], 5e3);
  });
});

describe('when waits end late', () => {
  const LATE_NS = 300e3;

  it('the policy is told when its timers were due, so that their period stays', () => {
    assert.deepEqual(timersTold({}), [10e6, 20e6, 30e6, 40e6]);
  });

  it('and with late instants it is told the late ones, which add up', () => {
    assert.deepEqual(timersTold({ instants: 'late' }), [10.3e6, 20.6e6, 30.3e6, 30.9e6]);
  });

  /** Instants at which timers were fired in the first 45 ms, accounting at 30 ms included. */
  function timersTold(options: Partial<LoopOptions>): number[] {
    const policy = new Credit1({ pcpuCount: 1, vms: [one] });
    const told = new Set<number>();
    const watched = new Proxy(policy, {
      get: (target, name) =>
        name === 'fireTimer'
          ? (nowNs: number, cpuNs: number) => {
              told.add(nowNs);
              target.fireTimer(nowNs, cpuNs);
            }
          : bound(target, name),
    });
    const machine = new ScriptedMachine([], LATE_NS);
    new MachineLoop(watched, machine, { startNs: [0], durationNs: 45e6, ...options }).run();
    return [...told].filter((ns) => ns > 1e6).slice(0, 4);
  }

  it('an exit and a timer are handled in the order in which they happened, each at its own instant', () => {
    const seen: string[] = [];
    drive(
      2,
      [one, one],
      { startNs: [0, 0], durationNs: 25e6, observer: noting(seen) },
      [
        { atNs: 9.9e6, vcpu: 1, what: 'blocked' },
        { atNs: 10.1e6, vcpu: 0, what: 'blocked' },
      ],
      LATE_NS,
    );
    assert.deepEqual(
      seen.filter((line) => line.startsWith('exit')),
      ['exit 1 at 9900000', 'exit 0 at 10100000'],
    );
  });

  it('no instant runs backward: what is told later than it happened is handled at the last one', () => {
    const instants: number[] = [];
    const policy = new Credit1({ pcpuCount: 1, vms: [one, one] });
    const machine = new (class extends ScriptedMachine {
      override nextExit(nowNs: number): number {
        const vcpu = super.nextExit(nowNs);
        // As when its thread was held up between leaving and telling.
        if (vcpu >= 0) this.exitNs = 1e6;
        return vcpu;
      }
    })([{ atNs: 12e6, vcpu: 0, what: 'blocked' }]);
    const observer = { ...noting([]), exit: (nowNs: number) => instants.push(nowNs) };
    new MachineLoop(paranoid(policy), machine, { startNs: [0, 0], durationNs: 15e6, observer }).run();
    assert.deepEqual(instants, [10e6]);
  });

  it('by more than LOST_NS nothing is caught up with: the time is lost', () => {
    const seen: string[] = [];
    drive(1, [one], { startNs: [0], durationNs: 1e9, observer: noting(seen) }, [], LOST_NS + 1e6);
    const fired = seen.filter((line) => line.startsWith('timer p0'));
    assert.ok(fired.length <= 5, `${fired.length} ticks in four waits`);
  });

  it('gives a policy the CPU time of whoever runs, wherever that is', () => {
    const seen: number[] = [];
    class Asking extends Credit1 {
      private times: CpuTimes | null = null;

      attach(times: CpuTimes): void {
        this.times = times;
      }

      override fireTimer(nowNs: number, currentCpuNs: number): void {
        if (this.current[1] !== IDLE) seen.push(nowNs, this.times?.cpuNs(this.current[1]) ?? NaN);
        super.fireTimer(nowNs, currentCpuNs);
      }
    }
    const policy = new Asking({ pcpuCount: 2, vms: [two] });
    const machine = new SimMachine({
      pcpuCount: 2,
      guests: [{ kind: 'hog' }, { kind: 'hog' }],
      startNs: [0, 0],
    });
    new MachineLoop(paranoid(policy), machine, { startNs: [0], durationNs: 25e6 }).run();
    // Both run from the start.
    assert.ok(seen.length >= 4);
    assert.ok(
      seen.every((ns, i) => i % 2 === 0 || ns === seen[i - 1]),
      seen.join(),
    );
  });
});

function bound(target: Credit1, name: string | symbol): unknown {
  const value: unknown = Reflect.get(target, name);
  return typeof value === 'function' ? value.bind(target) : value;
}

function noting(seen: string[]): LoopObserver {
  return {
    timer: (pcpu, dueNs, doneNs) => seen.push(`timer p${pcpu} ${doneNs - dueNs} late`),
    decision: (pcpu, startNs, endNs) => seen.push(`decision p${pcpu} ${endNs - startNs}`),
    exit: (nowNs, vcpu) => seen.push(`exit ${vcpu} at ${nowNs}`),
  };
}

function drive(
  pcpuCount: number,
  vms: Credit1Vm[],
  options: LoopOptions,
  happenings: Happening[] = [],
  lateNs = 0,
): { log: string[]; end: LoopEnd; loop: MachineLoop; policy: Credit1 } {
  const policy = new Credit1({ pcpuCount, vms });
  const machine = new ScriptedMachine(happenings, lateNs);
  const loop = new MachineLoop(policy, machine, options);
  const end = loop.run();
  return { log: machine.log, end, loop, policy };
}
