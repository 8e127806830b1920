import assert from 'node:assert/strict';
import { IDLE, type Policy } from '../../../src/core/policy.ts';
import { Choice } from '../../../src/core/reason.ts';
import { RtdsChoice, RtdsReason } from '../../../src/core/rtds/reason.ts';
import { Rtds } from '../../../src/core/rtds/rtds.ts';
import { rtdsType } from '../../../src/core/rtds/type.ts';
import type { ScriptedEvent } from '../../../src/machine/agenda.ts';
import { createPolicy } from '../../../src/policies.ts';
import { type SimOptions, simulate, type SimVm } from '../../../src/sim/simulate.ts';
import { hog } from '../../sim/arbitrary.ts';
import { ContractWatch } from '../../../src/policy-check/contract-watch.ts';

const MS = 1e6;
const rtds = { type: 'rtds' };

/** A VM of one hog, times in ms. */
function vm(period: number, budget: number, extratime = 0): SimVm {
  return { parameters: { periodNs: period * MS, budgetNs: budget * MS, extratime }, vcpus: [hog] };
}

function watched(options: Omit<SimOptions, 'scheduler'>) {
  const pins = options.vms.flatMap(({ vcpus }) => vcpus.map(({ pin }) => pin ?? null));
  const watch = new ContractWatch(pins);
  const result = simulate({ scheduler: rtds, paranoid: true, ...options, recorder: watch });
  return { watch, result };
}

/** `[ms, next]` of all switches. */
function switches(watch: ContractWatch): [number, number][] {
  return watch.decisions.flatMap(([atNs, , prev, next]) => (prev === next ? [] : [[atNs / MS, next]]));
}

describe('rtds', () => {
  it('does what the example at the head of its file says', () => {
    const { watch } = watched({ pcpuCount: 1, vms: [vm(10, 4), vm(10, 3)], durationNs: 30 * MS });
    assert.deepEqual(switches(watch), [
      [0, 0],
      [4, 1],
      [8, IDLE],
      [10, 0],
      [14, 1],
      [17, IDLE],
      [20, 1],
      [23, 0],
      [27, IDLE],
    ]);
    const shares = (extratime: number): number[] =>
      simulate({
        scheduler: rtds,
        pcpuCount: 1,
        vms: [vm(10, 4, extratime), vm(10, 3, extratime)],
        durationNs: 100e9,
      }).vcpus.map(({ cpuNs }) => Math.round(cpuNs / 1e9));
    assert.deepEqual(shares(0), [40, 30]);
    assert.deepEqual(shares(1), [55, 45]);
  });

  it('says why it decided, and how it chose', () => {
    const { watch } = watched({
      pcpuCount: 1,
      vms: [vm(10, 4), { ...vm(20, 8, 1), startNs: 12 * MS }],
      durationNs: 40 * MS,
    });
    const told = new Set(watch.decisions.map(([, , , , reason, choice]) => `${reason} ${choice}`));
    for (const [reason, choice] of [
      [RtdsReason.tickled, Choice.queue],
      [RtdsReason.budgetOver, Choice.nobody],
      [RtdsReason.budgetOver, Choice.queue],
      [RtdsReason.levelOver, RtdsChoice.kept],
    ])
      assert.ok(told.has(`${reason} ${choice}`), `${[...told].join(', ')}: no ${reason} ${choice}`);
  });

  it('refuses a request as a whole, and keeps what there was', () => {
    const policy = createPolicy({ ...rtds, pcpuCount: 1, vms: [{ vcpus: [null] }] });
    const readings = (): number[] => {
      const out = new Float64Array(3);
      policy.readVm(0, out, 0);
      return [...out];
    };
    assert.deepEqual(readings(), [10 * MS, 4 * MS, 1]);
    for (const change of [
      { periodNs: 3 * MS },
      { budgetNs: 11 * MS },
      { periodNs: 9_000, budgetNs: 9_000 },
      { budgetNs: 10_500 },
      { extratime: 2 },
    ]) {
      assert.equal(policy.setVm(0, change, 0), false);
      assert.deepEqual(readings(), [10 * MS, 4 * MS, 1]);
    }
    assert.equal(policy.setVm(0, { periodNs: 3 * MS, budgetNs: 1 * MS, extratime: 0 }, 0), true);
    assert.deepEqual(readings(), [3 * MS, 1 * MS, 0]);
  });

  it('takes period and budget from the next replenishment on, and extra time at once', () => {
    const set: ScriptedEvent = {
      atNs: 12 * MS,
      kind: 'set',
      vm: 0,
      parameters: { periodNs: 20 * MS, budgetNs: 2 * MS },
    };
    const { watch, result } = watched({
      pcpuCount: 1,
      vms: [vm(10, 4)],
      events: [set, { ...set, atNs: 43 * MS, parameters: { extratime: 1 } }],
      durationNs: 50 * MS,
    });
    assert.deepEqual(switches(watch).slice(2), [
      [10, 0],
      [14, IDLE],
      [20, 0],
      [22, IDLE],
      [40, 0],
      [42, IDLE],
    ]);
    assert.deepEqual(
      result.changes.map(({ actsNs }) => actsNs / MS),
      [20, 43],
    );
  });

  it('lets one that got extra time while it was out of budget wait until somebody looks, as Xen does', () => {
    const extra: ScriptedEvent = { atNs: 5 * MS, kind: 'set', vm: 0, parameters: { extratime: 1 } };
    const alone = watched({ pcpuCount: 1, vms: [vm(10, 4)], events: [extra], durationNs: 90 * MS });
    assert.deepEqual(switches(alone.watch), [
      [0, 0],
      [4, IDLE],
    ]);
    const sleeper: SimVm = {
      ...vm(10, 4),
      startNs: 7 * MS,
      vcpus: [{ guest: { kind: 'io', runNs: 1 * MS, sleepNs: 50 * MS } }],
    };
    const both = watched({ pcpuCount: 1, vms: [vm(10, 4), sleeper], events: [extra], durationNs: 9 * MS });
    assert.deepEqual(switches(both.watch).slice(2), [
      [7, 1],
      [8, 0],
    ]);
  });

  it('begins with the default budget, whatever was set', () => {
    const { watch } = watched({
      pcpuCount: 1,
      vms: [{ ...vm(5, 1), startNs: 3 * MS }],
      durationNs: 12 * MS,
    });
    assert.deepEqual(switches(watch), [
      [3, 0],
      [7, IDLE],
      [10, 0],
      [11, IDLE],
    ]);
  });

  it('charges CPU time, or with wall-time what others took as well', () => {
    const used = (wallTime: number): number =>
      simulate({
        scheduler: { type: 'rtds', parameters: { wallTime } },
        pcpuCount: 1,
        vms: [vm(10, 4)],
        stolenParts: [0.5],
        durationNs: 10e9,
      }).vcpus[0].cpuNs / 1e9;
    assert.ok(Math.abs(used(0) - 4) < 0.01, String(used(0)));
    assert.ok(Math.abs(used(1) - 2) < 0.01, String(used(1)));
  });

  it('does not look again and again at the last of a budget, of which others take some', () => {
    const { watch } = watched({
      pcpuCount: 1,
      vms: [vm(10, 4), vm(10, 1)],
      stolenParts: [0.5],
      durationNs: 1e9,
    });
    // Half of what was left is left each time: from 4 ms to 1 ns in 22 steps, to 20 µs in 8.
    assert.ok(watch.decisions.length < 100 * 24, `${watch.decisions.length} decisions in 100 periods`);
    const nearest = watch.decisions.slice(1).map(([atNs], i) => atNs - watch.decisions[i][0]);
    assert.ok(Math.min(...nearest.filter((ns) => ns > 0)) >= 15e3, String(Math.min(...nearest)));
  });

  it('decides the same by both clocks where nothing is stolen', () => {
    const decisions = (wallTime: number) => {
      const watch = new ContractWatch([null, null, null]);
      simulate({
        scheduler: { type: 'rtds', parameters: { wallTime } },
        pcpuCount: 2,
        vms: [vm(10, 7, 1), vm(7, 3), { ...vm(9, 5, 1), startNs: 4 * MS }],
        durationNs: 2e9,
        recorder: watch,
      });
      return watch.decisions;
    };
    assert.deepEqual(decisions(0), decisions(1));
  });

  it('moves a vCPU that is pinned elsewhere, runs it there, and wastes none of its budget', () => {
    const { watch, result } = watched({
      pcpuCount: 2,
      vms: [vm(10, 4), vm(10, 4)],
      events: [{ atNs: 2 * MS, kind: 'pin', vm: 0, vcpu: null, pcpus: [1] }],
      durationNs: 10 * MS,
    });
    const of = watch.decisions.filter(([, , prev, next]) => prev !== next && next === 0);
    assert.deepEqual(
      of.map(([atNs, pcpu]) => [atNs / MS, pcpu]),
      [
        [0, 0],
        [4, 1],
      ],
    );
    assert.equal(result.vcpus[0].cpuNs, 4 * MS);
  });

  it('takes a vCPU that blocks late out of wherever it is', () => {
    const policy = createPolicy({ ...rtds, pcpuCount: 1, vms: [{ vcpus: [null] }, { vcpus: [null] }] });
    for (const vcpu of [0, 1]) {
      policy.startVm(vcpu, 0);
      policy.wake(vcpu, 0, 0);
      settle(policy, 0);
    }
    assert.deepEqual([policy.current[0], policy.queueOf(0)], [0, [1]]);
    policy.block(1, MS);
    settle(policy, MS);
    assert.deepEqual([policy.current[0], policy.queueOf(0)], [0, []]);
    assert.equal(policy.fault?.(), null);
  });

  it('finds no fault in a state that is sound, and names one that is not', () => {
    const policy = new Rtds({ pcpuCount: 1, vms: [{ vcpus: [null] }] });
    policy.startVm(0, 0);
    policy.wake(0, 0);
    assert.equal(policy.fault(), null);
    settle(policy, 0);
    policy.state.replenishments.remove(0, 0);
    assert.match(policy.fault() ?? '', /vCPU 0: due for a replenishment or not/);
  });

  it('owes a VM its budgets, and with extra time a part of the rest', () => {
    const { entitlement } = rtdsType;
    assert.ok(typeof entitlement === 'function');
    const reserved = { periodNs: 20 * MS, budgetNs: 5 * MS };
    assert.deepEqual(entitlement(reserved, 2), {
      weight: 25,
      capPercent: null,
      reservedPercent: 50,
      periodNs: 20 * MS,
    });
    assert.deepEqual(entitlement({ ...reserved, extratime: 0 }, 2), {
      weight: 25,
      capPercent: 50,
      reservedPercent: 50,
      periodNs: 20 * MS,
    });
  });
});

/** Let all pCPUs decide that are asked to. */
function settle(policy: Policy, nowNs: number): void {
  for (let pcpu = policy.nextResched(); pcpu >= 0; pcpu = policy.nextResched())
    policy.schedule(pcpu, nowNs, nowNs);
}
