import type { ScriptedEvent } from '../../machine/agenda.ts';
import { creditType } from '../../core/credit1/type.ts';
import type { SimOptions } from '../../sim/simulate.ts';
import { commonSimulation, commonVm, ns, optional, vmOf } from '../common-scenario.ts';
import type { CreditEvent, CreditScenario } from './schema.ts';

/** The simulation that a golden file describes. @throws LabError BAD_FILE */
export function simulationOf(scenario: CreditScenario): SimOptions {
  const { params } = scenario;
  return {
    ...commonSimulation(scenario),
    vms: scenario.vms.map((vm) => ({ weight: vm.weight, cap: vm.cap, ...commonVm(vm) })),
    events: scenario.events.map((event) => eventOf(event, scenario)),
    scheduler: {
      type: creditType.type,
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

function eventOf(event: CreditEvent, scenario: CreditScenario): ScriptedEvent {
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
  const vm = vmOf(event, scenario);
  if (event.action !== undefined) return { atNs, kind: event.action, vm };
  return {
    atNs,
    kind: 'set',
    vm,
    parameters: { ...optional('weight', event.weight, 1), ...optional('cap', event.cap, 1) },
  };
}
