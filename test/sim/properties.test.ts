import assert from 'node:assert/strict';
import fc from 'fast-check';
import type { ScriptedEvent } from '../../src/machine/agenda.ts';
import type { GuestSpec } from '../../src/sim/guest.ts';
import type { SimOptions, SimResult, SimVm } from '../../src/sim/simulate.ts';
import { simulate } from '../../src/sim/simulate.ts';
import { Invariants } from './invariants.ts';

const DURATION_NS = 700e6;
const runs = { numRuns: 150 };

describe('any simulation', function () {
  this.timeout(20_000);

  it('runs nobody twice at once, loses nobody, and keeps credits in bounds', () => {
    fc.assert(
      fc.property(scenario(), (options) => {
        watched(options);
      }),
      runs,
    );
  });

  it('gives out exactly the time that pCPUs are busy', () => {
    fc.assert(
      fc.property(scenario(), (options) => {
        const { result, invariants } = watched({ ...options, jitterNs: 0 });
        const usedNs = result.vcpus.reduce((sum, { cpuNs }) => sum + cpuNs, 0);
        assert.equal(usedNs, invariants.totalBusyNs(result.endNs));
      }),
      runs,
    );
  });

  it('is the same when its input is the same, jitter included', () => {
    fc.assert(
      fc.property(scenario(), (options) => {
        assert.deepEqual(watched(options).invariants.lines, watched(options).invariants.lines);
      }),
      { numRuns: 50 },
    );
  });

  it('leaves nobody out whose weight is at least a sixteenth of the others', () => {
    const weights = fc.array(fc.integer({ min: 256, max: 16 * 256 }), { minLength: 2, maxLength: 6 });
    fc.assert(
      fc.property(weights, fc.nat(50_000), (someWeights, jitterNs) => {
        const vms = someWeights.map((weight) => ({
          weight,
          cap: 0,
          vcpus: [{ guest: { kind: 'hog' } as const }],
        }));
        const { samples } = simulate({ pcpuCount: 1, vms, durationNs: 20.001e9, jitterNs, sampleNs: 4e9 });
        samples.slice(1).forEach((row, index) => {
          for (let column = 1; column < row.length; column++) assert.ok(row[column] > samples[index][column]);
        });
      }),
      { numRuns: 40 },
    );
  });

  it('keeps a capped hog to its cap, to within two accounting periods', () => {
    fc.assert(
      fc.property(fc.integer({ min: 5, max: 100 }), fc.integer({ min: 1, max: 3 }), (cap, hogs) => {
        const capped: SimVm = { weight: 256, cap, vcpus: [{ guest: { kind: 'hog' } }] };
        const free: SimVm = { weight: 256, cap: 0, vcpus: [{ guest: { kind: 'hog' } }] };
        const vms = [capped, ...Array.from({ length: hogs }, () => free)];
        const durationNs = 10e9;
        const { vcpus } = simulate({ pcpuCount: hogs + 1, vms, durationNs });
        assert.ok(vcpus[0].cpuNs <= (durationNs * cap) / 100 + 2 * 30e6, `${vcpus[0].cpuNs} at cap ${cap}`);
      }),
      { numRuns: 40 },
    );
  });
});

function watched(options: SimOptions): { result: SimResult; invariants: Invariants } {
  const invariants = new Invariants();
  const result = simulate({ ...options, recorder: invariants });
  return { result, invariants };
}

function scenario(): fc.Arbitrary<SimOptions> {
  return fc.integer({ min: 1, max: 4 }).chain((pcpuCount) =>
    fc
      .record({
        pcpuCount: fc.constant(pcpuCount),
        vms: fc.array(someVm(pcpuCount), { minLength: 1, maxLength: 5 }),
        durationNs: fc.constant(DURATION_NS),
        jitterNs: fc.constantFrom(0, 0, 50_000, 3_000_000),
        seed: fc.nat(),
        scheduler: someScheduler(),
      })
      .chain((options) =>
        fc.array(someEvent(options.vms.length), { maxLength: 6 }).map((events) => ({ ...options, events })),
      ),
  );
}

function someScheduler(): fc.Arbitrary<NonNullable<SimOptions['scheduler']>> {
  return fc.record({
    tsliceNs: fc.constantFrom(1e6, 2e6, 10e6, 30e6),
    ratelimitNs: fc.constantFrom(0, 100_000, 1e6),
    lbRatelimitNs: fc.constantFrom(0, 1e6),
    migrationDelayNs: fc.constantFrom(0, 0, 500_000),
    acctPhaseNs: fc.nat(30e6),
  });
}

function someVm(pcpuCount: number): fc.Arbitrary<SimVm> {
  const pin = fc.uniqueArray(fc.nat(pcpuCount - 1), { minLength: 1, maxLength: pcpuCount });
  const vcpu = fc.record({ guest: someGuest(), pin }, { requiredKeys: ['guest'] });
  return fc.record({
    weight: fc.constantFrom(1, 256, 512, 65_535),
    cap: fc.constantFrom(0, 0, 5, 25, 120),
    startNs: fc.constantFrom(0, 0, 30e6, 77_777_777),
    vcpus: fc.array(vcpu, { minLength: 1, maxLength: 3 }),
  });
}

function someGuest(): fc.Arbitrary<GuestSpec> {
  const timeNs = fc.oneof(
    fc.integer({ min: 1, max: 200_000 }).map((us) => us * 1000),
    fc.constant(10e6),
  );
  const count = fc.integer({ min: 1, max: 20 });
  return fc.oneof(
    fc.constant({ kind: 'hog' as const }),
    fc.record({ kind: fc.constant('finite' as const), workNs: timeNs }),
    fc.record(
      { kind: fc.constant('io' as const), runNs: timeNs, sleepNs: timeNs, count },
      { requiredKeys: ['kind', 'runNs', 'sleepNs'] },
    ),
    fc.record(
      { kind: fc.constant('periodic' as const), runNs: timeNs, periodNs: timeNs, count },
      { requiredKeys: ['kind', 'runNs', 'periodNs'] },
    ),
    fc.record(
      { kind: fc.constant('yield' as const), runNs: timeNs.map((ns) => ns + 100_000), count },
      { requiredKeys: ['kind', 'runNs'] },
    ),
  );
}

function someEvent(vmCount: number): fc.Arbitrary<ScriptedEvent> {
  const atNs = fc.oneof(fc.nat(DURATION_NS), fc.constant(60e6));
  const vm = fc.nat(vmCount - 1);
  return fc.oneof(
    fc.record({ atNs, vm, kind: fc.constantFrom('pause' as const, 'unpause' as const) }),
    fc.record({
      atNs,
      vm,
      kind: fc.constant('set' as const),
      weight: fc.constantFrom(1, 300, 65_535),
      cap: fc.constantFrom(0, 30),
    }),
    fc.record({ atNs, kind: fc.constant('tune' as const), ratelimitNs: fc.constantFrom(0, 300_000) }),
  );
}
