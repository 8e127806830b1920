import { LabError } from '../../base/errors.ts';
import { ARRANGEMENTS } from '../../core/credit2/runqueues.ts';
import { credit2Type } from '../../core/credit2/type.ts';
import { completed } from '../../core/parameters.ts';
import { flatTopology, type Topology } from '../../core/topology.ts';
import type { ScriptedEvent } from '../../machine/agenda.ts';
import type { SimOptions } from '../../sim/simulate.ts';
import { commonParams, commonScenario, commonVmFields, refuseEvent } from '../common-scenario.ts';
import type { Credit2Event, Credit2Params, Credit2Scenario } from './schema.ts';
import { topologyOf } from './simulation.ts';

/** A simulation as golden files write it: the reverse of `simulationOf()`. */
export function scenarioOf(
  name: string,
  vmNames: readonly string[],
  { topology, ...options }: SimOptions,
): Credit2Scenario {
  const defaults = completed(credit2Type.vmParameters);
  return {
    ...commonScenario(name, options),
    vms: options.vms.map((vm, index) => ({
      name: vmNames[index],
      weight: vm.weight ?? defaults.weight,
      cap: vm.cap ?? defaults.cap,
      ...commonVmFields(vm),
    })),
    events: (options.events ?? []).map((event) => eventOf(event, vmNames)),
    params: {
      ...schedulerParams(options),
      ...topologyParams(topology ?? flatTopology(options.pcpuCount)),
      ...commonParams(options),
    },
  };
}

/** Charging wall time isn't told: in virtual time it makes no difference. */
function schedulerParams({ scheduler: { parameters } = {} }: SimOptions): Credit2Params {
  const all = completed(credit2Type.parameters, parameters);
  return {
    runqueue: ARRANGEMENTS[all.runqueue],
    ratelimit_us: all.ratelimitNs / 1e3,
    migrate_resist_us: all.migrateResistNs / 1e3,
    cap_period_ms: all.capPeriodNs / 1e6,
    start_ms: all.bootNs / 1e6,
  };
}

/** @throws LabError BAD_SCENARIO for cores or sockets that aren't all alike */
function topologyParams(topology: Topology): Pick<Credit2Params, 'cores_per_socket' | 'threads_per_core'> {
  const { cores, sockets } = topology;
  const threads = cores.filter((core) => core === cores[0]).length;
  const ofSocket = sockets.filter((socket) => socket === sockets[0]).length;
  const params = { cores_per_socket: ofSocket / threads, threads_per_core: threads };
  const told = topologyOf(cores.length, params);
  const isWhole = cores.length % threads === 0;
  if (isWhole && isSame(told.cores, cores) && isSame(told.sockets, sockets)) return params;
  throw new LabError('BAD_SCENARIO', "golden files can't tell this topology", {
    expected: 'sockets with as many cores each, and cores with as many threads, in the order of the pCPUs',
  });
}

/** Whether pCPUs that share a number here share one there, whatever numbers these are. */
function isSame(one: readonly number[], other: readonly number[]): boolean {
  const ranks = (numbers: readonly number[]): number[] => {
    const known = [...new Set(numbers)];
    return numbers.map((number) => known.indexOf(number));
  };
  return ranks(one).join() === ranks(other).join();
}

function eventOf(event: ScriptedEvent, vmNames: readonly string[]): Credit2Event {
  const at_ms = event.atNs / 1e6;
  switch (event.kind) {
    case 'set': {
      const { weight, cap } = event.parameters;
      return {
        at_ms,
        vm: vmNames[event.vm],
        ...(weight !== undefined && { weight }),
        ...(cap !== undefined && { cap }),
      };
    }
    case 'destroy':
    case 'pin':
      return refuseEvent(event, 'changes of weight, cap or the rate limit, pause, unpause');
    case 'pause':
    case 'unpause':
      return { at_ms, vm: vmNames[event.vm], action: event.kind };
    case 'tune':
      return { at_ms, global: { ratelimit_us: (event.parameters.ratelimitNs ?? NaN) / 1e3 } };
  }
}
