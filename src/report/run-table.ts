import { idealShares } from '../analysis/ideal-shares.ts';
import { metrics, type Metric } from '../analysis/metrics.ts';
import { noiseWarning } from '../analysis/noise.ts';
import type { RunResult, VmResult } from '../experiment/result.ts';
import type { Scenario } from '../scenario/scenario.ts';
import { quotient } from './lab-row.ts';
import { machineLines } from './machine-lines.ts';
import type { Style } from './style.ts';
import { allOk, checkMark, renderTable, type Column } from './table.ts';

interface Field extends Column {
  readonly cell: (vm: VmResult, index: number) => string;
}

/** What one run measured: a line per VM, then the machine's own figures and all warnings. */
export function runReport(scenario: Scenario, run: RunResult, style: Style): string {
  const ideal = idealShares(scenario, run);
  const fields = fieldsFor(scenario, run, ideal, style);
  const table = renderTable(
    fields,
    run.vms.map((vm, index) => fields.map(({ cell }) => cell(vm, index))),
    style,
  );
  const blocks = [table, machineLines(run, style)];
  if (!run.complete)
    blocks.unshift(style.yellow('The run is incomplete: this is what was measured until it ended.'));
  const noise = noiseWarning([{ label: scenario.name, run }]);
  const warnings = noise === null ? run.warnings : [...run.warnings, noise];
  if (warnings.length > 0) blocks.push(warningLines(warnings, style));
  return blocks.join('\n\n');
}

/** A line per warning. */
export function warningLines(warnings: readonly string[], style: Style): string {
  return warnings.map((warning) => style.yellow(style.text(`warning: ${warning}`))).join('\n');
}

/** Columns that would be empty in every line are left out. */
function fieldsFor(
  scenario: Scenario,
  run: RunResult,
  ideal: readonly (number | null)[],
  style: Style,
): readonly Field[] {
  const sum = (key: 'boosts' | 'migrations' | 'dispatches') => (vm: VmResult) =>
    vm.vcpus.reduce((total, vcpu) => total + vcpu[key], 0);
  const field = (metric: Metric, value: (vm: VmResult, index: number) => number | null): Field => ({
    title: metric.title,
    cell: (vm, index) => metric.format(value(vm, index)),
  });
  const fields: Field[] = [
    { title: 'VM', align: 'left', cell: (vm) => vm.name },
    field(metrics.weight, (vm) => vm.weight),
    field(metrics.cap, (vm) => vm.cap),
    field(metrics.cpuNs, (vm) => vm.cpuNs),
    field(metrics.sharePercent, (vm) => vm.sharePercent),
    field(metrics.idealSharePercent, (_, index) => ideal[index]),
  ];
  if (scenario.vms.some((vm) => vm.work !== null)) {
    fields.push(
      field(metrics.wallNs, (vm) => vm.wallNs),
      field(metrics.idealWallNs, (vm) => vm.idealWallNs),
      field(metrics.ratio, (vm) => quotient(vm.wallNs, vm.idealWallNs)),
    );
  }
  fields.push(field(metrics.dispatches, sum('dispatches')));
  if (run.vms.some((vm) => sum('boosts')(vm) > 0)) fields.push(field(metrics.boosts, sum('boosts')));
  if (scenario.pcpus.length > 1) fields.push(field(metrics.migrations, sum('migrations')));
  fields.push({
    title: 'verified',
    cell: (vm) => checkMark(allOk(vm.vcpus.map((vcpu) => vcpu.checksumOk)), style),
  });
  return fields;
}
