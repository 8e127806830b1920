/**
 * Who was on which pCPU when, as text:
 *
 *              |0.00 s       |0.05 s       |0.10 s
 *     CPU 0    AAAAAAAAAABBBBBBBBBBBBBBBBBBBBAAAAAAAA      what was meant
 *      fact    AAAAAAAAAABBBBBBBBBBBBBBBBBBBBAAAAAAAA      what was
 *      switch            |                   |             where it changed, and how often
 *
 * Colours, where there are any, tell VMs apart; letters tell vCPUs apart, in any case.
 */

import { stripVTControlCharacters } from 'node:util';
import { endOf, slicesOf, staysOf } from '../../trace/timeline.ts';
import type { Trace } from '../../trace/trace.ts';
import { beginOf, firstRowAt } from '../../trace/window.ts';
import { cpuName, span } from '../../trace/words/words.ts';
import { WIDTH } from '../../trace/record.ts';
import { type Cell, type Grid, cellsOf, gridOf, timeAxis, lettersOf } from './gantt-cells.ts';
import { readingLabels, readingLines } from './gantt-readings.ts';
import type { Style } from './style.ts';

export interface GanttOptions {
  readonly fromNs: number;
  readonly toNs: number;
  /** characters in a line */
  readonly width: number;
  readonly style: Style;
  /** vCPUs with a letter and lines of their readings; default: all */
  readonly vcpus?: readonly number[];
  /** default: all */
  readonly pcpus?: readonly number[];
  /** draw readings that are one of a few named values, too; default: yes */
  readonly classes?: boolean;
}

const IDLE_CELL = '.';
const OTHER_CELL = '-';
const LEAST_LABEL = ' switch'.length;
/** Readings of more vCPUs are no longer looked at, only scrolled past. */
const MOST_READ_VCPUS = 16;
/** How far back it is looked to know what was going on at the beginning of a frame: parked may last. */
const FRAME_LOOK_BACK_NS = 4e9;

/** Lines of `width` characters, without a line break at the end. */
export function gantt(trace: Trace, options: GanttOptions): string {
  const { fromNs, toNs, width, style } = options;
  const all = trace.header.vcpus.map((_, vcpu) => vcpu);
  const { vcpus = all, pcpus = trace.header.scenario.pcpus.map((_, pcpu) => pcpu) } = options;
  const shown = vcpus.slice(0, MOST_READ_VCPUS);
  const names = shown.map((vcpu) => trace.header.vcpus[vcpu].id);
  const labels = [...pcpus.map((pcpu) => cpuName(trace, pcpu)), ...names, ...readingLabels(trace)];
  const labelWidth = Math.max(LEAST_LABEL, ...labels.map(({ length }) => length)) + 2;
  const grid = gridOf(fromNs, toNs, Math.max(1, width - labelWidth));
  const painter = new Painter(trace, vcpus, grid, style);
  const readings = readingLines(trace, { vcpus: shown, grid, style, classes: options.classes ?? true });
  const line = (label: string, cells: string): string => `${label.padEnd(labelWidth)}${cells}`.trimEnd();

  const lines = [line('', style.dim(timeAxis(grid)))];
  const slices = slicesOf(trace);
  const stays = staysOf(trace);
  const hasFacts = stays.some((each) => each.length > 0);
  for (const pcpu of pcpus) {
    const intent = cellsOf(slices[pcpu], grid);
    lines.push(line(cpuName(trace, pcpu), painter.cells(intent)));
    if (hasFacts) lines.push(line(' fact', painter.cells(cellsOf(stays[pcpu], grid))));
    if (intent.some(({ switches }) => switches > 0)) lines.push(line(' switch', style.dim(marks(intent))));
  }
  lines.push('', ...legend(painter, vcpus, grid, width).map(style.text));
  if (shown.length === 0) return lines.join('\n');
  if (readings.legend === '') return lines.join('\n');
  lines.push('');
  readings.perVcpu.forEach((ofVcpu, vcpu) => {
    ofVcpu.forEach(({ label, cells }, i) => {
      lines.push(line(i === 0 ? names[vcpu] : label, cells));
    });
  });
  lines.push(...wrapWords(readings.legend.split(' '), ' ', width).map(style.text).map(style.dim));
  const rest = vcpus.length - shown.length;
  if (rest > 0) lines.push(style.dim(`(and ${rest} more vCPUs)`));
  return lines.join('\n');
}

/**
 * The last `lastNs` of a trace that is still being written. The picture moves by whole cells, so that what is past
 * doesn't flicker, and only the end of the trace is read.
 */
export function ganttFrame(
  trace: Trace,
  lastNs: number,
  options: Omit<GanttOptions, 'fromNs' | 'toNs'>,
): string {
  const cellNs = lastNs / options.width;
  const toNs = Math.max(lastNs, Math.ceil(endOf(trace) / cellNs) * cellNs);
  const fromNs = toNs - lastNs;
  return gantt(since(trace, fromNs - FRAME_LOOK_BACK_NS), { ...options, fromNs, toNs });
}

/** The end of a trace, as a memory would have kept it. */
function since(trace: Trace, timeNs: number): Trace {
  const row = firstRowAt(trace, timeNs);
  if (row === 0) return trace;
  const { rows, count, lost } = trace;
  return {
    ...trace,
    rows: rows.subarray(row * WIDTH, count * WIDTH),
    count: count - row,
    lost: { ...lost, forgotten: lost.forgotten + row },
  };
}

class Painter {
  readonly letters: readonly string[];
  private readonly trace: Trace;
  private readonly wanted: ReadonlySet<number>;
  private readonly grid: Grid;
  private readonly style: Style;

  constructor(trace: Trace, vcpus: readonly number[], grid: Grid, style: Style) {
    this.trace = trace;
    this.letters = lettersOf(trace.header.vcpus);
    this.wanted = new Set(vcpus);
    this.grid = grid;
    this.style = style;
  }

  /** Cells of one VM are coloured together. */
  cells(cells: readonly Cell[]): string {
    let line = '';
    let from = 0;
    while (from < cells.length) {
      const vm = this.vmOf(from, cells);
      let text = '';
      for (; from < cells.length && this.vmOf(from, cells) === vm; from++)
        text += this.letter(from, cells[from]);
      line += vm === null ? text : this.style.onVm(vm, text);
    }
    return line;
  }

  /** `A` on its colour, and whose it is. */
  key(vcpu: number): string {
    const { id, vm } = this.trace.header.vcpus[vcpu];
    return `${this.style.onVm(vm, this.letters[vcpu])} ${id}`;
  }

  private vmOf(cell: number, cells: readonly Cell[]): number | null {
    const { vcpu } = cells[cell];
    return this.isKnown(cell) && this.wanted.has(vcpu) ? this.trace.header.vcpus[vcpu].vm : null;
  }

  private letter(cell: number, { vcpu }: Cell): string {
    if (!this.isKnown(cell)) return ' ';
    if (vcpu < 0) return IDLE_CELL;
    return this.wanted.has(vcpu) ? this.letters[vcpu] : OTHER_CELL;
  }

  /** Whether the trace covers the middle of a cell. */
  private isKnown(cell: number): boolean {
    const middleNs = this.grid.fromNs + (cell + 0.5) * this.grid.cellNs;
    return middleNs >= beginOf(this.trace) && middleNs <= endOf(this.trace);
  }
}

/** A bar for a switch, a number for several. */
function marks(cells: readonly Cell[]): string {
  return cells
    .map(({ switches }) =>
      switches === 0 ? ' ' : switches === 1 ? '|' : switches > 9 ? '+' : String(switches),
    )
    .join('')
    .trimEnd();
}

function legend(painter: Painter, vcpus: readonly number[], grid: Grid, width: number): string[] {
  const keys = vcpus.map((vcpu) => painter.key(vcpu));
  const isAll = vcpus.length === painter.letters.length;
  const rest = [`${IDLE_CELL} idle`, ...(isAll ? [] : [`${OTHER_CELL} others`])];
  return wrapWords([...keys, ...rest, `(a character is ${span(grid.cellNs)})`], '   ', width);
}

/** Fold words to a width; colours don't count. */
function wrapWords(words: readonly string[], gap: string, width: number): string[] {
  const lines: string[] = [];
  let free = 0;
  for (const word of words) {
    const length = stripVTControlCharacters(word).length;
    if (lines.length === 0 || length + gap.length > free) {
      lines.push(word);
      free = width - length;
    } else {
      lines[lines.length - 1] += gap + word;
      free -= gap.length + length;
    }
  }
  return lines;
}
