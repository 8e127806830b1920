import { shareInBand, wallInBand } from '../analysis/band.ts';
import { idealShares } from '../analysis/ideal-shares.ts';
import { metrics, type Metric } from '../analysis/metrics.ts';
import { speedWarning } from '../analysis/speed.ts';
import type { RunResult, VmResult } from '../experiment/result.ts';
import type { Scenario } from '../scenario/scenario.ts';
import { shareBandCell, wallBandCell } from './band-cell.ts';
import { quotient } from './lab-row.ts';
import { machineLines } from './machine-lines.ts';
import type { Style } from './style.ts';
import { allOk, bandMark, checkMark, renderTable, type Column } from './table.ts';
import { verdictLines } from './verdict-lines.ts';

interface Field extends Column {
  readonly cell: (vm: VmResult, index: number) => string;
}

/**
 * What one run measured: what each VM used, how that compares with the prediction and the ideal, the machine's own
 * figures, and all warnings.
 */
export function runReport(scenario: Scenario, run: RunResult, style: Style): string {
  const table = (fields: readonly Field[]) =>
    renderTable(
      fields,
      run.vms.map((vm, index) => fields.map(({ cell }) => cell(vm, index))),
      style,
    );
  const blocks = [table(usageFields(scenario, run, style)), table(comparisonFields(scenario, run, style))];
  blocks.push(machineLines(run, style));
  if (!run.complete)
    blocks.unshift(style.yellow('The run is incomplete: this is what was measured until it ended.'));
  const speed = speedWarning([{ scenario, run }]);
  const warnings = speed === null ? run.warnings : [...run.warnings, speed];
  if (warnings.length > 0) blocks.push(warningLines(warnings, style));
  if (run.certificate !== undefined) blocks.push(verdictLines(run.certificate, style));
  return blocks.join('\n\n');
}

/** A line per warning. */
export function warningLines(warnings: readonly string[], style: Style): string {
  return warnings.map((warning) => style.yellow(style.text(`warning: ${warning}`))).join('\n');
}

const NAME: Field = { title: 'VM', align: 'left', cell: (vm) => vm.name };

/** Columns that would be empty in every line are left out. */
function usageFields(scenario: Scenario, run: RunResult, style: Style): readonly Field[] {
  const sum = (key: 'boosts' | 'steals' | 'migrations' | 'dispatches') => (vm: VmResult) =>
    vm.vcpus.reduce((total, vcpu) => total + vcpu[key], 0);
  const fields: Field[] = [
    NAME,
    { title: metrics.weight.title, cell: setting('weight', scenario, run) },
    { title: metrics.cap.title, cell: setting('cap', scenario, run) },
    field(metrics.cpuNs, (vm) => vm.cpuNs),
    field(metrics.dispatches, sum('dispatches')),
  ];
  if (run.vms.some((vm) => sum('boosts')(vm) > 0)) fields.push(field(metrics.boosts, sum('boosts')));
  if (scenario.pcpus.length > 1) {
    fields.push(field(metrics.steals, sum('steals')), field(metrics.migrations, sum('migrations')));
  }
  if (run.machine !== 'simulated') {
    fields.push({
      title: 'verified',
      cell: (vm) => checkMark(allOk(vm.vcpus.map((vcpu) => vcpu.checksumOk)), style),
    });
  }
  return fields;
}

/** What was set at the start, and then by each event that came to pass. */
function setting(key: 'weight' | 'cap', { events }: Scenario, { windowNs }: RunResult): Field['cell'] {
  return (vm) => {
    const changes = events
      .filter((event) => event.kind === 'set' && event.vm === vm.name && event.atNs < windowNs)
      .toSorted((a, b) => a.atNs - b.atNs)
      .flatMap((event) => (event.kind === 'set' ? (event[key] ?? []) : []));
    return [vm[key], ...changes].map((value) => metrics[key].format(value)).join(' → ');
  };
}

/** Measured, predicted, ideal: first the shares, then, where work ends, the execution times. */
function comparisonFields(scenario: Scenario, run: RunResult, style: Style): readonly Field[] {
  const ideal = idealShares(scenario, run);
  const isPredicted = run.vms.some(({ predicted }) => predicted !== null && predicted !== undefined);
  const fields: Field[] = [NAME, field(metrics.sharePercent, (vm) => vm.sharePercent)];
  const isEndless = scenario.vms.every((vm) => vm.work === null);
  // Beside execution times there is no room for it, and they tell the same.
  if (isEndless && run.vms.some((vm) => (vm.workSharePercent ?? null) !== null))
    fields.push(field(metrics.workSharePercent, (vm) => vm.workSharePercent ?? null));
  if (isPredicted) {
    const inBand = (vm: VmResult) => shareInBand(vm.sharePercent, vm.predicted?.sharePercent ?? null);
    fields.push(
      { title: metrics.predictedSharePercent.title, cell: (vm) => shareBandCell(vm.predicted?.sharePercent) },
      { title: metrics.inBand.title, cell: (vm) => bandMark(inBand(vm), style) },
    );
  }
  fields.push(field(metrics.idealSharePercent, (_, index) => ideal[index]));
  if (isEndless) return fields;
  fields.push(field(metrics.wallNs, (vm) => vm.wallNs));
  if (isPredicted) {
    const inBand = (vm: VmResult) => wallInBand(vm.wallNs, vm.predicted?.wallNs ?? null);
    fields.push(
      { title: metrics.predictedWallNs.title, cell: (vm) => wallBandCell(vm.predicted?.wallNs) },
      { title: metrics.inBand.title, cell: (vm) => bandMark(inBand(vm), style) },
    );
  }
  fields.push(field(metrics.idealWallNs, (vm) => vm.idealWallNs));
  // Beside predictions there is no room for it.
  if (!isPredicted) fields.push(field(metrics.ratio, (vm) => quotient(vm.wallNs, vm.idealWallNs)));
  return fields;
}

function field(metric: Metric, value: (vm: VmResult, index: number) => number | null): Field {
  return { title: metric.title, cell: (vm, index) => metric.format(value(vm, index)) };
}
