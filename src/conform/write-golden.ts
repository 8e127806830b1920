import { LabError } from '../base/errors.ts';
import { DEFAULT_POLICY_TYPE } from '../policies.ts';
import type { SimOptions, SimResult } from '../sim/simulate.ts';
import { simulate } from '../sim/simulate.ts';
import { vcpuNames } from './common-scenario.ts';
import type { GoldenDialect } from './dialect.ts';
import { dialectOf, dialectTypes } from './dialects.ts';
import type { GoldenRecord } from './golden-records.ts';
import type { GoldenBands, GoldenResult, GoldenScenario } from './golden-schema.ts';
import { rounded, roundedResult } from './rounding.ts';

const SAMPLE_NS = 1e9;
/** A run that ends with its work gets a duration that is beyond it. */
const SPARE_NS = 1e9;

export interface GoldenOptions {
  /** the scenario's */
  readonly name: string;
  readonly vmNames: readonly string[];
  /** without jitter, which golden files can't tell */
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
 * @throws LabError for a scenario that golden files can't tell
 */
export function writeGolden(options: GoldenOptions, put: (text: string) => void): void {
  const { name, vmNames, simulation } = options;
  const dialect = requireDialect(simulation.scheduler?.type ?? DEFAULT_POLICY_TYPE);
  // The scenario comes first in the file, and it says when the run ends.
  const rehearsed = simulate(simulation);
  options.check?.(rehearsed);
  const { end, endNs } = rehearsed;
  const scenario = dialect.scenarioOf(name, vmNames, {
    ...simulation,
    durationNs: end === 'done' ? Math.ceil((endNs + SPARE_NS) / SPARE_NS) * SPARE_NS : endNs,
    stopWhenDone: end === 'done',
  });
  const untilNs = Math.min(options.traceUntilNs, endNs);
  put(`{${policyText(dialect)}"scenario":${JSON.stringify(scenario)},`);
  put(`"trace_until_ns":${String(untilNs)},"trace":[`);
  let separator = '';
  const tell = (record: GoldenRecord): void => {
    put(separator + JSON.stringify(record));
    separator = ',';
  };
  // What the file says is run, so that it conforms with itself.
  const told = { ...dialect.simulationOf(scenario), sampleNs: SAMPLE_NS };
  const figures = run(dialect, scenario, told, untilNs, tell);
  put(`],"result":${JSON.stringify(roundedResult(figures, dialect.decimals))}`);
  const variants = dialect
    .variantsOf({ ...simulation, sampleNs: SAMPLE_NS })
    .map((variant) => run(dialect, scenario, variant, -1, () => undefined));
  if (variants.length > 0) put(`,"band":${JSON.stringify(bandsOf(dialect, [figures, ...variants]))}`);
  put('}\n');
}

/** @throws LabError BAD_SCENARIO for a policy that has no golden files */
export function requireDialect(type: string): GoldenDialect {
  const dialect = dialectOf(type);
  if (dialect !== null) return dialect;
  throw new LabError('BAD_SCENARIO', `there are no golden files of the scheduler ${type}`, {
    expected: `one of: ${dialectTypes()}`,
    hint: "'creditlab sim --trace' writes what any scheduler does",
  });
}

function run(
  dialect: GoldenDialect,
  scenario: GoldenScenario,
  simulation: SimOptions,
  untilNs: number,
  put: (record: GoldenRecord) => void,
): GoldenResult {
  const vmNames = scenario.vms.map(({ name }) => name);
  const recorder = dialect.recorder({ vcpuNames: vcpuNames(scenario), vmNames, untilNs, put });
  return dialect.figuresOf(scenario, simulate({ ...simulation, recorder }), recorder);
}

/** Files of the default scheduler don't say whose they are. */
function policyText({ type }: GoldenDialect): string {
  return type === DEFAULT_POLICY_TYPE ? '' : `"policy":${JSON.stringify(type)},`;
}

/** Least and greatest of what may vary. @param runs the run itself first */
function bandsOf({ bandKeys, decimals }: GoldenDialect, runs: readonly GoldenResult[]): GoldenBands {
  const bands: Record<string, Record<string, [number, number]>> = {};
  for (const vm of Object.keys(runs[0].vms)) {
    bands[vm] = {};
    for (const key of bandKeys) {
      if (runs[0].vms[vm][key] === undefined) continue;
      const values = runs.map(({ vms }) => vms[vm][key]).filter((value) => typeof value === 'number');
      bands[vm][key] = [rounded(Math.min(...values), decimals), rounded(Math.max(...values), decimals)];
    }
  }
  return bands;
}
