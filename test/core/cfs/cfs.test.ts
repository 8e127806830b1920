import assert from 'node:assert/strict';
import fc from 'fast-check';
import { ownCounter } from '../../../src/core/counters.ts';
import { PREEMPTIONS } from '../../../src/core/fair/own-counters.ts';
import type { ParameterValues } from '../../../src/core/policy.ts';
import { createPolicy } from '../../../src/policies.ts';
import { type SimOptions, type SimResult, simulate, type SimVm } from '../../../src/sim/simulate.ts';
import { hog, someGuest } from '../../sim/arbitrary.ts';
import { ReadingWatch } from '../fair/reading-watch.ts';

const MS = 1e6;
const LATENCY_MS = 6;
const MIN_GRANULARITY_MS = 0.75;
const NICE_0 = 1024;

function hogVm(parameters: ParameterValues = {}, vcpus = 1): SimVm {
  return { parameters, vcpus: Array.from({ length: vcpus }, () => hog) };
}

function watched(options: Omit<SimOptions, 'scheduler'>, parameters: ParameterValues = {}) {
  const watch = new ReadingWatch();
  const scheduler = { type: 'cfs', parameters };
  const result = simulate({ ...options, scheduler, paranoid: true, recorder: watch });
  return { watch, result };
}

function percents({ vcpus, endNs }: SimResult): number[] {
  return vcpus.map(({ cpuNs }) => Math.round((1000 * cpuNs) / endNs) / 10);
}

/** `[ms, next, vruntime of each in ms]` of all decisions. */
function decisions(watch: ReadingWatch): number[][] {
  return watch
    .of('decide')
    .map(({ told: [atNs, , , next], readings }) => [
      atNs / MS,
      next,
      ...readings.map(([vruntimeNs]) => vruntimeNs / MS),
    ]);
}

describe('cfs', () => {
  it('does what the example at the head of its file says', () => {
    const { watch } = watched({ pcpuCount: 1, vms: [hogVm(), hogVm({ weight: 512 })], durationNs: 25 * MS });
    assert.deepEqual(decisions(watch), [
      [0, 0, 6, 0],
      [4, 1, 10, 8],
      [8, 1, 10, 10],
      [12, 0, 10, 12],
      [16, 1, 14, 12],
      [20, 1, 14, 14],
      [24, 0, 14, 16],
    ]);
  });

  it('divides by load: weight, and nice by the table', () => {
    const shares = (a: ParameterValues, b: ParameterValues): number[] =>
      percents(
        simulate({ pcpuCount: 1, scheduler: { type: 'cfs' }, vms: [hogVm(a), hogVm(b)], durationNs: 100e9 }),
      );
    assert.deepEqual(shares({ weight: 256 }, { weight: 1024 }), [20, 80]);
    assert.deepEqual(shares({}, { nice: 5 }), [75.3, 24.7]);
    assert.deepEqual(shares({ nice: -5 }, { nice: 0 }), [75.3, 24.7]);
    assert.deepEqual(shares({ nice: 10, weight: 512 }, { nice: 10 }), [66.7, 33.3]);
  });

  it('divides the share of a VM among its vCPUs, and the ideal does, too', () => {
    const { vcpus } = simulate({
      pcpuCount: 1,
      scheduler: { type: 'cfs' },
      vms: [hogVm({}, 3), hogVm()],
      durationNs: 60e9,
    });
    assert.deepEqual(
      vcpus.map(({ cpuNs }) => Math.round(cpuNs / 1e9)),
      [10, 10, 10, 30],
    );
  });

  it('keeps the virtual times of all hogs of a pCPU within a slice and a tick', () => {
    fc.assert(
      fc.property(someHogs(), fc.constantFrom(1, 4, 10), ({ loads, vms }, tickMs) => {
        const { watch } = watched({ pcpuCount: 1, vms, durationNs: 4e9 }, { tickNs: tickMs * MS });
        const spreadMs = spreadOf(loads, tickMs);
        // New ones begin a slice behind, of when they came; by then all have gone on from there.
        for (const [atMs, , ...vruntimes] of decisions(watch).filter(([ms]) => ms > 2000)) {
          const spread = Math.max(...vruntimes) - Math.min(...vruntimes);
          assert.ok(spread <= spreadMs + 1e-6, `at ${atMs}: ${spread}, bound ${spreadMs}`);
        }
      }),
      { numRuns: 60 },
    );
  });

  it('lets no hog wait for longer than it takes the others to be ahead by that', () => {
    fc.assert(
      fc.property(someHogs(), ({ loads, vms }) => {
        const tickMs = 4;
        const { watch, result } = watched({ pcpuCount: 1, vms, durationNs: 2e9 });
        const total = loads.reduce((sum, load) => sum + load, 0);
        const boundMs = (spreadOf(loads, tickMs) * total) / NICE_0 + tickMs;
        const lastMs = vms.map(() => 0);
        for (const [atMs, next] of [...decisions(watch), [result.endNs / MS, -1]]) {
          for (const [vcpu, fromMs] of lastMs.entries())
            assert.ok(
              atMs - fromMs <= boundMs + tickMs,
              `vCPU ${vcpu} from ${fromMs} to ${atMs}, bound ${boundMs}`,
            );
          if (next >= 0) lastMs[next] = atMs + tickMs;
        }
      }),
      { numRuns: 60 },
    );
  });

  it('never lets the clock of a pCPU go back', () => {
    const vm = fc.record({
      weight: fc.constantFrom(1, 256, 1000),
      vcpus: fc.array(fc.record({ guest: someGuest() }), { minLength: 1, maxLength: 3 }),
    });
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 3 }),
        fc.array(vm, { minLength: 1, maxLength: 4 }),
        (pcpuCount, vms) => {
          const { watch } = watched({ pcpuCount, vms, durationNs: 300 * MS });
          const clocks = Array.from({ length: pcpuCount }, () => 0);
          for (const { told, readings } of watch.of('decide')) {
            const [, pcpu, , next] = told;
            if (next < 0) continue;
            const [vruntimeNs, lagNs] = readings[next];
            // Both are rounded.
            assert.ok(vruntimeNs - lagNs >= clocks[pcpu] - 2, told.join());
            clocks[pcpu] = vruntimeNs - lagNs;
          }
        },
      ),
      { numRuns: 60 },
    );
  });

  it('gives who has slept half of the latency, which preempts, and no more', () => {
    const io: SimVm = { vcpus: [{ guest: { kind: 'io', runNs: 1 * MS, sleepNs: 49 * MS } }] };
    const { watch, result } = watched({ pcpuCount: 1, vms: [hogVm(), io], durationNs: 2e9 });
    const places = watch.of('own').slice(2);
    assert.ok(places.length > 30);
    for (const [at, { told, readings }] of places.entries()) {
      const [atNs, , vcpu] = told;
      assert.equal(vcpu, 1);
      // The hog is charged until now: it began at 6, and ran but for 1 ms of each burst.
      assert.equal(readings[0][0], LATENCY_MS * MS + atNs - (at + 1) * MS);
      assert.equal(readings[1][1], (-LATENCY_MS / 2) * MS);
    }
    assert.equal(result.vcpus[1].counters.preemptions, places.length);
    // Nobody keeps it waiting: it runs 1 ms in each 50.
    assert.deepEqual(percents(result)[1], 2);
  });

  it('leaves the virtual time of who has slept for a moment as it was', () => {
    const io: SimVm = { vcpus: [{ guest: { kind: 'io', runNs: 3.9 * MS, sleepNs: 0.1 * MS } }] };
    const { watch } = watched({ pcpuCount: 1, vms: [hogVm(), io], durationNs: 1e9 });
    assert.equal(watch.of('own').length, 2);
  });

  it('preempts at a wake-up only who is ahead by more than the granularity', () => {
    const io: SimVm = { vcpus: [{ guest: { kind: 'io', runNs: 1 * MS, sleepNs: 49 * MS } }] };
    const coarse = { wakeupGranularityNs: 4 * MS };
    const { result } = watched({ pcpuCount: 1, vms: [hogVm(), io], durationNs: 2e9 }, coarse);
    assert.equal(result.vcpus[1].counters.preemptions, 0);
  });

  it('counts as a preemption who takes the pCPU, of several that come at once', () => {
    const vms = [0, 1, 2].map(() => ({ vcpus: [null] }));
    const policy = createPolicy({ type: 'cfs', pcpuCount: 1, vms });
    const cpuNs = [0, 0, 0];
    policy.attach?.({ cpuNs: (vcpu) => cpuNs[vcpu] });
    for (const vm of cpuNs.keys()) policy.startVm(vm, 0);
    // The others no longer are new.
    for (const vcpu of [1, 2]) {
      policy.wake(vcpu, 0, 0);
      policy.schedule(0, 0, 0);
      policy.block(vcpu, 0);
      policy.schedule(0, 0, 0);
    }
    policy.wake(0, 0, 0);
    policy.schedule(0, 0, 0);
    cpuNs[0] = 100 * MS;
    policy.wake(1, 100 * MS, 0);
    policy.wake(2, 100 * MS, 0);
    const next = policy.schedule(0, 100 * MS, cpuNs[0]);
    assert.deepEqual([next, ownCounter(policy.counters, PREEMPTIONS)], [1, Float64Array.of(0, 1, 0)]);
  });

  it('takes a yield as a weak wish: who is far behind goes on', () => {
    const yielder: SimVm = { vcpus: [{ guest: { kind: 'yield', runNs: 0.1 * MS } }] };
    const { result } = watched({ pcpuCount: 1, vms: [hogVm(), yielder], durationNs: 10e9 });
    const [, yielding] = percents(result);
    assert.ok(yielding > 40 && yielding <= 50, `${yielding}`);
  });

  it('gives one that comes from a pCPU with another clock no more and no less than the others there', () => {
    const pinned = (pcpu: number): SimVm => ({ vcpus: [{ ...hog, pin: [pcpu] }] });
    const move = (atNs: number, pcpu: number) =>
      ({ atNs, kind: 'pin', vm: 1, vcpu: null, pcpus: [pcpu] }) as const;
    const { samples } = simulate({
      pcpuCount: 2,
      scheduler: { type: 'cfs' },
      vms: [pinned(0), pinned(1), pinned(1), pinned(1), pinned(1)],
      events: [move(10e9, 0), move(11e9, 1)],
      durationNs: 13e9,
      sampleNs: 1e9,
    });
    // The clock of pCPU 0 is 10 s then, that of pCPU 1 a quarter of it.
    const parts = [11, 12].map((at) => (samples[at][2] - samples[at - 1][2]) / 1e7);
    assert.ok(Math.abs(parts[0] - 50) < 2 && Math.abs(parts[1] - 25) < 2, parts.join());
  });

  it('has nobody wait beside an idle pCPU, also where one that is pinned took its place', () => {
    const policy = createPolicy({
      type: 'cfs',
      pcpuCount: 2,
      vms: [{ vcpus: [null, null] }, { parameters: { nice: -20 }, vcpus: [[1]] }],
    });
    policy.attach?.({ cpuNs: () => 0 });
    for (const vm of [0, 1]) policy.startVm(vm, 0);
    // Both come to pCPU 1 before it decides, and the pinned one goes first.
    for (const vcpu of [1, 2]) policy.wake(vcpu, 0, 0);
    assert.deepEqual([...policy.pcpuOf], [0, 1, 1]);
    for (let pcpu = policy.nextResched(); pcpu >= 0; pcpu = policy.nextResched()) policy.schedule(pcpu, 0, 0);
    assert.deepEqual([...policy.current], [1, 2]);
  });

  it('makes three equal hogs on two pCPUs change places', () => {
    const { result } = watched({ pcpuCount: 2, vms: [hogVm(), hogVm(), hogVm()], durationNs: 30e9 });
    for (const percent of percents(result)) assert.ok(percent > 60 && percent < 75, `${percent}`);
  });

  it('stays unbalanced for ever with balance off', () => {
    const options = { pcpuCount: 2, vms: [hogVm(), hogVm(), hogVm()], durationNs: 30e9 };
    const { result } = watched(options, { balanceNs: 0 });
    assert.deepEqual(
      percents(result).sort((a, b) => a - b),
      [50, 50, 100],
    );
  });

  it('takes another weight or nice from then on', () => {
    const { samples } = simulate({
      pcpuCount: 1,
      scheduler: { type: 'cfs' },
      vms: [hogVm(), hogVm()],
      events: [
        { atNs: 10e9, kind: 'set', vm: 0, parameters: { weight: 768 } },
        { atNs: 20e9, kind: 'set', vm: 0, parameters: { weight: 256, nice: 5 } },
      ],
      durationNs: 31e9,
      sampleNs: 10e9,
    });
    const parts = [1, 2, 3].map((at) => (samples[at][1] - samples[at - 1][1]) / 1e8);
    for (const [at, percent] of [50, 75, 24.7].entries())
      assert.ok(Math.abs(parts[at] - percent) < 0.1, parts.join());
  });
});

/** Hogs of any weight and nice, and their loads. */
function someHogs() {
  const vm = fc.record({ weight: fc.constantFrom(64, 256, 300, 1024), isNice: fc.boolean() });
  return fc.array(vm, { minLength: 2, maxLength: 6 }).map((some) => ({
    loads: some.map(({ weight, isNice }) => ((isNice ? 335 : NICE_0) * weight) / 256),
    vms: some.map(({ weight, isNice }) => hogVm({ weight, nice: isNice ? 5 : 0 })),
  }));
}

/** How far apart the virtual times of hogs may be, ms: what the lightest is ahead after a slice and a tick. */
function spreadOf(loads: readonly number[], tickMs: number): number {
  const total = loads.reduce((sum, load) => sum + load, 0);
  const periodMs = Math.max(LATENCY_MS, loads.length * MIN_GRANULARITY_MS);
  return (periodMs * NICE_0) / total + (tickMs * NICE_0) / Math.min(...loads);
}
