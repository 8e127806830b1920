/** Time cut into the cells of a line, the axis above it, and the letters in it. */
import type { TraceVcpu } from '../../trace/trace.ts';

export interface Grid {
  readonly fromNs: number;
  readonly cellNs: number;
  readonly count: number;
}

export function gridOf(fromNs: number, toNs: number, count: number): Grid {
  return { fromNs, cellNs: (toNs - fromNs) / count, count };
}

export interface Cell {
  /** who was there longest, −1 = nobody */
  readonly vcpu: number;
  /** how often that changed */
  readonly switches: number;
}

interface Span {
  readonly vcpu: number;
  readonly fromNs: number;
  readonly toNs: number;
}

/** @param spans of one pCPU, in order of time and apart */
export function cellsOf(spans: readonly Span[], grid: Grid): Cell[] {
  const { fromNs, cellNs, count } = grid;
  const endNs = fromNs + cellNs * count;
  const times = Array.from({ length: count }, () => new Map<number, number>());
  const switches = new Uint32Array(count);
  const changeAt = (timeNs: number): void => {
    if (timeNs > fromNs && timeNs < endNs) switches[cellAt(grid, timeNs)]++;
  };
  spans.forEach((span, i) => {
    if (span.toNs <= fromNs || span.fromNs >= endNs) return;
    changeAt(span.fromNs);
    if (spans[i + 1]?.fromNs !== span.toNs) changeAt(span.toNs);
    forCells(grid, span.fromNs, span.toNs, (cell, partNs) => {
      times[cell].set(span.vcpu, (times[cell].get(span.vcpu) ?? 0) + partNs);
    });
  });
  return times.map((each, cell) => ({ vcpu: longest(each, cellNs), switches: switches[cell] }));
}

/** The cells that a span touches, and how much of it lies in each. */
export function forCells(
  grid: Grid,
  fromNs: number,
  toNs: number,
  take: (cell: number, partNs: number) => void,
): void {
  const { cellNs, count } = grid;
  const first = Math.max(0, cellAt(grid, fromNs));
  for (let cell = first; cell < count; cell++) {
    const beginNs = grid.fromNs + cell * cellNs;
    if (beginNs >= toNs) return;
    const partNs = Math.min(toNs, beginNs + cellNs) - Math.max(fromNs, beginNs);
    if (partNs > 0) take(cell, partNs);
  }
}

export function cellAt({ fromNs, cellNs, count }: Grid, timeNs: number): number {
  return Math.min(count - 1, Math.floor((timeNs - fromNs) / cellNs));
}

/** Of the vCPUs and of nobody. */
function longest(times: ReadonlyMap<number, number>, cellNs: number): number {
  let best = -1;
  let bestNs = cellNs;
  for (const ns of times.values()) bestNs -= ns;
  for (const [vcpu, ns] of times) {
    if (ns <= bestNs) continue;
    best = vcpu;
    bestNs = ns;
  }
  return best;
}

/** Cells between two labels, at least. */
const LEAST_APART = 11;

/** A line of ticks at round times, each with its label behind it: `|1.00 s      |1.05 s`. */
export function timeAxis({ fromNs, cellNs, count }: Grid, unit: 's' | 'ms' = 's'): string {
  const stepNs = roundStep(LEAST_APART * cellNs);
  const unitNs = unit === 's' ? 1e9 : 1e6;
  const decimals = Math.min(9, Math.max(0, Math.ceil(-Math.log10(stepNs / unitNs) - 1e-9)));
  let line = '';
  for (let tick = Math.ceil(fromNs / stepNs - 1e-9); ; tick++) {
    const cell = Math.floor((tick * stepNs - fromNs) / cellNs + 1e-6);
    const label = `|${((tick * stepNs) / unitNs).toFixed(decimals)} ${unit}`;
    if (cell + label.length > count) return line.padEnd(count);
    line = line.padEnd(cell) + label;
  }
}

/** 1, 2 or 5 times a power of ten, not less than this. */
function roundStep(leastNs: number): number {
  const power = 10 ** Math.floor(Math.log10(leastNs));
  return power * ([1, 2, 5, 10].find((factor) => factor * power >= leastNs) ?? 10);
}

const ALL = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789';

/**
 * A character for each vCPU: the first letter of its VM's name where it is free, in capitals for the VM's first vCPU.
 * With more vCPUs than characters those of a VM share one, and in the end VMs do.
 */
export function lettersOf(vcpus: readonly TraceVcpu[]): string[] {
  if (vcpus.length > ALL.length) return vcpus.map(({ vm }) => ALL[vm % ALL.length]);
  const letters: string[] = vcpus.map(() => '');
  const used = new Set<string>();
  const isFirst = vcpus.map(({ vm }, i) => vcpus.findIndex((other) => other.vm === vm) === i);
  const assign = (index: number): void => {
    const initial = vcpus[index].id[0];
    const wishes = isFirst[index]
      ? [initial.toUpperCase(), initial.toLowerCase()]
      : [initial.toLowerCase(), initial.toUpperCase()];
    const letter = [...wishes, ...ALL].find((each) => ALL.includes(each) && !used.has(each)) ?? '?';
    letters[index] = letter;
    used.add(letter);
  };
  // First vCPUs choose first.
  for (const first of [true, false]) isFirst.forEach((is, index) => is === first && assign(index));
  return letters;
}
