import { shareInBand, wallInBand } from '../analysis/band.ts';
import { idealShares } from '../analysis/ideal-shares.ts';
import { metrics, type Metric } from '../analysis/metrics.ts';
import { speedWarning } from '../analysis/speed.ts';
import type { RunResult, VmResult } from '../experiment/result.ts';
import type { Scenario } from '../scenario/scenario.ts';
import { shareBandCell, wallBandCell } from './band-cell.ts';
import { widthOf } from './fitted-table.ts';
import { quotient } from './lab-row.ts';
import { textWidth, wrapItem } from './lab-text.ts';
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
 * @param columns width of the terminal
 */
export function runReport(scenario: Scenario, run: RunResult, style: Style, columns: number): string {
  const table = (fields: readonly Field[]) =>
    renderTable(
      fields,
      run.vms.map((vm, index) => fields.map(({ cell }) => cell(vm, index))),
      style,
    );
  const blocks = [table(usageFields(scenario, run, style))];
  const [shares, times] = [shareFields(scenario, run, style), timeFields(scenario, run, style)];
  const comparison = table([NAME, ...shares, ...times]);
  if (times.length === 0 || widthOf(comparison) <= columns) blocks.push(comparison);
  else blocks.push(table([NAME, ...shares]), table([NAME, ...times]));
  blocks.push(machineLines(run, style));
  if (!run.complete)
    blocks.unshift(style.yellow('The run is incomplete: this is what was measured until it ended.'));
  const speed = speedWarning([{ scenario, run }]);
  const warnings = speed === null ? run.warnings : [...run.warnings, speed];
  const width = textWidth({ columns });
  if (warnings.length > 0) blocks.push(warningLines(warnings, style, width));
  if (run.certificate !== undefined) blocks.push(verdictLines(run.certificate, style, width));
  return blocks.join('\n\n');
}

/** An item per warning. */
export function warningLines(warnings: readonly string[], style: Style, width: number): string {
  return warnings
    .map((warning) => style.yellow(wrapItem(style.text(`warning: ${warning}`), width)))
    .join('\n');
}

const NAME: Field = { title: 'VM', align: 'left', cell: (vm) => vm.name };

/** Columns that would be empty in every line are left out. */
function usageFields(scenario: Scenario, run: RunResult, style: Style): readonly Field[] {
  const sum = (key: 'boosts' | 'steals' | 'migrations' | 'dispatches') => (vm: VmResult) =>
    vm.vcpus.reduce((total, vcpu) => total + vcpu[key], 0);
  const fields: Field[] = [
    NAME,
    { title: metrics.weight.title, cell: setting('weight', scenario, run, style) },
    { title: metrics.cap.title, cell: setting('cap', scenario, run, style) },
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

/** What it was at the start, and what events made of it: 256 → 1024. */
function setting(
  key: 'weight' | 'cap',
  { events }: Scenario,
  { windowNs }: RunResult,
  { unicode }: Style,
): Field['cell'] {
  return (vm) => {
    const later = events.flatMap((event) =>
      event.kind === 'set' && event.vm === vm.name && event.atNs < windowNs ? (event[key] ?? []) : [],
    );
    const values = [vm[key], ...later].map((value) => metrics[key].format(value));
    // Only a few fit into a column.
    return (values.length > 3 ? [values[0], '…', values[values.length - 1]] : values).join(
      unicode ? ' → ' : ' -> ',
    );
  };
}

/** Shares: measured, predicted, ideal. */
function shareFields(scenario: Scenario, run: RunResult, style: Style): readonly Field[] {
  const ideal = idealShares(scenario, run);
  const fields: Field[] = [field(metrics.sharePercent, (vm) => vm.sharePercent)];
  // Beside execution times there is no room for it, and they tell the same.
  if (isEndless(scenario) && run.vms.some((vm) => (vm.workSharePercent ?? null) !== null))
    fields.push(field(metrics.workSharePercent, (vm) => vm.workSharePercent ?? null));
  if (isPredicted(run)) {
    const inBand = (vm: VmResult) => shareInBand(vm.sharePercent, vm.predicted?.sharePercent ?? null);
    fields.push(
      { title: metrics.predictedSharePercent.title, cell: (vm) => shareBandCell(vm.predicted?.sharePercent) },
      { title: metrics.inBand.title, cell: (vm) => bandMark(inBand(vm), style) },
    );
  }
  fields.push(field(metrics.idealSharePercent, (_, index) => ideal[index]));
  return fields;
}

/** Execution times, where work ends. */
function timeFields(scenario: Scenario, run: RunResult, style: Style): readonly Field[] {
  if (isEndless(scenario)) return [];
  const fields: Field[] = [field(metrics.wallNs, (vm) => vm.wallNs)];
  if (isPredicted(run)) {
    const inBand = (vm: VmResult) => wallInBand(vm.wallNs, vm.predicted?.wallNs ?? null);
    fields.push(
      { title: metrics.predictedWallNs.title, cell: (vm) => wallBandCell(vm.predicted?.wallNs) },
      { title: metrics.inBand.title, cell: (vm) => bandMark(inBand(vm), style) },
    );
  }
  fields.push(field(metrics.idealWallNs, (vm) => vm.idealWallNs));
  // Beside predictions there is no room for it.
  if (!isPredicted(run)) fields.push(field(metrics.ratio, (vm) => quotient(vm.wallNs, vm.idealWallNs)));
  return fields;
}

function isEndless({ vms }: Scenario): boolean {
  return vms.every(({ work }) => work === null);
}

function isPredicted({ vms }: RunResult): boolean {
  return vms.some(({ predicted }) => predicted !== null && predicted !== undefined);
}

function field(metric: Metric, value: (vm: VmResult, index: number) => number | null): Field {
  return { title: metric.title, cell: (vm, index) => metric.format(value(vm, index)) };
}
