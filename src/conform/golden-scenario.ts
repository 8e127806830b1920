import type { ScriptedEvent } from '../machine/agenda.ts';
import type { GuestSpec } from '../sim/guest.ts';
import type { SimOptions } from '../sim/simulate.ts';
import { LabError } from '../base/errors.ts';
import { GOLDEN_POLICY_TYPE } from './golden-records.ts';
import type { GoldenEvent, GoldenScenario, GoldenVcpu } from './golden-schema.ts';

/** Golden files give ms with a fraction; the nearest whole ns is meant. */
function ns(ms: number | undefined): number {
  return Math.round((ms ?? NaN) * 1e6);
}

/** The simulation that a golden file describes. @throws LabError BAD_FILE */
export function goldenSimulation(scenario: GoldenScenario): SimOptions {
  const { params } = scenario;
  return {
    pcpuCount: scenario.pcpus,
    vms: scenario.vms.map((vm) => ({
      weight: vm.weight,
      cap: vm.cap,
      startNs: ns(vm.start_ms ?? 0),
      vcpus: vm.vcpus.map((vcpu) => ({
        guest: guestOf(vcpu),
        ...(vcpu.pin === undefined ? {} : { pin: vcpu.pin }),
      })),
    })),
    events: scenario.events.map((event) => eventOf(event, scenario)),
    durationNs: ns(scenario.duration_ms),
    stopWhenDone: (params.stop_when_done ?? 0) !== 0,
    sampleNs: ns(params.sample_ms ?? 1000),
    scheduler: {
      type: GOLDEN_POLICY_TYPE,
      parameters: {
        ...optional('tsliceNs', params.tslice_ms, 1e6),
        ...optional('ratelimitNs', params.ratelimit_us, 1e3),
        ...optional('lbRatelimitNs', params.lb_ratelimit_us, 1e3),
        ...optional('migrationDelayNs', params.migr_delay_us, 1e3),
        ...optional('acctPhaseNs', params.acct_phase_us, 1e3),
        ...optional('tickPhaseNs', params.tick_phase_us, 1e3),
        ...optional('bootNs', params.start_ms, 1e6),
      },
    },
  };
}

/** Names of all vCPUs in order: `A.0`. */
export function vcpuNames(scenario: GoldenScenario): string[] {
  return scenario.vms.flatMap((vm) => vm.vcpus.map((_, index) => `${vm.name}.${index}`));
}

function optional<Key extends string>(
  key: Key,
  value: number | undefined,
  unitNs: number,
): Partial<Record<Key, number>> {
  if (value === undefined) return {};
  return { [key]: Math.round(value * unitNs) } as Record<Key, number>;
}

function guestOf(vcpu: GoldenVcpu): GuestSpec {
  const count = vcpu.count === undefined ? {} : { count: vcpu.count };
  switch (vcpu.type) {
    case 'hog':
      return { kind: 'hog' };
    case 'finite':
      return { kind: 'finite', workNs: ns(vcpu.work_ms) };
    case 'io':
      return { kind: 'io', runNs: ns(vcpu.run_ms), sleepNs: ns(vcpu.sleep_ms), ...count };
    case 'periodic':
      return { kind: 'periodic', runNs: ns(vcpu.run_ms), periodNs: ns(vcpu.period_ms), ...count };
    case 'yield':
      return { kind: 'yield', runNs: ns(vcpu.run_ms), ...count };
  }
}

function eventOf(event: GoldenEvent, scenario: GoldenScenario): ScriptedEvent {
  const atNs = ns(event.at_ms);
  if (event.global !== undefined) {
    return {
      atNs,
      kind: 'tune',
      parameters: {
        ...optional('tsliceNs', event.global.tslice_ms, 1e6),
        ...optional('ratelimitNs', event.global.ratelimit_us, 1e3),
        ...optional('migrationDelayNs', event.global.migr_delay_us, 1e3),
      },
    };
  }
  const vm = scenario.vms.findIndex(({ name }) => name === event.vm);
  if (vm < 0) {
    throw new LabError('BAD_FILE', `scenario ${scenario.name}: an event names an unknown VM`, {
      got: String(event.vm),
    });
  }
  if (event.action !== undefined) return { atNs, kind: event.action, vm };
  return {
    atNs,
    kind: 'set',
    vm,
    parameters: { ...optional('weight', event.weight, 1), ...optional('cap', event.cap, 1) },
  };
}
