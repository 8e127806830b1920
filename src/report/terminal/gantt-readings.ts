/**
 * Readings over time: per vCPU a line for each level, and one more for what is below zero if anything is, and a line
 * for each class.
 */
import type { Reading } from '../../core/policy-terms.ts';
import { hearReadings } from '../../trace/readings.ts';
import { Column, COLUMNS, Kind, WIDTH } from '../../trace/record.ts';
import { spellsOf } from '../../trace/spells.ts';
import { endOf } from '../../trace/timeline.ts';
import type { Trace } from '../../trace/trace.ts';
import { policyWords } from '../../trace/words/by-policy.ts';
import { shown, signed } from '../../trace/words/words.ts';
import { forCells, type Grid } from './gantt-cells.ts';
import type { Style } from './style.ts';

/** By thirds of what a level is full at; the first is for zero itself. */
const ABOVE = { unicode: '▁▂▄█', ascii: '..o#' } as const;
const BELOW = { unicode: '▔▔▀█', ascii: "''o#" } as const;
const STEPS = 3;

export interface ReadingLines {
  /** per vCPU its lines; the first is labelled with the vCPU, others where they say what they are */
  readonly perVcpu: readonly (readonly ReadingLine[])[];
  readonly legend: string;
}

export interface ReadingLine {
  readonly label: string;
  readonly cells: string;
}

export interface ReadingLinesOptions {
  readonly vcpus: readonly number[];
  readonly grid: Grid;
  readonly style: Style;
  /** lines of classes, too */
  readonly classes: boolean;
}

/** Parked spans are `p` in the first line. */
export function readingLines(
  trace: Trace,
  { vcpus, grid, style, classes }: ReadingLinesOptions,
): ReadingLines {
  const { vcpuReadings } = trace.header.policy;
  const placesOf = (kind: Reading['kind']): number[] =>
    vcpuReadings.flatMap((reading, place) => (reading.kind === kind ? [place] : []));
  const levels = placesOf('level').map((place) => levelOf(trace, place, grid));
  const named = classes
    ? placesOf('class').map((place) => ({ place, cells: longestValues(trace, place, grid) }))
    : [];
  const parked = parkedCells(trace, grid);
  const set = style.unicode ? 'unicode' : 'ascii';

  const linesOf = (vcpu: number): ReadingLine[] => {
    const paint = (text: string): string => style.inVm(trace.header.vcpus[vcpu].vm, text);
    const ofLevels = levels.flatMap(({ reading, means, full, isNegative }, i) => {
      const cells = [...means[vcpu]];
      const above = cells.map((value, cell) => {
        if (i === 0 && parked[vcpu][cell] === 1) return 'p';
        return value >= 0 ? ABOVE[set][stepOf(value, full)] : ' ';
      });
      const below = cells.map((value) => (value < 0 ? BELOW[set][stepOf(value, full)] : ' '));
      // The first line of all has the vCPU's name.
      const upper = { label: i === 0 ? '' : ` ${reading.key}`, cells: paint(above.join('')) };
      return isNegative ? [upper, { label: '', cells: paint(below.join('')) }] : [upper];
    });
    const ofClasses = named.map(({ place, cells }, i) => {
      const letters = classLetters(vcpuReadings[place]);
      const hasParked = levels.length === 0 && i === 0;
      const text = Array.from(cells[vcpu], (value, cell) =>
        hasParked && parked[vcpu][cell] === 1 ? 'p' : (letters.get(value) ?? ' '),
      );
      const label = named.length > 1 ? ` ${vcpuReadings[place].key}` : '';
      return { label, cells: paint(text.join('')) };
    });
    return [...ofLevels, ...ofClasses];
  };
  return {
    perVcpu: vcpus.map(linesOf),
    legend: [
      ...levels.map(({ reading, full, isNegative }) => levelLegend(reading, full, isNegative, set)),
      ...named.map(({ place }) => classLegend(vcpuReadings[place])),
      ...(levels.length + named.length > 0 ? ['p parked'] : []),
    ].join('; '),
  };
}

/** The labels that lines may have besides the vCPUs: keys, where there are several of a kind. */
export function readingLabels({ header }: Trace): string[] {
  const { vcpuReadings } = header.policy;
  return vcpuReadings.flatMap(({ key, kind }) =>
    vcpuReadings.filter((other) => other.kind === kind).length > 1 ? [` ${key}`] : [],
  );
}

interface Level {
  readonly reading: Reading;
  /** per vCPU and cell: the mean of what records told; NaN where none has yet */
  readonly means: readonly Float64Array[];
  readonly full: number;
  /** anywhere in the trace, so that lines don't come and go with the part that is drawn */
  readonly isNegative: boolean;
}

function levelOf(trace: Trace, place: number, grid: Grid): Level {
  const means = meansOf(trace, place, grid);
  const values = means.flatMap((each) => [...each].filter((value) => !Number.isNaN(value)));
  let isNegative = false;
  hearReadings(trace, (_timeNs, _vcpu, reading, value) => {
    isNegative ||= reading === place && value < 0;
  });
  const greatest = values.reduce((most, value) => Math.max(most, Math.abs(value)), 0);
  return {
    reading: trace.header.policy.vcpuReadings[place],
    means,
    full: policyWords(trace).fullScale(trace, place) ?? roundUp(greatest),
    isNegative,
  };
}

/** To a number that is easily read, so that a moving picture seldom changes its scale. */
function roundUp(value: number): number {
  if (value === 0) return 1;
  const power = 10 ** Math.floor(Math.log10(value));
  return power * ([1, 3, 6].find((factor) => factor * power >= value) ?? 10);
}

function stepOf(value: number, full: number): number {
  if (value === 0) return 0;
  return Math.min(STEPS, Math.ceil((STEPS * Math.abs(value)) / full));
}

function levelLegend(
  { key, unit }: Reading,
  full: number,
  isNegative: boolean,
  set: 'unicode' | 'ascii',
): string {
  const [, low, middle, high] = ABOVE[set];
  const [, lowBelow, middleBelow, highBelow] = BELOW[set];
  const numbers = [full / STEPS, (2 * full) / STEPS, full].map((value) => shownStep(unit, value)).join(', ');
  const saysUnit = unit.startsWith(key);
  const name = saysUnit ? unit : key;
  const unitText = saysUnit || unit === '' ? '' : ` ${unit}`;
  const up = `${name}: ${low}${middle}${high} up to ${numbers}${unitText}`;
  return isNegative ? `${up}; ${lowBelow}${middleBelow}${highBelow} as far below 0` : up;
}

function shownStep(unit: string, value: number): string {
  const number = shown(unit, value);
  return signed(Number.isInteger(number) ? number : Number(number.toPrecision(3)));
}

/** A letter for each value: the first of its name that no other value has taken. */
function classLetters({ classes = [] }: Reading): Map<number, string> {
  const letters = new Map<number, string>();
  for (const { value, name } of classes) {
    const taken = [...letters.values()];
    letters.set(value, [...name].find((letter) => !taken.includes(letter)) ?? '?');
  }
  return letters;
}

function classLegend(reading: Reading): string {
  const letters = classLetters(reading);
  const names = (reading.classes ?? []).map(({ value, name }) => `${letters.get(value) ?? '?'} ${name}`);
  return `${reading.key}: ${names.join(' ')}`;
}

/** Hear a reading of each vCPU as spans in which it stays the same, from when it is known. */
function forSpans(
  trace: Trace,
  place: number,
  take: (vcpu: number, value: number, fromNs: number, toNs: number) => void,
): void {
  const { header } = trace;
  const values = header.vcpus.map(() => NaN);
  const sinceNs = header.vcpus.map(() => 0);
  const settle = (vcpu: number, untilNs: number): void => {
    if (!Number.isNaN(values[vcpu])) take(vcpu, values[vcpu], sinceNs[vcpu], untilNs);
  };
  const tell = (timeNs: number, vcpu: number, value: number): void => {
    settle(vcpu, timeNs);
    values[vcpu] = value;
    sinceNs[vcpu] = timeNs;
  };
  const starts = startsOf(trace);
  hearReadings(trace, (timeNs, vcpu, reading, value) => {
    if (reading !== place) return;
    const startNs = starts[vcpu];
    if (Number.isNaN(values[vcpu]) && startNs < timeNs)
      tell(startNs, vcpu, header.policy.vcpuReadings[place].initial);
    tell(timeNs, vcpu, value);
  });
  header.vcpus.forEach((_, vcpu) => {
    settle(vcpu, endOf(trace));
  });
}

/** Per vCPU: when its VM started, with what a new vCPU has; Infinity: not in what is left of the trace. */
function startsOf({ header, rows, count }: Trace): number[] {
  const starts = header.vcpus.map(() => Infinity);
  for (let row = 0; row < count; row++) {
    const at = row * WIDTH;
    if (rows[at + Column.kind] !== Kind.start) continue;
    header.vcpus.forEach(({ vm }, vcpu) => {
      if (vm === rows[at + COLUMNS.start.vm]) starts[vcpu] = rows[at + Column.timeNs];
    });
  }
  return starts;
}

function meansOf(trace: Trace, place: number, grid: Grid): Float64Array[] {
  const sums = trace.header.vcpus.map(() => new Float64Array(grid.count));
  const covered = trace.header.vcpus.map(() => new Float64Array(grid.count));
  forSpans(trace, place, (vcpu, value, fromNs, toNs) => {
    forCells(grid, fromNs, toNs, (cell, partNs) => {
      sums[vcpu][cell] += partNs * value;
      covered[vcpu][cell] += partNs;
    });
  });
  return sums.map((sum, vcpu) => sum.map((value, cell) => value / covered[vcpu][cell]));
}

/** Per vCPU and cell: the value that held longest; NaN where none is known. */
function longestValues(trace: Trace, place: number, grid: Grid): Float64Array[] {
  const longest = trace.header.vcpus.map(() => new Float64Array(grid.count).fill(NaN));
  const times = trace.header.vcpus.map(() =>
    Array.from({ length: grid.count }, () => new Map<number, number>()),
  );
  forSpans(trace, place, (vcpu, value, fromNs, toNs) => {
    forCells(grid, fromNs, toNs, (cell, partNs) => {
      const inCell = times[vcpu][cell];
      inCell.set(value, (inCell.get(value) ?? 0) + partNs);
      const best = inCell.get(longest[vcpu][cell]) ?? 0;
      if ((inCell.get(value) ?? 0) > best) longest[vcpu][cell] = value;
    });
  });
  return longest;
}

/** Per vCPU and cell: 1 where it was parked at least half the time. */
function parkedCells(trace: Trace, grid: Grid): Uint8Array[] {
  return spellsOf(trace).map((spells) => {
    const times = new Float64Array(grid.count);
    for (const { state, fromNs, toNs } of spells) {
      if (state !== 'parked') continue;
      forCells(grid, fromNs, toNs, (cell, partNs) => {
        times[cell] += partNs;
      });
    }
    return Uint8Array.from(times, (ns) => (2 * ns >= grid.cellNs ? 1 : 0));
  });
}
