/** Ready-made labs in virtual time, and what their tests ask of a run. */
import assert from 'node:assert/strict';
import { simulatedRun } from '../../src/predict/simulated-run.ts';
import type { RunResult } from '../../src/result/result.ts';
import type { VcpuResult } from '../../src/result/vm-result.ts';
import { loadLab } from '../../src/scenario/builtin-labs.ts';
import type { Scenario } from '../../src/scenario/scenario.ts';
import { termsOf } from '../../src/policies.ts';
import { Column } from '../../src/trace/record.ts';
import { vocabularyOf } from '../../src/trace/vocabulary.ts';

export const HOST = { allowedCpus: [0, 1] };
/** As `creditlab lab NAME --simulate` has it. */
export const JITTER_NS = 50_000;

/** All rows of a lab in virtual time, by their labels. */
export function simulated(name: string, jitterNs = JITTER_NS): ReadonlyMap<string, RunResult> {
  const { rows } = loadLab(name, HOST);
  return new Map(rows.map(({ label, scenario }) => [label, simulatedRun(scenario, { jitterNs })]));
}

export function run(runs: ReadonlyMap<string, RunResult>, label: string): RunResult {
  const found = runs.get(label);
  assert.ok(found !== undefined, `row ${label}`);
  return found;
}

export const shares = ({ vms }: RunResult) => vms.map(({ sharePercent }) => sharePercent);
export const seconds = ({ vms }: RunResult) => vms.map(({ wallNs }) => (wallNs ?? NaN) / 1e9);
const boostsOf = ({ counters }: VcpuResult) => counters?.boosts ?? NaN;
export const total = ({ vms }: RunResult, key: 'dispatches' | 'boosts' | 'steals') =>
  vms
    .flatMap(({ vcpus }) => vcpus.map((vcpu) => (key === 'boosts' ? boostsOf(vcpu) : vcpu[key])))
    .reduce((sum, count) => sum + count, 0);
/** Mean lengths of the phases in which a VM ran and didn't, ms. */
export const phasesMs = ({ windowNs, vms: [vm] }: RunResult) => {
  const count = vm.vcpus[0].dispatches;
  return { on: vm.cpuNs / count / 1e6, off: (windowNs - vm.cpuNs) / count / 1e6 };
};

/** The only scenario of a lab. */
export const scenarioOf = (name: string): Scenario => loadLab(name, HOST).rows[0].scenario;

/** What one kind of record tells, in order: when, then its fields as files have them. */
export function recorded(
  scenario: Scenario,
  kind: string,
  jitterNs = JITTER_NS,
): readonly (readonly number[])[] {
  const found: number[][] = [];
  const { shapes } = vocabularyOf(termsOf(scenario.scheduler.type));
  const put = (row: Float64Array) => {
    const shape = shapes[row[Column.kind]];
    if (shape?.kind === kind)
      found.push([row[Column.timeNs], ...shape.fields.map(({ column }) => row[column])]);
  };
  simulatedRun(scenario, { jitterNs, trace: { put, append: NOTHING, grow: NOTHING, end: NOTHING } });
  return found;
}

const NOTHING = (): void => undefined;

/** DESK of lab 'interactive' with bursts and slices of other lengths, and in another place of the list. */
export function withDesk(sizeUs: number, tsliceMs: number, order: readonly number[] = [0, 1, 2]): Scenario {
  const scenario = scenarioOf('interactive');
  const vms = scenario.vms.map((vm) =>
    vm.name === 'DESK' ? { ...vm, workload: { ...vm.workload, size: sizeUs } } : vm,
  );
  const scheduler = {
    ...scenario.scheduler,
    parameters: { ...scenario.scheduler.parameters, tsliceNs: tsliceMs * 1e6 },
  };
  return { ...scenario, scheduler, vms: order.map((at) => vms[at]) };
}

export const withInstants = (scenario: Scenario, instants: 'due' | 'late'): Scenario => ({
  ...scenario,
  scheduler: { ...scenario.scheduler, instants },
});

export const desk = ({ vms }: RunResult) => {
  const vm = vms.find(({ name }) => name === 'DESK');
  assert.ok(vm !== undefined);
  return { share: vm.sharePercent, boosts: boostsOf(vm.vcpus[0]) };
};

export function near(actual: readonly number[], expected: readonly number[], tolerance: number): void {
  assert.equal(actual.length, expected.length);
  for (const [i, value] of actual.entries()) {
    assert.ok(Math.abs(value - expected[i]) <= tolerance, `${String(actual)}, not ${String(expected)}`);
  }
}
