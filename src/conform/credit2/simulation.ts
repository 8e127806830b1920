import { ARRANGEMENTS } from '../../core/credit2/runqueues.ts';
import { credit2Type } from '../../core/credit2/type.ts';
import type { Topology } from '../../core/topology.ts';
import type { ScriptedEvent } from '../../machine/agenda.ts';
import type { SimOptions } from '../../sim/simulate.ts';
import { commonSimulation, commonVm, ns, optional, vmOf } from '../common-scenario.ts';
import type { Credit2Event, Credit2Params, Credit2Scenario } from './schema.ts';

/** The simulation that a golden file describes. @throws LabError BAD_FILE */
export function simulationOf(scenario: Credit2Scenario): SimOptions {
  const { params } = scenario;
  return {
    ...commonSimulation(scenario),
    topology: topologyOf(scenario.pcpus, params),
    vms: scenario.vms.map((vm) => ({ weight: vm.weight, cap: vm.cap, ...commonVm(vm) })),
    events: scenario.events.map((event) => eventOf(event, scenario)),
    scheduler: {
      type: credit2Type.type,
      parameters: {
        runqueue: ARRANGEMENTS.indexOf(params.runqueue ?? 'all'),
        ...optional('ratelimitNs', params.ratelimit_us, 1e3),
        ...optional('migrateResistNs', params.migrate_resist_us, 1e3),
        ...optional('capPeriodNs', params.cap_period_ms, 1e6),
        ...optional('bootNs', params.start_ms, 1e6),
      },
    },
  };
}

/** Of so many pCPUs; the last socket may have fewer than the others. */
export function topologyOf(
  pcpus: number,
  { cores_per_socket = 1, threads_per_core = 1 }: Credit2Params,
): Topology {
  const numbers = Array.from({ length: pcpus }, (_, pcpu) => pcpu);
  return {
    cores: numbers.map((pcpu) => Math.floor(pcpu / threads_per_core)),
    sockets: numbers.map((pcpu) => Math.floor(pcpu / (threads_per_core * cores_per_socket))),
  };
}

function eventOf(event: Credit2Event, scenario: Credit2Scenario): ScriptedEvent {
  const atNs = ns(event.at_ms);
  if (event.global !== undefined)
    return { atNs, kind: 'tune', parameters: optional('ratelimitNs', event.global.ratelimit_us, 1e3) };
  const vm = vmOf(event, scenario);
  if (event.action !== undefined) return { atNs, kind: event.action, vm };
  return {
    atNs,
    kind: 'set',
    vm,
    parameters: { ...optional('weight', event.weight, 1), ...optional('cap', event.cap, 1) },
  };
}
