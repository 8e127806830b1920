import fc from 'fast-check';
import { flatTopology, type Topology } from '../../src/core/topology.ts';
import type { ScriptedEvent } from '../../src/machine/agenda.ts';
import type { GuestSpec } from '../../src/sim/guest.ts';
import type { SimOptions, SimVcpu, SimVm } from '../../src/sim/simulate.ts';

export const DURATION_NS = 700e6;

export const hog: SimVcpu = { guest: { kind: 'hog' } };

/** An uncapped VM of hogs. */
export function hogs(weight: number, vcpus = 1, cap = 0): SimVm {
  return { weight, cap, vcpus: Array.from({ length: vcpus }, () => hog) };
}

/** Any machine, with VMs, loads and events of all kinds. */
export function scenario(): fc.Arbitrary<SimOptions> {
  return fc.integer({ min: 1, max: 6 }).chain((pcpuCount) =>
    fc
      .record({
        pcpuCount: fc.constant(pcpuCount),
        vms: fc.array(someVm(pcpuCount), { minLength: 1, maxLength: 5 }),
        durationNs: fc.constant(DURATION_NS),
        jitterNs: fc.constantFrom(0, 0, 50_000, 3_000_000),
        seed: fc.nat(),
        topology: fc.oneof(fc.constant(flatTopology(pcpuCount)), someTopology(pcpuCount)),
        scheduler: someScheduler(),
      })
      .chain((options) =>
        fc.array(someEvent(options.vms.length), { maxLength: 6 }).map((events) => ({ ...options, events })),
      ),
  );
}

/** Any division into cores and sockets, regular or not: the lab's pCPUs may be any part of a machine. */
export function someTopology(pcpuCount: number): fc.Arbitrary<Topology> {
  const perPcpu = { minLength: pcpuCount, maxLength: pcpuCount };
  const cores = fc.array(fc.nat(pcpuCount - 1), perPcpu);
  return fc.tuple(cores, fc.array(fc.nat(2), perPcpu)).map(([coreOf, socketOf]) => ({
    cores: coreOf,
    sockets: coreOf.map((core) => socketOf[core]),
  }));
}

function someScheduler(): fc.Arbitrary<NonNullable<SimOptions['scheduler']>> {
  const parameters = fc.record({
    tsliceNs: fc.constantFrom(1e6, 2e6, 10e6, 30e6),
    ratelimitNs: fc.constantFrom(0, 100_000, 1e6),
    lbRatelimitNs: fc.constantFrom(0, 1e6),
    migrationDelayNs: fc.constantFrom(0, 0, 500_000),
    acctPhaseNs: fc.nat(30e6),
    tickPhaseNs: fc.constantFrom(0, 0, 1_234_567, 500e6),
  });
  return fc.record({ type: fc.constant('credit'), parameters });
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

export function someGuest(): fc.Arbitrary<GuestSpec> {
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
      parameters: fc.record({ weight: fc.constantFrom(1, 300, 65_535), cap: fc.constantFrom(0, 30) }),
    }),
    fc.record({
      atNs,
      kind: fc.constant('tune' as const),
      parameters: fc.record({ ratelimitNs: fc.constantFrom(0, 300_000) }),
    }),
  );
}
