import { LabError } from '../base/errors.ts';
import type { ScriptedEvent } from '../machine/agenda.ts';
import { policyTypeOf } from '../policies.ts';
import type { GuestSpec } from '../sim/guest.ts';
import type { SimOptions, SimVcpu } from '../sim/simulate.ts';
import { GOLDEN_POLICY_TYPE } from './golden-records.ts';
import type { GoldenEvent, GoldenParam, GoldenScenario, GoldenVcpu } from './golden-schema.ts';

/**
 * A simulation as golden files write it: the reverse of `goldenSimulation()`.
 * @param options with a duration, without jitter or topology
 */
export function goldenScenarioOf(
  name: string,
  vmNames: readonly string[],
  options: SimOptions,
): GoldenScenario {
  return {
    name,
    pcpus: options.pcpuCount,
    duration_ms: (options.durationNs ?? NaN) / 1e6,
    vms: options.vms.map(({ weight, cap, startNs = 0, vcpus }, vm) => ({
      name: vmNames[vm],
      weight: weight ?? defaultOf('weight'),
      cap: cap ?? defaultOf('cap'),
      ...(startNs !== 0 && { start_ms: startNs / 1e6 }),
      vcpus: vcpus.map(vcpuOf),
    })),
    events: (options.events ?? []).map((event) => eventOf(event, vmNames)),
    params: paramsOf(options),
  };
}

function defaultOf(key: 'weight' | 'cap'): number {
  const { vmParameters } = policyTypeOf(GOLDEN_POLICY_TYPE);
  return vmParameters.find((parameter) => parameter.key === key)?.default ?? NaN;
}

function paramsOf({
  scheduler: { parameters = {} } = {},
  stopWhenDone,
  sampleNs,
}: SimOptions): GoldenScenario['params'] {
  const params: Partial<Record<GoldenParam, number>> = {};
  const put = (key: GoldenParam, ns: number | undefined, unitNs: number): void => {
    if (ns !== undefined) params[key] = ns / unitNs;
  };
  put('tslice_ms', parameters.tsliceNs, 1e6);
  put('ratelimit_us', parameters.ratelimitNs, 1e3);
  put('lb_ratelimit_us', parameters.lbRatelimitNs, 1e3);
  put('migr_delay_us', parameters.migrationDelayNs, 1e3);
  put('acct_phase_us', parameters.acctPhaseNs, 1e3);
  put('tick_phase_us', parameters.tickPhaseNs, 1e3);
  put('start_ms', parameters.bootNs, 1e6);
  put('sample_ms', sampleNs, 1e6);
  if (stopWhenDone === true) params.stop_when_done = 1;
  return params;
}

function vcpuOf({ guest, pin }: SimVcpu): GoldenVcpu {
  return { ...guestFields(guest), ...(pin !== undefined && { pin }) };
}

function guestFields(guest: GuestSpec): GoldenVcpu {
  const count = 'count' in guest && guest.count !== undefined ? { count: guest.count } : {};
  switch (guest.kind) {
    case 'hog':
      return { type: 'hog' };
    case 'finite':
      return { type: 'finite', work_ms: guest.workNs / 1e6 };
    case 'io':
      return { type: 'io', run_ms: guest.runNs / 1e6, sleep_ms: guest.sleepNs / 1e6, ...count };
    case 'periodic':
      return { type: 'periodic', run_ms: guest.runNs / 1e6, period_ms: guest.periodNs / 1e6, ...count };
    case 'yield':
      return { type: 'yield', run_ms: guest.runNs / 1e6, ...count };
  }
}

function eventOf(event: ScriptedEvent, vmNames: readonly string[]): GoldenEvent {
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
      throw new LabError('BAD_SCENARIO', `golden files have no event '${event.kind}'`, {
        expected: 'changes of weight, cap or the scheduler, pause, unpause',
        hint: 'leave the event out; `--trace` records such a simulation',
      });
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
