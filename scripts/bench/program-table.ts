import { metrics } from '../../src/result/metrics.ts';
import { formatNs, formatMetric } from '../../src/report/format.ts';
import { shareBandCell, checkMark } from '../../src/report/terminal/cells.ts';
import type { Style } from '../../src/report/terminal/style.ts';
import { renderTable } from '../../src/report/terminal/table.ts';
import type { ProgramRun, ProgramVm } from './program-run.ts';

const NONE = '–';
const VM_COLUMNS = 9;

/** A line per VM; what belongs to the whole run stands in its first line. */
export function renderProgramRuns(runs: readonly ProgramRun[], style: Style): string {
  const columns = [
    { title: 'program', align: 'left' as const },
    { title: 'busy' },
    { title: 'VM', align: 'left' as const },
    { title: 'weight' },
    { title: 'step' },
    { title: 'share' },
    { title: 'predicted' },
    { title: 'error, points' },
    { title: 'involuntary per dispatch' },
    { title: 'pauses put off' },
    { title: 'checksum' },
    { title: 'run', align: 'left' as const },
    { title: 'goals', align: 'left' as const },
  ];
  return renderTable(
    columns,
    runs.flatMap((run) => rowsOf(run, style)),
    style,
  );
}

function rowsOf(run: ProgramRun, style: Style): string[][] {
  const { scenario, busyPercent, vms, verdict, missed, failure } = run;
  const busy = busyPercent === null ? NONE : `${busyPercent.toFixed(2)} %`;
  const goals = missed.length === 0 ? style.green('met') : style.red(`missed: ${missed.join(', ')}`);
  if (failure !== null) {
    return [[scenario, busy, ...Array.from({ length: VM_COLUMNS }, () => ''), style.red(failure), goals]];
  }
  return vms.map((vm, index) =>
    index === 0
      ? [scenario, busy, ...vmCells(vm, style), verdict ?? NONE, goals]
      : ['', '', ...vmCells(vm, style), '', ''],
  );
}

function vmCells(vm: ProgramVm, style: Style): string[] {
  const { errorPoints, involuntaryPerDispatch, deferredPauses, deferredMeanNs } = vm;
  const putOff = deferredMeanNs === null ? '0' : `${deferredPauses} × ${formatNs(deferredMeanNs)}`;
  return [
    vm.name,
    String(vm.weight ?? '–'),
    vm.stepNs === null ? NONE : formatNs(vm.stepNs),
    formatMetric(metrics.sharePercent, vm.sharePercent),
    shareBandCell(vm.predicted),
    errorPoints === null ? NONE : signed(errorPoints),
    involuntaryPerDispatch === null ? NONE : involuntaryPerDispatch.toFixed(2),
    putOff,
    checkMark(vm.checksumOk, style),
  ];
}

function signed(value: number): string {
  const text = value.toFixed(2);
  return value > 0 ? `+${text}` : text;
}
