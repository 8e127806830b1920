import { creditType } from '../../core/credit1/type.ts';
import { completed } from '../../core/parameters.ts';
import type { ScriptedEvent } from '../../machine/agenda.ts';
import type { SimOptions } from '../../sim/simulate.ts';
import { commonParams, commonScenario, commonVmFields, refuseEvent } from '../common-scenario.ts';
import type { CreditEvent, CreditParams, CreditScenario } from './schema.ts';

/** A simulation as golden files write it: the reverse of `simulationOf()`. */
export function scenarioOf(name: string, vmNames: readonly string[], options: SimOptions): CreditScenario {
  const defaults = completed(creditType.vmParameters);
  return {
    ...commonScenario(name, options),
    vms: options.vms.map((vm, index) => ({
      name: vmNames[index],
      weight: vm.weight ?? defaults.weight,
      cap: vm.cap ?? defaults.cap,
      ...commonVmFields(vm),
    })),
    events: (options.events ?? []).map((event) => eventOf(event, vmNames)),
    params: paramsOf(options),
  };
}

function paramsOf(options: SimOptions): CreditParams {
  const { scheduler: { parameters = {} } = {} } = options;
  const params: { -readonly [Key in keyof CreditParams]: CreditParams[Key] } = {};
  const put = (key: keyof CreditParams, ns: number | undefined, unitNs: number): void => {
    if (ns !== undefined) params[key] = ns / unitNs;
  };
  put('tslice_ms', parameters.tsliceNs, 1e6);
  put('ratelimit_us', parameters.ratelimitNs, 1e3);
  put('lb_ratelimit_us', parameters.lbRatelimitNs, 1e3);
  put('migr_delay_us', parameters.migrationDelayNs, 1e3);
  put('acct_phase_us', parameters.acctPhaseNs, 1e3);
  put('tick_phase_us', parameters.tickPhaseNs, 1e3);
  put('start_ms', parameters.bootNs, 1e6);
  return { ...params, ...commonParams(options) };
}

function eventOf(event: ScriptedEvent, vmNames: readonly string[]): CreditEvent {
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
      return refuseEvent(event, 'changes of weight, cap or the scheduler, pause, unpause');
    case 'pause':
    case 'unpause':
      return { at_ms, vm: vmNames[event.vm], action: event.kind };
    case 'tune': {
      const { tsliceNs, ratelimitNs, migrationDelayNs } = event.parameters;
      return {
        at_ms,
        global: {
          ...(tsliceNs !== undefined && { tslice_ms: tsliceNs / 1e6 }),
          ...(ratelimitNs !== undefined && { ratelimit_us: ratelimitNs / 1e3 }),
          ...(migrationDelayNs !== undefined && { migr_delay_us: migrationDelayNs / 1e3 }),
        },
      };
    }
  }
}
