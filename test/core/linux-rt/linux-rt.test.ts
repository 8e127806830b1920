import assert from 'node:assert/strict';
import fc from 'fast-check';
import { IDLE } from '../../../src/core/policy.ts';
import { RtReason } from '../../../src/core/linux-rt/terms.ts';
import type { ScriptedEvent } from '../../../src/machine/agenda.ts';
import { createPolicy } from '../../../src/policies.ts';
import type { GuestSpec } from '../../../src/sim/guest.ts';
import { type SimOptions, type SimResult, simulate, type SimVm } from '../../../src/sim/simulate.ts';
import { hog, someGuest } from '../../sim/arbitrary.ts';
import { ContractWatch } from '../../../src/policy-check/contract-watch.ts';

const MS = 1e6;
const FIFO = 1;
const RR = 2;

function vm(vmClass: number, priority: number, guest: GuestSpec = hog.guest): SimVm {
  return { parameters: { class: vmClass, priority }, vcpus: [{ guest }] };
}

const other: SimVm = { vcpus: [hog] };

function watched(options: SimOptions) {
  const watch = new ContractWatch(options.vms.flatMap(({ vcpus }) => vcpus.map(({ pin }) => pin ?? null)));
  const result = simulate({ scheduler: { type: 'linux-rt' }, ...options, paranoid: true, recorder: watch });
  return { watch, result };
}

/** `[ms, next]` of all switches. */
function switches({ decisions }: ContractWatch): number[][] {
  return decisions.flatMap(([atNs, , prev, next]) => (prev === next ? [] : [[atNs / MS, next]]));
}

function percents({ vcpus, endNs }: SimResult): number[] {
  return vcpus.map(({ cpuNs }) => Math.round((1000 * cpuNs) / endNs) / 10);
}

describe('linux-rt', () => {
  it('does what the example at the head of its file says', () => {
    const [r, s] = [vm(RR, 20, { kind: 'finite', workNs: 150 * MS }), vm(RR, 20)];
    const f = { ...vm(FIFO, 10), startNs: 500 * MS };
    const { watch, result } = watched({ pcpuCount: 1, vms: [r, s, other, f], durationNs: 100e9 });
    assert.deepEqual(switches(watch).slice(0, 9), [
      [0, 0],
      [100, 1],
      [200, 0],
      [250, 1],
      [950, 2],
      [1000, 1],
      [1950, 2],
      [2000, 1],
      [2950, 2],
    ]);
    assert.deepEqual(percents(result), [0.2, 94.9, 5, 0]);
    const told = watch.decisions.map(([atNs, , , , reason]) => `${String(atNs / MS)} ${String(reason)}`);
    assert.ok(told.includes(`950 ${String(RtReason.throttled)}`));
    assert.ok(told.includes(`1000 ${String(RtReason.allowed)}`));
  });

  it('keeps all promises, and runs the highest, whatever happens', () => {
    fc.assert(
      fc.property(someScenario(), (options) => {
        watched(options);
      }),
      { numRuns: 300 },
    );
  });

  it('runs on one pCPU nobody while a higher one waits', () => {
    fc.assert(
      fc.property(fc.array(someVm(), { minLength: 2, maxLength: 5 }), (vms) => {
        const policyOf = { current: null as null | ReturnType<typeof createPolicy> };
        class Watch extends ContractWatch {
          override attach(policy: ReturnType<typeof createPolicy>): void {
            policyOf.current = policy;
            super.attach(policy);
          }
          override decision(pcpu: number, nowNs: number): void {
            super.decision(pcpu, nowNs);
            const policy = policyOf.current;
            if (policy === null || policy.nextResched() >= 0) return;
            const priority = (vcpu: number): number => vms[policy.vmOf[vcpu]].parameters?.priority ?? 0;
            for (const vcpu of policy.queueOf(0))
              assert.ok(
                priority(vcpu) <= priority(policy.current[0]),
                `${String(nowNs)}: ${String(vcpu)} waits`,
              );
          }
        }
        simulate({
          pcpuCount: 1,
          scheduler: { type: 'linux-rt' },
          vms,
          durationNs: 2e9,
          recorder: new Watch(vms.flatMap(({ vcpus }) => vcpus.map(() => null))),
        });
      }),
      { numRuns: 60 },
    );
  });

  it('lets real-time vCPUs have rt-runtime of each period, and no more while others want it', () => {
    const limits = fc
      .record({ period: fc.constantFrom(50, 100, 1000), runtime: fc.integer({ min: 1, max: 1000 }) })
      .filter(({ period, runtime }) => runtime <= period);
    fc.assert(
      fc.property(limits, fc.array(someVm(), { minLength: 1, maxLength: 4 }), ({ period, runtime }, some) => {
        const vms = [vm(FIFO, 1), ...some, other];
        const { samples } = simulate({
          pcpuCount: 1,
          scheduler: { type: 'linux-rt', parameters: { rtRuntimeNs: runtime * MS, rtPeriodNs: period * MS } },
          vms,
          durationNs: 20.5 * period * MS,
          sampleNs: period * MS,
        });
        const isRt = vms.flatMap(({ parameters, vcpus }) => vcpus.map(() => (parameters?.priority ?? 0) > 0));
        for (const [at, row] of samples.entries()) {
          if (at === 0) continue;
          let usedNs = 0;
          for (const [vcpu, counts] of isRt.entries())
            if (counts) usedNs += row[1 + vcpu] - samples[at - 1][1 + vcpu];
          // The hog of priority 1 takes what the others leave.
          assert.equal(usedNs, runtime * MS);
        }
      }),
      { numRuns: 60 },
    );
  });

  it('idles while it is throttled and nobody else is there, unless that is switched off', () => {
    const busy = (rtRuntimeNs: number): number =>
      percents(
        simulate({
          pcpuCount: 1,
          scheduler: { type: 'linux-rt', parameters: { rtRuntimeNs } },
          vms: [vm(FIFO, 50)],
          durationNs: 20e9,
        }),
      )[0];
    assert.deepEqual([busy(950 * MS), busy(500 * MS), busy(1000 * MS)], [95, 50, 100]);
  });

  it('runs one of class fifo until it sleeps, and then those of its priority in the order in which they came', () => {
    const burst: GuestSpec = { kind: 'io', runNs: 30 * MS, sleepNs: 20 * MS };
    const { watch } = watched({
      pcpuCount: 1,
      vms: [vm(FIFO, 10, burst), vm(FIFO, 10, burst), vm(FIFO, 10, burst), other],
      durationNs: 300 * MS,
    });
    assert.deepEqual(
      switches(watch).map(([, next]) => next),
      [0, 1, 2, 0, 1, 2, 0, 1, 2, 0],
    );
  });

  it('puts who is preempted before its equals, and who yields behind them', () => {
    const short: GuestSpec = { kind: 'io', runNs: 2 * MS, sleepNs: 8 * MS };
    const preempted = watched({
      pcpuCount: 1,
      vms: [vm(FIFO, 10), vm(FIFO, 10), vm(FIFO, 20, short)],
      durationNs: 900 * MS,
    });
    assert.equal(preempted.result.vcpus[1].cpuNs, 0);
    assert.ok(preempted.result.vcpus[2].counters.preemptions > 80);
    const yielder: GuestSpec = { kind: 'yield', runNs: 5 * MS };
    const yields = watched({
      pcpuCount: 1,
      vms: [vm(FIFO, 10, yielder), vm(FIFO, 10, yielder)],
      durationNs: 900 * MS,
    });
    assert.deepEqual(percents(yields.result), [50, 50]);
  });

  it('keeps the rest of an rr slice over a preemption', () => {
    const once: SimVm = { ...vm(FIFO, 30, { kind: 'finite', workNs: 10 * MS }), startNs: 60 * MS };
    const { watch } = watched({ pcpuCount: 1, vms: [vm(RR, 20), vm(RR, 20), once], durationNs: 250 * MS });
    assert.deepEqual(switches(watch), [
      [0, 0],
      [60, 2],
      [70, 0],
      [110, 1],
      [210, 0],
    ]);
  });

  it('sends real-time vCPUs where least is lost: the highest run, on as many pCPUs as there are', () => {
    const { result } = watched({
      pcpuCount: 2,
      vms: [other, other, vm(FIFO, 10), { ...vm(FIFO, 30), startNs: 1e9 }, { ...vm(RR, 20), startNs: 2e9 }],
      durationNs: 10e9,
    });
    const [first, second, low, high, middle] = percents(result);
    assert.equal(high, 85.5);
    assert.equal(middle, 76);
    assert.equal(low, 19);
    assert.ok(first > 5 && second > 5 && first + second > 19.4, `${String(first)} ${String(second)}`);
  });

  it('finds a pCPU for each of several that are preempted at once', () => {
    const rt = (priority: number, pin: number[] | null) => ({
      parameters: { class: FIFO, priority },
      vcpus: [pin],
    });
    const hogs = [2, 3].map((pcpu) => ({ vcpus: [[pcpu]] }));
    const policy = createPolicy({
      type: 'linux-rt',
      pcpuCount: 4,
      vms: [...hogs, rt(10, null), rt(11, null), rt(99, [0]), rt(99, [1])],
    });
    policy.attach?.({ cpuNs: () => 0 });
    const wake = (...vms: number[]): void => {
      for (const each of vms) policy.startVm(each, 0);
      for (const each of vms) policy.wake(each, 0, 0);
      for (let pcpu = policy.nextResched(); pcpu >= 0; pcpu = policy.nextResched())
        policy.schedule(pcpu, 0, 0);
    };
    wake(0, 1, 2, 3);
    assert.deepEqual([...policy.current].sort(), [0, 1, 2, 3]);
    wake(4, 5);
    assert.deepEqual([...policy.current].sort(), [2, 3, 4, 5]);
    assert.equal(policy.fault?.(), null);
  });

  it('sends who wakes up at a throttled pCPU to another one', () => {
    const pinned = (priority: number, pcpu: number, guest: GuestSpec): SimVm => ({
      parameters: { class: FIFO, priority },
      vcpus: [{ guest, pin: [pcpu] }],
    });
    const { watch } = watched({
      pcpuCount: 2,
      scheduler: { type: 'linux-rt', parameters: { rtRuntimeNs: 50 * MS, rtPeriodNs: 100 * MS } },
      vms: [
        pinned(1, 0, hog.guest),
        pinned(3, 1, { kind: 'finite', workNs: 20 * MS }),
        { ...vm(FIFO, 5, { kind: 'io', runNs: 10 * MS, sleepNs: 50 * MS }), startNs: 1 * MS },
        other,
      ],
      durationNs: 90 * MS,
    });
    const turns = watch.decisions.flatMap(([atNs, pcpu, prev, next]) =>
      next === 2 && prev !== 2 ? [[atNs / MS, pcpu]] : [],
    );
    assert.deepEqual(turns, [
      [1, 0],
      [61, 1],
    ]);
  });

  it('lets nobody of class other wait behind a real-time vCPU while another pCPU has room', () => {
    const pinned = { parameters: { class: FIFO, priority: 1 }, vcpus: [{ ...hog, pin: [0] }] };
    const { result } = watched({ pcpuCount: 2, vms: [pinned, other, other], durationNs: 30e9 });
    const [rt, ...others] = percents(result);
    assert.equal(rt, 95);
    for (const percent of others) assert.ok(percent > 48 && percent < 56, `${String(percent)}`);
  });

  it('takes another priority from then on', () => {
    const { watch } = watched({
      pcpuCount: 1,
      vms: [vm(FIFO, 10), vm(FIFO, 10)],
      events: [
        { atNs: 100 * MS, kind: 'set', vm: 1, parameters: { priority: 11 } },
        { atNs: 200 * MS, kind: 'set', vm: 1, parameters: { priority: 9 } },
        { atNs: 300 * MS, kind: 'set', vm: 0, parameters: { priority: 8 } },
      ],
      durationNs: 400 * MS,
    });
    assert.deepEqual(switches(watch), [
      [0, 0],
      [100, 1],
      [200, 0],
      [300, 1],
    ]);
  });

  it('takes other limits from then on', () => {
    const { watch } = watched({
      pcpuCount: 1,
      vms: [vm(FIFO, 10), other],
      events: [
        { atNs: 960 * MS, kind: 'tune', parameters: { rtRuntimeNs: 980 * MS } },
        { atNs: 1400 * MS, kind: 'tune', parameters: { rtRuntimeNs: 500 * MS } },
      ],
      durationNs: 2100 * MS,
    });
    assert.deepEqual(switches(watch), [
      [0, 0],
      [950, 1],
      [960, 0],
      [990, 1],
      [1000, 0],
      [1500, 1],
      [2000, 0],
    ]);
  });

  it('begins another rt-period at once, and does not make anybody wait for the end of the one before', () => {
    const { watch } = watched({
      pcpuCount: 1,
      vms: [vm(FIFO, 10), other],
      events: [
        { atNs: 102 * MS, kind: 'tune', parameters: { rtRuntimeNs: 5 * MS, rtPeriodNs: 10 * MS } },
        { atNs: 126 * MS, kind: 'tune', parameters: { rtRuntimeNs: 50 * MS, rtPeriodNs: 100 * MS } },
      ],
      durationNs: 260 * MS,
    });
    assert.deepEqual(switches(watch), [
      [0, 0],
      [107, 1],
      [110, 0],
      [115, 1],
      [120, 0],
      [125, 1],
      [126, 0],
      [176, 1],
      [200, 0],
      [250, 1],
    ]);
  });

  it('refuses a priority without a class, and a class without a priority', () => {
    const made = (parameters: Record<string, number>) =>
      createPolicy({ type: 'linux-rt', pcpuCount: 1, vms: [{ parameters, vcpus: [null] }] });
    assert.throws(() => made({ priority: 5 }), /priority: only VMs of class fifo or rr have a priority/);
    assert.throws(() => made({ class: FIFO }), /class: a VM of class fifo or rr needs a priority/);
    const [plain, rt] = [made({}), made({ class: RR, priority: 5 })];
    assert.equal(plain.setVm(0, { priority: 5 }, 0), false);
    assert.equal(rt.setVm(0, { priority: 0 }, 0), false);
    assert.equal(rt.setVm(0, { priority: 6 }, 0), true);
    assert.equal(rt.nextResched(), IDLE);
  });
});

function someVm(): fc.Arbitrary<SimVm> {
  const parameters = fc.oneof(
    fc.record({ class: fc.constantFrom(FIFO, RR), priority: fc.constantFrom(1, 2, 3, 99) }),
    fc.constant({}),
  );
  return fc.record({
    parameters,
    vcpus: fc.array(fc.record({ guest: someGuest() }), { minLength: 1, maxLength: 2 }),
  });
}

/** Machines with pins and events, where throttling is frequent. */
function someScenario(): fc.Arbitrary<SimOptions> {
  const durationNs = 400 * MS;
  return fc.integer({ min: 1, max: 4 }).chain((pcpuCount) => {
    const pcpus = fc.uniqueArray(fc.nat(pcpuCount - 1), { minLength: 1, maxLength: pcpuCount });
    const pinned = fc.record({ guest: someGuest(), pin: pcpus }, { requiredKeys: ['guest'] });
    const vms = fc.array(
      fc
        .record({
          made: someVm(),
          vcpus: fc.array(pinned, { minLength: 1, maxLength: 3 }),
          startNs: fc.constantFrom(0, 0, 33 * MS),
        })
        .map(({ made, vcpus, startNs }): SimVm => ({ ...made, vcpus, startNs })),
      { minLength: 1, maxLength: 5 },
    );
    const parameters = fc.record({
      rrSliceNs: fc.constantFrom(1 * MS, 10 * MS),
      rtRuntimeNs: fc.constantFrom(3 * MS, 20 * MS, 30 * MS),
      rtPeriodNs: fc.constantFrom(30 * MS, 50 * MS),
    });
    return fc
      .record({ vms, parameters, jitterNs: fc.constantFrom(0, 0, 50_000, 3 * MS), seed: fc.nat() })
      .chain(({ vms: some, parameters: values, ...options }) => {
        const at = { atNs: fc.nat(durationNs), vm: fc.nat(some.length - 1) };
        const event: fc.Arbitrary<ScriptedEvent> = fc.oneof(
          fc.record({ ...at, kind: fc.constantFrom('pause' as const, 'unpause' as const) }),
          fc.record({
            ...at,
            kind: fc.constant('set' as const),
            parameters: fc.record({ priority: fc.constantFrom(0, 1, 2, 50) }),
          }),
          fc.record({
            ...at,
            kind: fc.constant('pin' as const),
            vcpu: fc.constant(null),
            pcpus: fc.option(pcpus),
          }),
          fc.record({ atNs: at.atNs, kind: fc.constant('tune' as const), parameters }),
        );
        return fc.array(event, { maxLength: 6 }).map((events): SimOptions => ({
          ...options,
          pcpuCount,
          vms: some,
          events,
          scheduler: { type: 'linux-rt', parameters: values },
          durationNs,
        }));
      });
  });
}
