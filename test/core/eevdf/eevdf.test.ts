import assert from 'node:assert/strict';
import fc from 'fast-check';
import type { ParameterValues, Policy } from '../../../src/core/policy.ts';
import type { ScriptedEvent } from '../../../src/machine/agenda.ts';
import { createPolicy } from '../../../src/policies.ts';
import { type SimOptions, type SimResult, simulate, type SimVm } from '../../../src/sim/simulate.ts';
import { hog } from '../../sim/arbitrary.ts';
import { ReadingWatch, type Told } from '../fair/reading-watch.ts';

const MS = 1e6;
const eevdf = { type: 'eevdf' };

function hogVm(parameters: ParameterValues = {}, vcpus = 1): SimVm {
  return { parameters, vcpus: Array.from({ length: vcpus }, () => hog) };
}

/** One that runs for a while, and then sleeps. */
function sleeper(runMs: number, sleepMs: number, parameters: ParameterValues = {}): SimVm {
  return { parameters, vcpus: [{ guest: { kind: 'io', runNs: runMs * MS, sleepNs: sleepMs * MS } }] };
}

function watched(options: Omit<SimOptions, 'scheduler'>, parameters: ParameterValues = {}) {
  const watch = new ReadingWatch();
  const result = simulate({
    ...options,
    scheduler: { ...eevdf, parameters },
    paranoid: true,
    recorder: watch,
  });
  return { watch, result };
}

function percents({ vcpus, endNs }: SimResult): number[] {
  return vcpus.map(({ cpuNs }) => Math.round((1000 * cpuNs) / endNs) / 10);
}

function lagsNs({ readings }: Told): number[] {
  return readings.map(([lagNs]) => lagNs);
}

describe('eevdf', () => {
  it('does what the example at the head of its file says', () => {
    const { watch } = watched(
      { pcpuCount: 1, vms: [hogVm(), hogVm(), hogVm({ sliceNs: 1 * MS })], durationNs: 20 * MS },
      { tickNs: 1 * MS, baseSliceNs: 4 * MS },
    );
    const turns = watch
      .of('decide')
      .filter(({ told: [, , prev, next] }, i) => i === 0 || prev !== next)
      .map(({ told, readings }) => [
        told[0] / MS,
        'ABC'[told[3]],
        ...readings.map(([, deadlineNs, vruntimeNs]) => `${vruntimeNs / MS}/${deadlineNs / MS}`),
      ]);
    assert.deepEqual(turns, [
      [0, 'A', '0/2', '0/0', '0/0'],
      [2, 'C', '2/6', '0/2', '0/0.5'],
      [3, 'B', '2/6', '0/2', '1/2'],
      [5, 'C', '2/6', '2/6', '1/2'],
      [7, 'A', '2/6', '2/6', '3/4'],
      [11, 'C', '6/10', '2/6', '3/4'],
      [13, 'B', '6/10', '2/6', '5/6'],
      [17, 'C', '6/10', '6/10', '5/6'],
      [19, 'A', '6/10', '6/10', '7/8'],
    ]);
  });

  it('divides by load: weight, and nice by the table, whatever is asked for at a time', () => {
    const shares = (a: ParameterValues, b: ParameterValues): number[] =>
      percents(simulate({ pcpuCount: 1, scheduler: eevdf, vms: [hogVm(a), hogVm(b)], durationNs: 100e9 }));
    assert.deepEqual(shares({ weight: 256 }, { weight: 1024 }), [20, 80]);
    assert.deepEqual(shares({}, { nice: 5 }), [75.3, 24.7]);
    assert.deepEqual(shares({ nice: 10, weight: 512 }, { nice: 10 }), [66.7, 33.3]);
    assert.deepEqual(shares({ sliceNs: 100 * MS }, { sliceNs: 0.1 * MS }), [50, 50]);
  });

  it('owes no hog of a pCPU more than the longest request, if requests and their halves are whole ticks', () => {
    fc.assert(
      fc.property(someHogs([2, 4, 6, 20]), ({ longestNs, options, parameters }) => {
        const { watch } = watched(options, parameters);
        for (const told of watch.of('decide'))
          for (const lagNs of lagsNs(told)) assert.ok(lagNs <= longestNs, `${lagNs}, ${told.told.join()}`);
      }),
      { numRuns: 100 },
    );
  });

  it('lets no hog of a pCPU have more too early than a request, up to the next tick', () => {
    fc.assert(
      fc.property(someHogs([0.1, 0.7, 1, 2.5, 10]), ({ longestNs, options, parameters }) => {
        const { watch } = watched(options, parameters);
        for (const told of watch.of('decide'))
          for (const lagNs of lagsNs(told)) assert.ok(lagNs >= -longestNs, `${lagNs}, ${told.told.join()}`);
      }),
      { numRuns: 100 },
    );
  });

  it('keeps what each is owed, and what is left of requests, when a load changes', () => {
    const driven = new Driven([{}, { nice: 3 }, { weight: 512 }, { sliceNs: 10 * MS }]);
    driven.run(4, 4, 4);
    driven.policy.block(3, driven.nowNs);
    const before = driven.readings();
    assert.ok(
      before.every(([lagNs]) => Math.abs(lagNs) > 0.1 * MS),
      before.join(),
    );
    for (const vm of before.keys())
      driven.policy.setVm(vm, { weight: 100 + 200 * vm, nice: -vm }, driven.nowNs);
    const after = driven.readings();
    for (const [vcpu, [lagNs, deadlineNs, vruntimeNs, load]] of after.entries()) {
      const [lagBeforeNs, deadlineBeforeNs, vruntimeBeforeNs, loadBefore] = before[vcpu];
      assert.notEqual(load, loadBefore);
      assert.ok(Math.abs(lagNs - lagBeforeNs) <= 2, `${vcpu}: ${lagNs} after ${lagBeforeNs}`);
      if (vcpu === 3) continue;
      const leftNs = (deadlineNs - vruntimeNs) * load;
      const leftBeforeNs = (deadlineBeforeNs - vruntimeBeforeNs) * loadBefore;
      assert.ok(Math.abs(leftNs / leftBeforeNs - 1) < 1e-5, `${vcpu}: ${leftNs} after ${leftBeforeNs}`);
    }
    assert.equal(driven.policy.fault?.(), null);
  });

  it('keeps the lag of who sleeps, as far as two requests or a tick go, and gives it back', () => {
    const parameters = fc.record({
      tickNs: fc.constantFrom(1 * MS, 4 * MS),
      baseSliceNs: fc.constantFrom(0.75 * MS, 3 * MS),
    });
    const times = fc.record({ runMs: fc.constantFrom(0.3, 2, 7), sleepMs: fc.constantFrom(1, 5, 30) });
    const hogs = fc.array(fc.constantFrom(100, 256, 512), { minLength: 1, maxLength: 3 });
    fc.assert(
      fc.property(parameters, times, hogs, (given, { runMs, sleepMs }, weights) => {
        const vms = [sleeper(runMs, sleepMs), ...weights.map((weight) => hogVm({ weight }))];
        const { watch } = watched({ pcpuCount: 1, vms, durationNs: 1e9 }, given);
        const mostNs = Math.max(2 * given.baseSliceNs, given.tickNs);
        let keptNs: number | null = null;
        let places = 0;
        for (const told of watch.rows) {
          const [lagNs] = lagsNs(told);
          if (told.kind === 'wake' && told.told[1] === 0 && told.told[0] > 0) {
            keptNs = lagNs;
            assert.ok(Math.abs(keptNs) <= mostNs, `${keptNs}, at most ${mostNs}`);
          }
          if (told.kind !== 'own' || told.told[2] !== 0 || keptNs === null) continue;
          assert.ok(Math.abs(lagNs - keptNs) <= 1, `${lagNs} after ${keptNs}`);
          keptNs = null;
          places++;
        }
        assert.ok(places > 10);
      }),
      { numRuns: 40 },
    );
  });

  it('does not pay for sleep: who was owed nothing comes back with nothing', () => {
    const { watch } = watched({ pcpuCount: 1, vms: [hogVm(), sleeper(5, 500)], durationNs: 3e9 });
    const lags = watch
      .of('own')
      .slice(2)
      .map((told) => lagsNs(told)[1] / MS);
    assert.ok(lags.length >= 4);
    for (const lagMs of lags) assert.ok(Math.abs(lagMs) <= 4, lags.join());
  });

  it('serves who asks for less at a time sooner again, and gives it no more', () => {
    const longestMs = (sliceNs: number): number => {
      const vms = [hogVm(), hogVm(), hogVm({ sliceNs })];
      const given = { tickNs: 1 * MS, baseSliceNs: 10 * MS };
      const { watch, result } = watched({ pcpuCount: 1, vms, durationNs: 10e9 }, given);
      assert.ok(Math.abs(percents(result)[2] - 33.3) <= 0.2, percents(result).join());
      return Math.max(...absencesMs(watch, 2));
    };
    const [short, long] = [longestMs(1 * MS), longestMs(10 * MS)];
    assert.ok(short <= long / 2, `${short} and ${long} ms`);
  });

  it('lets nobody preempt who is eligible and has some of its request left, unless it is told to', () => {
    const vms = [
      hogVm({ sliceNs: 50 * MS }),
      hogVm({ sliceNs: 50 * MS }),
      sleeper(0.2, 3, { sliceNs: 0.1 * MS }),
    ];
    const preemptions = (runToParity: number): number =>
      watched({ pcpuCount: 1, vms, durationNs: 5e9 }, { runToParity }).result.vcpus[2].counters.preemptions;
    const [without, kept] = [preemptions(0), preemptions(1)];
    assert.ok(kept > 0 && kept < without * 0.8, `${kept} and ${without}`);
  });

  it('takes who comes with a lag of nothing as eligible, however V is rounded', () => {
    const startsNs = Array.from({ length: 100 }, (_, i) => 7_300_001 * (i + 1));
    const comers = startsNs.map((startNs): SimVm => ({
      ...sleeper(0.01, 1e6, { sliceNs: 0.1 * MS, weight: 333 }),
      startNs,
    }));
    const vms = [hogVm({ sliceNs: 50 * MS, weight: 300 }), hogVm({ sliceNs: 50 * MS, nice: -3 }), ...comers];
    const { watch } = watched({ pcpuCount: 1, vms, durationNs: 1e9 }, { runToParity: 0 });
    const beganNs = (vcpu: number): number =>
      watch.of('decide').find(({ told: [, , , next] }) => next === vcpu)?.told[0] ?? NaN;
    assert.deepEqual(
      startsNs.map((_, i) => beganNs(i + 2)),
      startsNs,
    );
  });

  it('takes a yield as the wish to be served a slice later', () => {
    const driven = new Driven([{}, {}], { baseSliceNs: 3 * MS });
    driven.run(4);
    const yielding = driven.policy.current[0];
    const [, deadlineNs] = driven.readings()[yielding];
    driven.policy.yieldVcpu(yielding, driven.nowNs);
    driven.decide();
    assert.equal(driven.readings()[yielding][1] - deadlineNs, 3 * MS);
  });

  it('lets one that is alone yield for nothing', () => {
    const driven = new Driven([{}]);
    const [, deadlineNs] = driven.readings()[0];
    driven.policy.yieldVcpu(0, driven.nowNs);
    driven.decide();
    assert.equal(driven.policy.current[0], 0);
    assert.equal(driven.readings()[0][1], deadlineNs);
  });

  it('gives one that comes from a pCPU with another clock no more and no less than the others there', () => {
    const pinned = (pcpu: number): SimVm => ({ vcpus: [{ ...hog, pin: [pcpu] }] });
    const move = (atNs: number, pcpu: number): ScriptedEvent => ({
      atNs,
      kind: 'pin',
      vm: 1,
      vcpu: null,
      pcpus: [pcpu],
    });
    const { samples } = simulate({
      pcpuCount: 2,
      scheduler: eevdf,
      vms: [pinned(0), pinned(1), pinned(1), pinned(1), pinned(1)],
      events: [move(10e9, 0), move(11e9, 1)],
      durationNs: 13e9,
      sampleNs: 1e9,
    });
    // The clock of pCPU 0 is 10 s then, that of pCPU 1 a quarter of it.
    const parts = [11, 12].map((at) => (samples[at][2] - samples[at - 1][2]) / 1e7);
    assert.ok(Math.abs(parts[0] - 50) < 2 && Math.abs(parts[1] - 25) < 2, parts.join());
  });

  it('runs one that waits where the only eligible one is pinned away', () => {
    const pin = (atNs: number, vm: number, pcpus: readonly number[]): ScriptedEvent => ({
      atNs,
      kind: 'pin',
      vm,
      vcpu: null,
      pcpus,
    });
    const { watch } = watched({
      pcpuCount: 2,
      vms: [hogVm(), hogVm(), hogVm()],
      events: [pin(0, 0, [0]), pin(0, 1, [0]), pin(0, 2, [1]), pin(6 * MS, 1, [1])],
      durationNs: 20 * MS,
    });
    const atPin = watch.of('decide').filter(({ told: [atNs, pcpu] }) => atNs === 6 * MS && pcpu === 0);
    assert.deepEqual(
      atPin.map(({ told: [, , prev, next] }) => [prev, next]),
      [[1, 0]],
    );
  });

  it('takes another weight, nice or slice from then on', () => {
    const set = (atNs: number, parameters: ParameterValues): ScriptedEvent => ({
      atNs,
      kind: 'set',
      vm: 0,
      parameters,
    });
    const { samples } = simulate({
      pcpuCount: 1,
      scheduler: eevdf,
      vms: [hogVm(), hogVm()],
      events: [
        set(10e9, { weight: 768 }),
        set(20e9, { weight: 256, nice: 5 }),
        set(30e9, { nice: 0, sliceNs: 50 * MS }),
      ],
      durationNs: 41e9,
      sampleNs: 10e9,
    });
    const parts = [1, 2, 3, 4].map((at) => (samples[at][1] - samples[at - 1][1]) / 1e8);
    for (const [at, percent] of [50, 75, 24.7, 50].entries())
      assert.ok(Math.abs(parts[at] - percent) < 0.3, parts.join());
  });
});

/** One pCPU with VMs of one vCPU, whose time goes on by hand. */
class Driven {
  readonly policy: Policy;
  nowNs = 0;
  private readonly cpuNs: number[];

  constructor(vms: readonly ParameterValues[], parameters: ParameterValues = {}) {
    this.cpuNs = vms.map(() => 0);
    this.policy = createPolicy({
      ...eevdf,
      parameters,
      pcpuCount: 1,
      vms: vms.map((each) => ({ parameters: each, vcpus: [null] })),
    });
    this.policy.attach?.({ cpuNs: (vcpu) => this.cpuNs[vcpu] });
    for (const vm of vms.keys()) {
      this.policy.startVm(vm, 0);
      this.policy.wake(vm, 0, 0);
    }
    this.decide();
  }

  /** Who is on the pCPU runs until a tick, so many ms later, is looked at; and so on. */
  run(...timesMs: readonly number[]): void {
    for (const ms of timesMs) {
      this.nowNs += ms * MS;
      this.cpuNs[this.policy.current[0]] += ms * MS;
      this.policy.fireTimer(this.nowNs, this.cpuNs[this.policy.current[0]]);
      this.decide();
    }
  }

  decide(): void {
    this.policy.schedule(0, this.nowNs, this.cpuNs[this.policy.current[0]] ?? 0);
  }

  readings(): number[][] {
    return this.cpuNs.map((_, vcpu) => {
      const out = new Float64Array(this.policy.terms.vcpuReadings.length);
      this.policy.readVcpu(vcpu, out, 0);
      return [...out];
    });
  }
}

/** How long a vCPU was off the pCPU each time, ms. */
function absencesMs(watch: ReadingWatch, vcpu: number): number[] {
  const absences: number[] = [];
  let sinceNs = -1;
  for (const { told } of watch.of('decide')) {
    const [atNs, , prev, next] = told;
    if (prev === vcpu && next !== vcpu) sinceNs = atNs;
    if (next === vcpu && prev !== vcpu && sinceNs >= 0) absences.push((atNs - sinceNs) / MS);
  }
  return absences;
}

/** Hogs of any load on one pCPU that request so many ticks at once, and how long the longest turn is. */
function someHogs(sliceTicks: readonly number[]) {
  const vm = fc.record({
    weight: fc.constantFrom(64, 256, 300, 1024),
    nice: fc.constantFrom(-5, 0, 5),
    ticks: fc.constantFrom(...sliceTicks),
  });
  return fc
    .record({
      tickNs: fc.constantFrom(1, 3, 4).map((ms) => ms * MS),
      runToParity: fc.constantFrom(0, 1),
      some: fc.array(vm, { minLength: 2, maxLength: 7 }),
    })
    .map(({ some, ...parameters }) => ({
      parameters,
      longestNs: Math.max(...some.map(({ ticks }) => Math.ceil(ticks) * parameters.tickNs)),
      options: {
        pcpuCount: 1,
        durationNs: 2e9,
        vms: some.map(({ weight, nice, ticks }) =>
          hogVm({ weight, nice, sliceNs: ticks * parameters.tickNs }),
        ),
      },
    }));
}
