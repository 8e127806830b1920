/** What the prediction is tried on. Work is measured out so that each takes about as long as it is told to. */
import { DEFAULT_SCHEDULER } from '../../src/scenario/resolve-scheduler.ts';
import type { Scenario, ScenarioEvent, VmSpec } from '../../src/scenario/scenario.ts';
import { builtinUrl, type BuiltinName } from '../../src/workload/catalogue.ts';

interface Vm {
  readonly name: string;
  /** default 256 */
  readonly weight?: number;
  /** percent of one pCPU; default none */
  readonly cap?: number;
  /** default 1 */
  readonly vcpus?: number;
  /** default primes */
  readonly workload?: BuiltinName;
  /** of each vCPU, in parts of the scenario's length; default endless */
  readonly work?: number;
  /** in parts of the scenario's length; default 0 */
  readonly start?: number;
}

interface Outline {
  readonly name: string;
  readonly pcpuCount: number;
  readonly vms: readonly Vm[];
  /** `at` in parts of the scenario's length */
  readonly weightChange?: { readonly at: number; readonly vm: string; readonly weight: number };
}

const OUTLINES: readonly Outline[] = [
  ...[1, 2, 4, 10].map((factor) => ({
    name: `weights 1:${factor}`,
    pcpuCount: 1,
    vms: [
      { name: 'light', work: 0.5 },
      { name: 'heavy', weight: 256 * factor, work: 0.5 },
    ],
  })),
  ...[10, 25, 50, 90].map((cap) => ({
    name: `cap ${cap}`,
    pcpuCount: 1,
    vms: [{ name: 'capped', cap, work: cap / 100 }],
  })),
  {
    name: 'cap beside none',
    pcpuCount: 1,
    vms: [
      { name: 'capped', cap: 25, work: 0.2 },
      { name: 'free', work: 0.7 },
    ],
  },
  {
    name: 'two caps',
    pcpuCount: 1,
    vms: [
      { name: 'low', cap: 30, work: 0.3 },
      { name: 'high', cap: 60, work: 0.5 },
    ],
  },
  {
    name: 'four on two pCPUs',
    pcpuCount: 2,
    vms: [128, 256, 512, 1024].map((weight) => ({ name: `w${weight}`, weight, work: 0.5 })),
  },
  {
    name: 'SMP and two UP',
    pcpuCount: 2,
    vms: [
      { name: 'smp', vcpus: 2, work: 0.5 },
      { name: 'up1', work: 0.5 },
      { name: 'up2', work: 0.5 },
    ],
  },
  {
    name: 'mixed workloads',
    pcpuCount: 1,
    vms: (['matmul', 'sha256', 'sort', 'nbody'] as const).map((workload, i) => ({
      name: workload,
      weight: 256 * (1 + (i % 2)),
      workload,
      work: 0.25,
    })),
  },
  {
    name: 'weight change',
    pcpuCount: 1,
    vms: [
      { name: 'steady', work: 0.5 },
      { name: 'changed', work: 0.5 },
    ],
    weightChange: { at: 0.4, vm: 'changed', weight: 1024 },
  },
  {
    name: 'late joiner',
    pcpuCount: 1,
    vms: [
      { name: 'early', work: 0.5 },
      { name: 'late', weight: 512, work: 0.4, start: 0.3 },
    ],
  },
  {
    name: 'interactive',
    pcpuCount: 1,
    vms: [{ name: 'user', workload: 'interactive' }, { name: 'hog1' }, { name: 'hog2', weight: 512 }],
  },
];

/** @param cpus host CPUs, best first; scenarios that need more are left out */
export function predictScenarios(cpus: readonly number[], seconds: number): Scenario[] {
  return OUTLINES.filter(({ pcpuCount }) => pcpuCount <= cpus.length).map((outline) =>
    scenarioOf(outline, cpus.slice(0, outline.pcpuCount), seconds * 1e9),
  );
}

export const SCENARIO_COUNT = OUTLINES.length;

function scenarioOf(
  { name, vms, weightChange }: Outline,
  pcpus: readonly number[],
  lengthNs: number,
): Scenario {
  const events: ScenarioEvent[] =
    weightChange === undefined
      ? []
      : [{ ...weightChange, kind: 'set', atNs: Math.round(weightChange.at * lengthNs) }];
  return {
    name,
    pcpus,
    durationNs: vms.every(({ work }) => work === undefined) ? lengthNs : null,
    seed: 1,
    scheduler: DEFAULT_SCHEDULER,
    vms: vms.map((vm) => vmOf(vm, lengthNs)),
    events,
  };
}

function vmOf(
  { name, weight = 256, cap = 0, vcpus = 1, workload = 'primes', work, start = 0 }: Vm,
  lengthNs: number,
): VmSpec {
  return {
    name,
    weight,
    cap,
    vcpus,
    startNs: Math.round(start * lengthNs),
    pin: null,
    workload: { spec: workload, url: builtinUrl(workload), size: null },
    work: work === undefined ? null : { kind: 'cpu', ns: Math.round(work * lengthNs) },
  };
}
