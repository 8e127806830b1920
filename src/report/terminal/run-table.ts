import { metrics, type Metric } from '../../result/metrics.ts';
import { formatMetric } from '../format.ts';
import { speedWarning } from '../host-warnings.ts';
import type { RunResult } from '../../result/result.ts';
import type { VmResult } from '../../result/vm-result.ts';
import type { Scenario } from '../../scenario/scenario.ts';
import { shareBandCell, wallBandCell, bandMark, checkMark, idealLine, wideBandsLine } from './cells.ts';
import { widthOf } from './fitted-table.ts';
import {
  isContendedApart,
  quotient,
  allOk,
  ownCountersOf,
  settingsOf,
  settingText,
  hasWideTick,
} from '../lab-row.ts';
import { textWidth, wrapItem } from '../text-layout.ts';
import { machineLines } from './machine-lines.ts';
import type { Style } from './style.ts';
import { renderTable, type TableColumn } from './table.ts';
import { verdictLines } from './verdict-lines.ts';

interface VmColumn extends TableColumn {
  readonly cell: (vm: VmResult) => string;
  /** only where there is room */
  readonly isExtra?: boolean;
}

/**
 * What one run measured: what each VM used, how that compares with the prediction and the ideal, the machine's own
 * figures, and all warnings.
 * @param columns width of the terminal
 */
export function runReport(scenario: Scenario, run: RunResult, style: Style, columns: number): string {
  const table = (chosen: readonly VmColumn[]) =>
    renderTable(
      chosen,
      run.vms.map((vm) => chosen.map(({ cell }) => cell(vm))),
      style,
    );
  const blocks = [table(usageColumns(scenario, run, style))];
  const [shares, times] = [shareColumns(scenario, run, style), timeColumns(scenario, run, style)];
  const fitting = (chosen: readonly VmColumn[]) => {
    const whole = table([NAME, ...chosen]);
    return widthOf(whole) <= columns
      ? whole
      : table([NAME, ...chosen.filter(({ isExtra }) => isExtra !== true)]);
  };
  const comparison = fitting([...shares, ...times]);
  if (times.length === 0 || widthOf(comparison) <= columns) blocks.push(comparison);
  else blocks.push(fitting(shares), fitting(times));
  const ideal = idealLine([scenario], style, textWidth({ columns }));
  if (ideal !== null) blocks.push(ideal);
  if (hasWideTick(run)) blocks.push(wideBandsLine(style, textWidth({ columns })));
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

const NAME: VmColumn = { title: 'VM', align: 'left', cell: (vm) => vm.name };

/** Columns that would be empty in every line are left out. */
function usageColumns(scenario: Scenario, run: RunResult, style: Style): readonly VmColumn[] {
  const sum = (key: 'steals' | 'migrations' | 'dispatches') => (vm: VmResult) =>
    vm.vcpus.reduce((total, vcpu) => total + vcpu[key], 0);
  const settings = settingsOf([scenario]).map((key) => ({
    title: metrics[key].title,
    cell: (vm: VmResult) =>
      style.text(settingText(key, scenario.vms[run.vms.indexOf(vm)], scenario, run.windowNs)),
  }));
  const columns: VmColumn[] = [
    NAME,
    ...settings,
    column(metrics.cpuNs, (vm) => vm.cpuNs),
    column(metrics.dispatches, sum('dispatches')),
  ];
  for (const { metric, sum: total } of ownCountersOf([scenario]))
    if (run.vms.some((vm) => (total(vm) ?? 0) > 0)) columns.push(column(metric, total));
  if (scenario.pcpus.length > 1) {
    columns.push(column(metrics.steals, sum('steals')), column(metrics.migrations, sum('migrations')));
  }
  if (run.machine !== 'simulated') {
    columns.push({
      title: 'verified',
      cell: (vm) => checkMark(allOk(vm.vcpus.map((vcpu) => vcpu.checksumOk)), style),
    });
  }
  return columns;
}

/** Shares: of the window and, where that isn't the same, while all compete; predicted, forecast and ideal. */
function shareColumns(scenario: Scenario, run: RunResult, style: Style): readonly VmColumn[] {
  const isApart = isContendedApart(run);
  const columns: VmColumn[] = [column(metrics.sharePercent, (vm) => vm.sharePercent)];
  // Beside execution times there is no room for it, and they tell the same.
  if (isEndless(scenario) && run.vms.some((vm) => (vm.workSharePercent ?? null) !== null))
    columns.push(column(metrics.workSharePercent, (vm) => vm.workSharePercent ?? null));
  if (isApart) columns.push(column(metrics.contendedSharePercent, (vm) => vm.contendedSharePercent ?? null));
  columns.push(...predictedColumns(run, 'sharePercent', style));
  const ideal = isApart
    ? column(metrics.idealContendedSharePercent, (vm) => vm.idealContendedSharePercent ?? null)
    : column(metrics.idealSharePercent, (vm) => vm.idealSharePercent ?? null);
  return [...columns, ideal];
}

/** Execution times, where work ends. */
function timeColumns(scenario: Scenario, run: RunResult, style: Style): readonly VmColumn[] {
  if (isEndless(scenario)) return [];
  const predicted = predictedColumns(run, 'wallNs', style);
  const columns: VmColumn[] = [
    column(metrics.wallNs, (vm) => vm.wallNs),
    ...predicted,
    column(metrics.idealWallNs, (vm) => vm.idealWallNs),
  ];
  // Beside predictions there is no room for it.
  if (predicted.length === 0)
    columns.push(column(metrics.ratio, (vm) => quotient(vm.wallNs, vm.idealWallNs)));
  return columns;
}

/** A prediction, whether it came true, and what was forecast; each only if some VM has it. */
function predictedColumns(run: RunResult, of: 'wallNs' | 'sharePercent', style: Style): readonly VmColumn[] {
  const [predicted, forecast, cell] =
    of === 'wallNs'
      ? [metrics.predictedWallNs, metrics.forecastWallNs, wallBandCell]
      : [metrics.predictedSharePercent, metrics.forecastSharePercent, shareBandCell];
  const mark = (vm: VmResult) => bandMark(vm.predicted?.inBand?.[of] ?? null, style, run.bandsAreWide);
  const columns: VmColumn[] = [];
  if (run.vms.some((vm) => (vm.predicted?.[of] ?? null) !== null)) {
    columns.push(
      { title: predicted.title, cell: (vm) => cell(vm.predicted?.[of]) },
      { title: metrics.inBand.title, cell: mark },
    );
  }
  if (run.vms.some((vm) => (vm.forecast?.[of] ?? null) !== null))
    columns.push({ ...column(forecast, (vm) => vm.forecast?.[of]?.median ?? null), isExtra: true });
  return columns;
}

function isEndless({ vms }: Scenario): boolean {
  return vms.every(({ work }) => work === null);
}

function column(metric: Metric, value: (vm: VmResult) => number | null): VmColumn {
  return { title: metric.title, cell: (vm) => formatMetric(metric, value(vm)) };
}
