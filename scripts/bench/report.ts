import type { HostDescription } from '../../src/result/result.ts';
import { renderTable } from '../../src/report/terminal/table.ts';
import type { Style } from '../../src/report/terminal/style.ts';
import type { Comparison } from './comparison.ts';
import { renderComparisons } from './comparison-table.ts';
import type { Figure, Goal } from './figure.ts';
import type { Noise } from './noise.ts';
import type { ProgramRun } from './program-run.ts';
import { renderProgramRuns } from './program-table.ts';

export const REPORT_FORMAT = 'creditlab-bench';
export const REPORT_VERSION = 2;

/** What `--json` writes. */
export interface Report {
  readonly format: typeof REPORT_FORMAT;
  readonly version: typeof REPORT_VERSION;
  readonly generator: { readonly name: 'creditlab'; readonly version: string };
  readonly startedAt: string;
  readonly host: HostDescription;
  readonly benches: readonly BenchReport[];
}

export interface BenchReport {
  readonly name: string;
  readonly description: string;
  readonly figures: readonly Figure[];
  /** each prediction and what came of it; empty for a bench that predicts nothing */
  readonly comparisons: readonly Comparison[];
  /** each run of an ordinary program; empty for a bench that runs none */
  readonly programs: readonly ProgramRun[];
  /** why it broke off; null: it didn't */
  readonly failure: string | null;
  /** while it ran; null: not known */
  readonly noise: Noise | null;
}

/** Below this, what others do is not worth a word. */
const QUIET_PERCENT = 1;

export function renderReport({ host, benches }: Report, style: Style): string {
  const left = 'left' as const;
  const columns = [
    { title: 'figure', align: left },
    { title: 'value' },
    { title: 'unit', align: left },
    { title: 'yardstick', align: left },
    { title: 'ratio' },
    { title: 'goal', align: left },
    { title: '' },
    { title: 'how', align: left },
  ];
  const rows = benches.flatMap((bench) => [
    ...bench.figures.map((figure) => row(figure, style)),
    ...(bench.failure === null
      ? []
      : [[bench.name, '', '', '', '', '', style.red(style.text('✗')), bench.failure]]),
  ]);
  const head = [hostLine(host), ...noiseLines(benches), renderTable(columns, rows, style)].join('\n');
  const predictions = benches.flatMap(({ comparisons }) =>
    comparisons.length === 0 ? [] : [renderComparisons(comparisons, style)],
  );
  const programs = benches.flatMap((bench) =>
    bench.programs.length === 0 ? [] : [renderProgramRuns(bench.programs, style)],
  );
  return [head, ...predictions, ...programs].join('\n\n');
}

function row({ figure, value, unit, yardstick, ratio, goal, met, how }: Figure, style: Style): string[] {
  return [
    figure,
    formatValue(value),
    unit,
    yardstick === null ? '' : `${formatValue(yardstick.value)} ${yardstick.name}`,
    ratio === null ? '' : ratio.toFixed(2),
    formatGoal(goal),
    mark(met, style),
    how,
  ];
}

/** Three digits that count. */
export function formatValue(value: number | null): string {
  if (value === null) return '–';
  const size = Math.abs(value);
  if (size >= 100) return value.toFixed(0);
  if (size >= 10) return value.toFixed(1);
  return value.toFixed(size >= 1 ? 2 : 3);
}

export function formatGoal(goal: Goal | null): string {
  if (goal === null) return '';
  const aim = goal.aim === undefined ? '' : ` (aim ${goal.aim})`;
  const times = goal.of === 'ratio' ? ' ×' : '';
  return `${goal.comparison} ${Number(goal.bound.toFixed(3))}${times}${aim}`;
}

function mark(met: boolean | null, style: Style): string {
  if (met === null) return '';
  return met ? style.green('met') : style.red('missed');
}

function hostLine(host: HostDescription): string {
  const { cpuModel, allowedCpus, kernel, node, virtualized } = host;
  const machine = virtualized ? 'virtual machine' : 'bare metal';
  return `${cpuModel}, ${allowedCpus.length} CPUs (${machine}), Linux ${kernel}, Node ${node}`;
}

function noiseLines(benches: readonly BenchReport[]): string[] {
  return benches.flatMap(({ name, noise }) => {
    if (noise === null || noise.othersPercent + noise.stealPercent < QUIET_PERCENT) return [];
    const { othersPercent, stealPercent } = noise;
    return [
      `${name}: the host was not quiet; other programs had ${othersPercent.toFixed(1)} % of its CPU time, ` +
        `other machines ${stealPercent.toFixed(1)} %`,
    ];
  });
}
