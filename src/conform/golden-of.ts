import type { ScriptedEvent } from '../machine/agenda.ts';
import { DEFAULT_TSLICE_NS } from '../core/constants.ts';
import type { GuestSpec } from '../sim/guest.ts';
import type { SimOptions, SimResult, SimVcpu } from '../sim/simulate.ts';
import { simulate } from '../sim/simulate.ts';
import type { GoldenEvent, GoldenFile, GoldenParam, GoldenScenario, GoldenVcpu } from './golden-file.ts';
import { GoldenRecorder } from './golden-recorder.ts';
import { vcpuNames } from './golden-scenario.ts';
import { vmQuantities } from './shares.ts';

const SAMPLE_NS = 1e9;
/** Golden files hold the trace of the first seconds. */
const TRACE_NS = 5e9;
/** A run that ends with its work gets a duration that is beyond it. */
const SPARE_NS = 1e9;

/** Bands come from that many variants of the run: each has another phase of accounting, and jitter. */
const VARIANTS = 8;
const VARIANT_JITTER_NS = 50_000;

/** A simulation as a golden file: `simulationOf()` backwards. @param options without jitter */
export function goldenOf(name: string, vmNames: readonly string[], options: SimOptions): GoldenFile {
  const { end, endNs } = simulate(options);
  const scenario = goldenScenarioOf(name, vmNames, {
    ...options,
    durationNs: end === 'done' ? Math.ceil((endNs + SPARE_NS) / SPARE_NS) * SPARE_NS : endNs,
    stopWhenDone: end === 'done',
  });
  const names = vcpuNames(scenario);
  const recorder = new GoldenRecorder(names, vmNames, Math.min(TRACE_NS, endNs));
  const result = simulate({ ...options, sampleNs: SAMPLE_NS, recorder });
  return {
    scenario,
    trace_until_ns: Math.min(TRACE_NS, endNs),
    trace: recorder.records,
    result: {
      end_ns: result.endNs,
      vcpus: result.vcpus.map((vcpu, index) => ({
        name: names[index],
        cpu_ns: vcpu.cpuNs,
        done_ns: vcpu.doneNs,
        dispatches: vcpu.dispatches,
        boosts: vcpu.boosts,
        wakes: vcpu.wakes,
      })),
      vms: Object.fromEntries([...vmQuantities(scenario, result)].map(([vm, all]) => [vm, rounded(all)])),
      samples_cum_cpu_ns: result.samples,
    },
    band: bandsOf(scenario, [result, ...variantsOf(options)]),
  };
}

/** @param options with a duration */
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
      weight,
      cap,
      ...(startNs !== 0 && { start_ms: startNs / 1e6 }),
      vcpus: vcpus.map(vcpuOf),
    })),
    events: (options.events ?? []).map((event) => eventOf(event, vmNames)),
    params: paramsOf(options),
  };
}

function paramsOf({ scheduler = {}, stopWhenDone, sampleNs }: SimOptions): GoldenScenario['params'] {
  const params: Partial<Record<GoldenParam, number>> = {};
  const put = (key: GoldenParam, ns: number | undefined, unitNs: number): void => {
    if (ns !== undefined) params[key] = ns / unitNs;
  };
  put('tslice_ms', scheduler.tsliceNs, 1e6);
  put('ratelimit_us', scheduler.ratelimitNs, 1e3);
  put('lb_ratelimit_us', scheduler.lbRatelimitNs, 1e3);
  put('migr_delay_us', scheduler.migrationDelayNs, 1e3);
  put('acct_phase_us', scheduler.acctPhaseNs, 1e3);
  put('start_ms', scheduler.bootNs, 1e6);
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
      const { weight, cap } = event;
      return {
        at_ms,
        vm: vmNames[event.vm],
        ...(weight !== undefined && { weight }),
        ...(cap !== undefined && { cap }),
      };
    }
    case 'pause':
    case 'unpause':
      return { at_ms, vm: vmNames[event.vm], action: event.kind };
    case 'tune': {
      const { tsliceNs, ratelimitNs, migrationDelayNs } = event;
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

function variantsOf(options: SimOptions): SimResult[] {
  const { tsliceNs = DEFAULT_TSLICE_NS, acctPhaseNs = 0 } = options.scheduler ?? {};
  return Array.from({ length: VARIANTS }, (_, i) =>
    simulate({
      ...options,
      sampleNs: SAMPLE_NS,
      jitterNs: VARIANT_JITTER_NS,
      seed: i + 1,
      scheduler: {
        ...options.scheduler,
        acctPhaseNs: acctPhaseNs + Math.floor((i * tsliceNs) / VARIANTS),
      },
    }),
  );
}

/** Least and greatest of what may vary; the CPU time itself follows from the shares. */
function bandsOf(scenario: GoldenScenario, results: readonly SimResult[]): GoldenFile['band'] {
  const all = results.map((result) => vmQuantities(scenario, result));
  return Object.fromEntries(
    scenario.vms.map(({ name }) => {
      const known = Object.keys(all[0].get(name) ?? {}).filter(
        (key) => key !== 'cpu_ns' && key !== 'pct_of_used',
      );
      const bands = known.map((key) => {
        const values = all.flatMap((byVm) => byVm.get(name)?.[key] ?? []);
        return [key, [round(Math.min(...values)), round(Math.max(...values))]] as const;
      });
      return [name, Object.fromEntries(bands)];
    }),
  );
}

function rounded(quantities: Readonly<Record<string, number>>): Record<string, number> {
  return Object.fromEntries(Object.entries(quantities).map(([key, value]) => [key, round(value)]));
}

/** To the three decimals of golden files. */
function round(value: number): number {
  return Math.round(value * 1000) / 1000;
}
