/** Golden scenarios of RTDS as simulations, and the reverse. */
import { completed } from '../../core/parameters.ts';
import { rtdsType } from '../../core/rtds/type.ts';
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
import type { RtdsEvent, RtdsScenario } from './schema.ts';

/** @throws LabError BAD_FILE */
export function simulationOf(scenario: RtdsScenario): SimOptions {
  return {
    ...commonSimulation(scenario),
    vms: scenario.vms.map((vm) => ({ parameters: parametersOf(vm), ...commonVm(vm) })),
    events: scenario.events.map((event) => eventOf(event, scenario)),
    scheduler: { type: rtdsType.type, parameters: optional('bootNs', scenario.params.start_ms, 1e6) },
  };
}

/** @throws LabError BAD_SCENARIO for what files can't tell */
export function scenarioOf(name: string, vmNames: readonly string[], options: SimOptions): RtdsScenario {
  const { scheduler: { parameters = {} } = {} } = options;
  return {
    ...commonScenario(name, options),
    vms: options.vms.map((vm, index) => ({
      name: vmNames[index],
      ...fieldsOf(completed(rtdsType.vmParameters, vm.parameters)),
      ...commonVmFields(vm),
    })),
    events: (options.events ?? []).map((event) => writtenEvent(event, vmNames)),
    params: {
      ...commonParams(options),
      ...(parameters.bootNs !== undefined && { start_ms: parameters.bootNs / 1e6 }),
    },
  };
}

type Parameters = Pick<RtdsEvent, 'period_us' | 'budget_us' | 'extratime'>;

function parametersOf({ period_us, budget_us, extratime }: Parameters): Record<string, number> {
  return {
    ...optional('periodNs', period_us, 1e3),
    ...optional('budgetNs', budget_us, 1e3),
    ...optional('extratime', extratime === undefined ? undefined : Number(extratime), 1),
  };
}

function fieldsOf({ periodNs, budgetNs, extratime }: Record<string, number>): Required<Parameters> {
  return { period_us: periodNs / 1e3, budget_us: budgetNs / 1e3, extratime: extratime === 1 };
}

function eventOf(event: RtdsEvent, scenario: RtdsScenario): ScriptedEvent {
  const atNs = ns(event.at_ms);
  const vm = vmOf(event, scenario);
  if (event.action !== undefined) return { atNs, kind: event.action, vm };
  return { atNs, kind: 'set', vm, parameters: parametersOf(event) };
}

function writtenEvent(event: ScriptedEvent, vmNames: readonly string[]): RtdsEvent {
  const at_ms = event.atNs / 1e6;
  switch (event.kind) {
    case 'set': {
      const { periodNs, budgetNs, extratime } = event.parameters;
      return {
        at_ms,
        vm: vmNames[event.vm],
        ...(periodNs !== undefined && { period_us: periodNs / 1e3 }),
        ...(budgetNs !== undefined && { budget_us: budgetNs / 1e3 }),
        ...(extratime !== undefined && { extratime: extratime === 1 }),
      };
    }
    case 'pause':
    case 'unpause':
      return { at_ms, vm: vmNames[event.vm], action: event.kind };
    case 'destroy':
    case 'pin':
    case 'tune':
      return refuseEvent(event, 'changes of period, budget or extratime, pause, unpause');
  }
}
