import { metrics, type Metric } from '../../result/metrics.ts';
import { formatMetric } from '../format.ts';
import { speedWarning } from '../host-warnings.ts';
import type { RunResult } from '../../result/result.ts';
import type { VmResult } from '../../result/vm-result.ts';
import type { Scenario } from '../../scenario/scenario.ts';
import { shareBandCell, wallBandCell, bandMark, checkMark, wideBandsLine } from './cells.ts';
import { widthOf } from './fitted-table.ts';
import { isContendedApart, quotient, allOk, settingsOf, settingText, hasWideTick } from '../lab-row.ts';
import { textWidth, wrapItem } from '../text-layout.ts';
import { machineLines } from './machine-lines.ts';
import type { Style } from './style.ts';
import { renderTable, type Column } from './table.ts';
import { verdictLines } from './verdict-lines.ts';

interface Field extends Column {
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
  const table = (fields: readonly Field[]) =>
    renderTable(
      fields,
      run.vms.map((vm) => fields.map(({ cell }) => cell(vm))),
      style,
    );
  const blocks = [table(usageFields(scenario, run, style))];
  const [shares, times] = [shareFields(scenario, run, style), timeFields(scenario, run, style)];
  const fitting = (fields: readonly Field[]) => {
    const whole = table([NAME, ...fields]);
    return widthOf(whole) <= columns
      ? whole
      : table([NAME, ...fields.filter(({ isExtra }) => isExtra !== true)]);
  };
  const comparison = fitting([...shares, ...times]);
  if (times.length === 0 || widthOf(comparison) <= columns) blocks.push(comparison);
  else blocks.push(fitting(shares), fitting(times));
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

const NAME: Field = { title: 'VM', align: 'left', cell: (vm) => vm.name };

/** Columns that would be empty in every line are left out. */
function usageFields(scenario: Scenario, run: RunResult, style: Style): readonly Field[] {
  const sum = (key: 'boosts' | 'steals' | 'migrations' | 'dispatches') => (vm: VmResult) =>
    vm.vcpus.reduce((total, vcpu) => total + vcpu[key], 0);
  const settings = settingsOf([scenario]).map((key) => ({
    title: metrics[key].title,
    cell: (vm: VmResult) =>
      style.text(settingText(key, scenario.vms[run.vms.indexOf(vm)], scenario, run.windowNs)),
  }));
  const fields: Field[] = [
    NAME,
    ...settings,
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

/** Shares: of the window and, where that isn't the same, while all compete; predicted, forecast and ideal. */
function shareFields(scenario: Scenario, run: RunResult, style: Style): readonly Field[] {
  const isApart = isContendedApart(run);
  const fields: Field[] = [field(metrics.sharePercent, (vm) => vm.sharePercent)];
  // Beside execution times there is no room for it, and they tell the same.
  if (isEndless(scenario) && run.vms.some((vm) => (vm.workSharePercent ?? null) !== null))
    fields.push(field(metrics.workSharePercent, (vm) => vm.workSharePercent ?? null));
  if (isApart) fields.push(field(metrics.contendedSharePercent, (vm) => vm.contendedSharePercent ?? null));
  fields.push(...predictedFields(run, 'sharePercent', style));
  const ideal = isApart
    ? field(metrics.idealContendedSharePercent, (vm) => vm.idealContendedSharePercent ?? null)
    : field(metrics.idealSharePercent, (vm) => vm.idealSharePercent ?? null);
  return [...fields, ideal];
}

/** Execution times, where work ends. */
function timeFields(scenario: Scenario, run: RunResult, style: Style): readonly Field[] {
  if (isEndless(scenario)) return [];
  const predicted = predictedFields(run, 'wallNs', style);
  const fields: Field[] = [
    field(metrics.wallNs, (vm) => vm.wallNs),
    ...predicted,
    field(metrics.idealWallNs, (vm) => vm.idealWallNs),
  ];
  // Beside predictions there is no room for it.
  if (predicted.length === 0) fields.push(field(metrics.ratio, (vm) => quotient(vm.wallNs, vm.idealWallNs)));
  return fields;
}

/** A prediction, whether it came true, and what was forecast; each only if some VM has it. */
function predictedFields(run: RunResult, of: 'wallNs' | 'sharePercent', style: Style): readonly Field[] {
  const [predicted, forecast, cell] =
    of === 'wallNs'
      ? [metrics.predictedWallNs, metrics.forecastWallNs, wallBandCell]
      : [metrics.predictedSharePercent, metrics.forecastSharePercent, shareBandCell];
  const mark = (vm: VmResult) => bandMark(vm.predicted?.inBand?.[of] ?? null, style, run.bandsAreWide);
  const fields: Field[] = [];
  if (run.vms.some((vm) => (vm.predicted?.[of] ?? null) !== null)) {
    fields.push(
      { title: predicted.title, cell: (vm) => cell(vm.predicted?.[of]) },
      { title: metrics.inBand.title, cell: mark },
    );
  }
  if (run.vms.some((vm) => (vm.forecast?.[of] ?? null) !== null))
    fields.push({ ...field(forecast, (vm) => vm.forecast?.[of]?.median ?? null), isExtra: true });
  return fields;
}

function isEndless({ vms }: Scenario): boolean {
  return vms.every(({ work }) => work === null);
}

function field(metric: Metric, value: (vm: VmResult) => number | null): Field {
  return { title: metric.title, cell: (vm) => formatMetric(metric, value(vm)) };
}
