import { sliceNsOf } from '../policies.ts';
import { latencyOf } from '../sim/latency-model.ts';
import type { SimOptions, SimResult } from '../sim/simulate.ts';
import { simulate } from '../sim/simulate.ts';
import type { GoldenFile, GoldenResult, GoldenScenario, VmBands, VmQuantities } from './golden-schema.ts';
import { GoldenRecorder } from './golden-recorder.ts';
import { vcpuNames } from './golden-scenario.ts';
import { goldenScenarioOf } from './golden-scenario-of.ts';
import { vmQuantities } from './shares.ts';

const SAMPLE_NS = 1e9;
/** A run that ends with its work gets a duration that is beyond it. */
const SPARE_NS = 1e9;

/** Bands come from that many variants of the run: each has another phase of accounting, and jitter. */
const VARIANTS = 8;
const VARIANT_JITTER_NS = 50_000;

export interface GoldenOptions {
  /** the scenario's */
  readonly name: string;
  readonly vmNames: readonly string[];
  /** without jitter or topology, which golden files can't tell */
  readonly simulation: SimOptions;
  /** the trace ends there, or with the run; may be Infinity */
  readonly traceUntilNs: number;
  /** told what came of the simulation before anything is put; what it throws is thrown */
  readonly check?: (result: SimResult) => void;
}

/**
 * Write a simulation as a golden file. Each record is put while the simulation is under way, and forgotten: what is
 * held in memory doesn't grow with the trace, only by the sample that golden files have for each second.
 * @param put takes the text of the file piece by piece
 */
export function writeGolden(options: GoldenOptions, put: (text: string) => void): void {
  const { name, vmNames, simulation } = options;
  // The scenario comes first in the file, and it says when the run ends.
  const rehearsed = simulate(simulation);
  options.check?.(rehearsed);
  const { end, endNs } = rehearsed;
  const scenario = goldenScenarioOf(name, vmNames, {
    ...simulation,
    durationNs: end === 'done' ? Math.ceil((endNs + SPARE_NS) / SPARE_NS) * SPARE_NS : endNs,
    stopWhenDone: end === 'done',
  });
  const untilNs = Math.min(options.traceUntilNs, endNs);
  put(`{"scenario":${JSON.stringify(scenario)},"trace_until_ns":${String(untilNs)},"trace":[`);
  let separator = '';
  const recorder = new GoldenRecorder({
    vcpuNames: vcpuNames(scenario),
    vmNames,
    untilNs,
    put: (record) => {
      put(separator + JSON.stringify(record));
      separator = ',';
    },
  });
  const result = simulate({ ...simulation, sampleNs: SAMPLE_NS, recorder });
  const band = bandsOf(scenario, [
    vmQuantities(scenario, result),
    ...variantsOf(simulation).map((variant) => vmQuantities(scenario, simulate(variant))),
  ]);
  put(`],"result":${JSON.stringify(resultOf(scenario, result))},"band":${JSON.stringify(band)}}\n`);
}

function resultOf(scenario: GoldenScenario, result: SimResult): GoldenResult {
  const names = vcpuNames(scenario);
  return {
    end_ns: result.endNs,
    vcpus: result.vcpus.map((vcpu, index) => ({
      name: names[index],
      cpu_ns: vcpu.cpuNs,
      done_ns: vcpu.doneNs,
      dispatches: vcpu.dispatches,
      boosts: vcpu.counters.boosts,
      wakes: vcpu.wakes,
    })),
    vms: Object.fromEntries([...vmQuantities(scenario, result)].map(([vm, all]) => [vm, rounded(all)])),
    samples_cum_cpu_ns: result.samples,
  };
}

function variantsOf(simulation: SimOptions): SimOptions[] {
  const { scheduler = {} } = simulation;
  const { acctPhaseNs = 0 } = scheduler.parameters ?? {};
  const sliceNs = sliceNsOf(scheduler) ?? 0;
  return Array.from({ length: VARIANTS }, (_, i) => ({
    ...simulation,
    sampleNs: SAMPLE_NS,
    latency: latencyOf({ kind: 'uniform', maxNs: VARIANT_JITTER_NS }, i + 1),
    // As on a machine that re-arms its timers from when they fire.
    instants: 'late',
    scheduler: {
      ...scheduler,
      parameters: {
        ...scheduler.parameters,
        acctPhaseNs: acctPhaseNs + Math.floor((i * sliceNs) / VARIANTS),
      },
    },
  }));
}

/** Least and greatest of what may vary; the CPU time itself follows from the shares. @param runs quantities by VM */
function bandsOf(
  scenario: GoldenScenario,
  runs: readonly ReadonlyMap<string, VmQuantities>[],
): GoldenFile['band'] {
  return Object.fromEntries(
    scenario.vms.map(({ name }) => {
      const bandOf = (key: keyof VmBands): VmBands => {
        if (runs[0].get(name)?.[key] === undefined) return {};
        const values = runs.flatMap((byVm) => byVm.get(name)?.[key] ?? []);
        return { [key]: [round(Math.min(...values)), round(Math.max(...values))] };
      };
      return [
        name,
        { ...bandOf('pct_of_one_pcpu'), ...bandOf('steady_pct_of_one_pcpu'), ...bandOf('done_ms') },
      ];
    }),
  );
}

function rounded(quantities: VmQuantities): VmQuantities {
  return Object.fromEntries(Object.entries(quantities).map(([key, value]) => [key, round(value)]));
}

/** To the three decimals of golden files. */
function round(value: number): number {
  return Math.round(value * 1000) / 1000;
}
