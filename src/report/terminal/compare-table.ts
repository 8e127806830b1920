/** The one table of a comparison: each scheduler with how it was given the file's VMs, and what they had under it. */
import { WINDOWS_NS } from '../../analysis/allocation-error.ts';
import { comparedVms, idealShares, type ComparedVm, type Comparison } from '../../compare/comparison.ts';
import { formatDuration } from '../../scenario/duration.ts';
import {
  bySchedulers,
  machineWord,
  missingWindows,
  movementsText,
  shortfalls,
  translationTexts,
  type SchedulerRows,
} from '../compare-text.ts';
import { wrapItem, wrapText } from '../text-layout.ts';
import { type FittedColumn, fittedTable } from './fitted-table.ts';
import type { Style } from './style.ts';

/** Of which windows the table tells: shorter than most slices together, and long enough for all to agree. */
const SHOWN_NS = [100e6, 1e9] as const;

/** Terminals that are as wide as the table fold it. */
const MARGIN = 2;

interface Line {
  readonly vm: ComparedVm;
  readonly ideal: number | null;
  /** of the row; the VM's name stands in its first line */
  readonly run: string;
  readonly isFirst: boolean;
}

/** @param width of the text, which the table keeps to as far as it can */
export function compareTable(comparison: Comparison, style: Style, width: number): string {
  const ideals = idealShares(comparison.source);
  const groups = bySchedulers(comparison).map((group) => ({ group, lines: linesOf(group, ideals) }));
  const lines = groups.flatMap((each) => each.lines);
  const [head, ...body] = fittedTable(columnsOf(lines, style), width - MARGIN, style).split('\n');
  const out = [head];
  for (const { group, lines: own } of groups) {
    out.push(...headLines(group, style, width), ...body.splice(0, own.length));
  }
  return [...out, ...body, '', ...legend(comparison, ideals !== null, style, width)].join('\n');
}

function linesOf({ rows }: SchedulerRows, ideals: readonly number[] | null): Line[] {
  const ofRows = rows.map((row) => ({ row, vms: comparedVms(row) }));
  return (ofRows[0]?.vms ?? []).flatMap((_, vm) =>
    ofRows.map(({ row, vms }, i) => ({
      vm: vms[vm],
      ideal: ideals?.[vm] ?? null,
      run: machineWord(row),
      isFirst: i === 0,
    })),
  );
}

function columnsOf(lines: readonly Line[], style: Style): FittedColumn[] {
  const column = (title: string, cell: (line: Line) => string, keep?: number): FittedColumn => ({
    title,
    cells: lines.map(cell),
    ...(keep !== undefined && { keep }),
  });
  const wait = (key: 'p50' | 'p90' | 'p99' | 'max', title: string, keep?: number) =>
    column(title, ({ vm: { wakeUps } }) => waitText(wakeUps?.[key] ?? null), keep);
  const sign = style.unicode ? '±' : '+-';
  return [
    { ...column('  VM', ({ vm, isFirst }) => (isFirst ? `  ${vm.name}` : '')), align: 'left' },
    {
      ...column('', ({ run }) => run),
      align: 'left',
      short: { cells: lines.map(({ run }) => (run === 'simulated' ? 'sim' : 'real')) },
    },
    column('ideal', ({ ideal }) => percent(ideal), 3),
    column('share', ({ vm }) => percent(vm.sharePercent)),
    ...SHOWN_NS.map((ns, i) =>
      column(`${sign}${formatDuration(ns)}`, ({ vm }) => percent(vm.errors.get(ns) ?? null), 5 + i),
    ),
    wait('p50', 'p50', 4),
    wait('p90', 'p90', 1),
    wait('p99', 'p99', 2),
    wait('max', 'max', 7),
  ];
}

/** Three digits: `732 µs`, `2.50 ms`. */
function waitText(ns: number | null): string {
  if (ns === null) return '–';
  const [unit, scale] = UNITS.find(([, least]) => ns >= least) ?? UNITS[UNITS.length - 1];
  const value = ns / scale;
  const digits = value >= 100 || unit === 'ns' ? value.toFixed(0) : value.toPrecision(3);
  return `${digits} ${unit}`;
}

const UNITS = [
  ['s', 1e9],
  ['ms', 1e6],
  ['µs', 1e3],
  ['ns', 1],
] as const;

function percent(value: number | null): string {
  return value === null ? '–' : value.toFixed(1);
}

function headLines({ scheduler, rows }: SchedulerRows, style: Style, width: number): string[] {
  const cut = rows.some(({ runs }) => runs.some(({ complete }) => !complete));
  const mark = cut ? ` ${style.yellow('(incomplete)')}` : '';
  const name = `${style.bold(style.text(scheduler.type))}${mark}`;
  const texts = [movementsText(rows), ...translationTexts(scheduler)];
  return [
    name,
    ...texts.map((text) =>
      wrapText(style.text(text), width - 2)
        .split('\n')
        .map((line) => `  ${style.dim(line)}`)
        .join('\n'),
    ),
  ];
}

function legend(comparison: Comparison, hasIdeal: boolean, style: Style, width: number): string[] {
  const missing = missingWindows(comparison, WINDOWS_NS).map(formatDuration);
  const sign = style.unicode ? '±' : '+-';
  const vms = comparison.rows.flatMap(comparedVms);
  const shown = SHOWN_NS.filter((ns) => vms.some(({ errors }) => errors.has(ns)));
  const signs = shown.map((ns) => `${sign}${formatDuration(ns)}`).join(', ');
  const sentences = [
    hasIdeal
      ? 'share: percent of one pCPU; ideal: what the file asks for.'
      : "share: percent of one pCPU. The file's scheduler or work doesn't say what its VMs are to have.",
    ...(shown.length > 0
      ? [
          `${signs}: how far a VM was from what it was owed, on average over windows of that length, in percent ` +
            'of it.',
        ]
      : []),
    ...(vms.some(({ wakeUps }) => wakeUps !== null)
      ? ['p50 to max: how long it took from a wake-up until it ran.']
      : []),
    ...(missing.length === 0
      ? []
      : [`No VM wanted to run for ${missing.join(', ')} at a time: there is no error over so long.`]),
    ...shortfalls(comparison),
  ];
  return [style.dim(wrapItem(style.text(sentences.join(' ')), width))];
}
