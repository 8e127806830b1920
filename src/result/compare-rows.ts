/**
 * Rows of a lab held against each other, when they were run several times: each VM against the same VM in the first row
 * that runs it.
 */
import type { Scenario } from '../scenario/scenario.ts';
import { compareSamples, holm } from '../analysis/compare.ts';
import type { RowComparison } from './lab-result.ts';
import { metricOf, type RowRuns, samplesOf } from './row-runs.ts';
import { type Interval, median } from '../analysis/stats.ts';

/** Without a second run there is nothing to say about chance. */
const LEAST_RUNS = 2;

/** @returns in the order of the rows; only of VMs with at least two complete runs in both rows */
export function compareRows(rows: readonly RowRuns[]): RowComparison[] {
  const found = rows.flatMap((row, rowIndex) =>
    row.scenario.vms.flatMap((_, vmIndex) => compareVm(rows, rowIndex, vmIndex)),
  );
  const adjusted = holm(found.map(({ pValue }) => pValue));
  return found.map((comparison, i) => ({ ...comparison, pAdjusted: adjusted[i] }));
}

function compareVm(
  rows: readonly RowRuns[],
  rowIndex: number,
  vmIndex: number,
): Omit<RowComparison, 'pAdjusted'>[] {
  const { label, scenario, runs } = rows[rowIndex];
  const vm = scenario.vms[vmIndex];
  const baseIndex = rows.findIndex((row) => indexOfSame(row.scenario, scenario, vmIndex) >= 0);
  if (baseIndex >= rowIndex) return [];
  const base = rows[baseIndex];
  const baseVmIndex = indexOfSame(base.scenario, scenario, vmIndex);
  const metric = metricOf(base.runs, baseVmIndex);
  const samples = samplesOf(runs, vmIndex, metric);
  const baseSamples = samplesOf(base.runs, baseVmIndex, metric);
  if (Math.min(samples.length, baseSamples.length) < LEAST_RUNS) return [];
  const { difference, ratio, cliffsDelta, pValue } = compareSamples(samples, baseSamples, scenario.seed);
  const hasRatio = Number.isFinite(ratio.value);
  return [
    {
      vm: vm.name,
      row: label,
      base: base.label,
      metric,
      runs: samples.length,
      baseRuns: baseSamples.length,
      median: median(samples),
      baseMedian: median(baseSamples),
      difference: difference.value,
      differenceInterval: difference.interval,
      ratio: hasRatio ? ratio.value : null,
      ratioInterval: hasRatio && isFiniteInterval(ratio.interval) ? ratio.interval : null,
      cliffsDelta,
      pValue,
    },
  ];
}

/** The VM of that name with the same work to do; −1: none. */
function indexOfSame(base: Scenario, scenario: Scenario, vmIndex: number): number {
  const { name, workload, work, vcpus } = scenario.vms[vmIndex];
  return base.vms.findIndex(
    (vm) =>
      vm.name === name &&
      vm.vcpus === vcpus &&
      vm.workload.url === workload.url &&
      vm.workload.size === workload.size &&
      JSON.stringify(vm.work) === JSON.stringify(work),
  );
}

function isFiniteInterval(interval: Interval | null): boolean {
  return interval !== null && Number.isFinite(interval.low) && Number.isFinite(interval.high);
}
