/** Golden scenarios of SEDF as simulations, and the reverse. */
import { requestOf, BEST_EFFORT } from '../../core/sedf/parameters.ts';
import { sedfType } from '../../core/sedf/type.ts';
import type { ParameterValues } from '../../core/policy.ts';
import type { ScriptedEvent } from '../../machine/agenda.ts';
import type { SimOptions } from '../../sim/simulate.ts';
import {
  commonParams,
  commonScenario,
  commonSimulation,
  commonVm,
  commonVmFields,
  ns,
  optional,
  refuseEvent,
  vmOf,
} from '../common-scenario.ts';
import type { SedfEvent, SedfScenario } from './schema.ts';

/** Requests as they are, and a run that ends with the `finite` vCPUs. @throws LabError BAD_FILE */
export function simulationOf(scenario: SedfScenario): SimOptions {
  const common = commonSimulation(scenario);
  return {
    ...common,
    stopWhenDone: common.stopWhenDone === true ? 'finite' : false,
    vms: scenario.vms.map((vm) => ({ parameters: parametersOf(vm), ...commonVm(vm) })),
    events: scenario.events.map((event) => eventOf(event, scenario)),
    scheduler: { type: sedfType.type, parameters: { rawRequests: 1 } },
  };
}

/** @throws LabError BAD_SCENARIO for what files can't tell */
export function scenarioOf(name: string, vmNames: readonly string[], options: SimOptions): SedfScenario {
  const isCounted = options.vms.some(({ vcpus }) => vcpus.some(({ guest }) => 'count' in guest));
  return {
    ...commonScenario(name, options),
    vms: options.vms.map((vm, index) => ({
      name: vmNames[index],
      ...fieldsOf(requestOf(BEST_EFFORT, givenTo(vm))),
      ...commonVmFields(vm),
    })),
    events: (options.events ?? []).map((event) => writtenEvent(event, vmNames)),
    // In files such a run ends with the last one that is done of those with work, not with a number of bursts.
    params: commonParams({ ...options, stopWhenDone: options.stopWhenDone !== false && !isCounted }),
  };
}

type Fields = Pick<SedfEvent, 'period_ms' | 'slice_ms' | 'latency_ms' | 'extratime' | 'weight'>;

function givenTo({ weight, parameters }: SimOptions['vms'][number]): ParameterValues {
  return { ...(weight !== undefined && { weight }), ...parameters };
}

/** Of `extratime` only the lowest bit counts. */
function parametersOf({ period_ms, slice_ms, latency_ms, extratime, weight }: Fields): ParameterValues {
  return {
    ...optional('periodNs', period_ms, 1e6),
    ...optional('sliceNs', slice_ms, 1e6),
    ...optional('latencyNs', latency_ms, 1e6),
    ...optional('extratime', extratime === undefined ? undefined : extratime & 1, 1),
    ...optional('weight', weight, 1),
  };
}

function fieldsOf({ periodNs, sliceNs, latencyNs, extratime, weight }: ParameterValues): Fields {
  return {
    ...(periodNs !== undefined && { period_ms: periodNs / 1e6 }),
    ...(sliceNs !== undefined && { slice_ms: sliceNs / 1e6 }),
    ...(latencyNs !== undefined && { latency_ms: latencyNs / 1e6 }),
    ...(extratime !== undefined && { extratime }),
    ...(weight !== undefined && { weight }),
  };
}

function eventOf(event: SedfEvent, scenario: SedfScenario): ScriptedEvent {
  const atNs = ns(event.at_ms);
  const vm = vmOf(event, scenario);
  if (event.action !== undefined) return { atNs, kind: event.action, vm };
  return { atNs, kind: 'set', vm, parameters: parametersOf(event) };
}

function writtenEvent(event: ScriptedEvent, vmNames: readonly string[]): SedfEvent {
  const at_ms = event.atNs / 1e6;
  switch (event.kind) {
    case 'set':
      return { at_ms, vm: vmNames[event.vm], ...fieldsOf(event.parameters) };
    case 'pause':
    case 'unpause':
      return { at_ms, vm: vmNames[event.vm], action: event.kind };
    case 'destroy':
    case 'pin':
    case 'tune':
      return refuseEvent(event, 'changes of period, slice, latency, extratime or weight, pause, unpause');
  }
}
