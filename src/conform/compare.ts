/** A simulation held against a golden file: its records, then its figures. */
import type { Difference } from './conformance-schema.ts';
import type { GoldenDialect } from './dialect.ts';
import type { GoldenRecord } from './golden-records.ts';
import type { Figures, GoldenFile, GoldenResult } from './golden-schema.ts';
import { isRounded, roundingOf } from './rounding.ts';

const CONTEXT_RECORDS = 5;

/** Index in a whole trace of its n-th compared record (from 0); the trace's length if it has fewer. */
export function indexOfCompared(records: readonly GoldenRecord[], n: number, dialect: GoldenDialect): number {
  let left = n;
  const index = records.findIndex(([kind]) => !dialect.kindsForReaders.has(kind) && left-- === 0);
  return index < 0 ? records.length : index;
}

export function compareTraces(
  expected: readonly GoldenRecord[],
  actual: readonly GoldenRecord[],
  dialect: GoldenDialect,
): { readonly recordsCompared: number; readonly difference: Difference | null } {
  const wanted = comparable(expected, dialect);
  const given = comparable(actual, dialect);
  const longest = Math.max(wanted.length, given.length);
  for (let index = 0; index < longest; index++) {
    const [want, have] = [wanted.at(index) ?? null, given.at(index) ?? null];
    if (JSON.stringify(want) === JSON.stringify(have)) continue;
    const before = wanted.slice(Math.max(0, index - CONTEXT_RECORDS), index);
    const difference: Difference = { kind: 'record', index, expected: want, actual: have, before };
    return { recordsCompared: index + 1, difference };
  }
  return { recordsCompared: longest, difference: null };
}

/** Only the compared kinds; neighbours of kinds without a defined order are sorted by their vCPU. */
function comparable(
  records: readonly GoldenRecord[],
  { kindsForReaders, unorderedKinds }: GoldenDialect,
): GoldenRecord[] {
  const kept = records.filter(([kind]) => !kindsForReaders.has(kind));
  for (let first = 0; first < kept.length; first++) {
    let end = first;
    while (end < kept.length && unorderedKinds.has(kept[end][0]) && kept[end][1] === kept[first][1]) end++;
    if (end - first < 2) continue;
    const sorted = kept.slice(first, end).sort((a, b) => (String(a[2]) < String(b[2]) ? -1 : 1));
    kept.splice(first, sorted.length, ...sorted);
    first = end - 1;
  }
  return kept;
}

/** All that the file's `result` has, and then its bands. */
export function compareResult(
  { result, band = {} }: GoldenFile,
  actual: GoldenResult,
  { figuresForReaders, decimals }: GoldenDialect,
): Difference | null {
  const rounding = roundingOf(decimals);
  for (const [key, want] of Object.entries<unknown>({ ...result })) {
    if (figuresForReaders.has(key)) continue;
    const have = Object.entries<unknown>({ ...actual }).find(([name]) => name === key)?.[1];
    const difference =
      key === 'samples_cum_cpu_ns'
        ? compareSamples(result.samples_cum_cpu_ns, actual.samples_cum_cpu_ns)
        : typeof want === 'number'
          ? differs(key, want, numberOf(have), toleranceOf(key, rounding))
          : compareRows(rowsOf(want), rowsOf(have), rounding);
    if (difference !== null) return difference;
  }
  return compareBands(band, actual, rounding);
}

type Rows = ReadonlyMap<string, Figures>;

/** Those of a list are called by their names, pCPUs by their numbers. */
function rowsOf(value: unknown): Rows {
  if (!Array.isArray(value)) return new Map(Object.entries((value ?? {}) as Record<string, Figures>));
  const list = value as readonly Figures[];
  return new Map(list.map((row) => [String(row.name ?? `pCPU ${String(row.pcpu)}`), row]));
}

function compareRows(wanted: Rows, given: Rows, rounding: number): Difference | null {
  for (const [name, row] of wanted) {
    const have = given.get(name) ?? {};
    for (const [key, want] of Object.entries(row)) {
      if (typeof want !== 'number') continue;
      const difference = differs(`${name} ${key}`, want, numberOf(have[key]), toleranceOf(key, rounding));
      if (difference !== null) return difference;
    }
  }
  return null;
}

function compareSamples(
  wanted: GoldenResult['samples_cum_cpu_ns'],
  given: GoldenResult['samples_cum_cpu_ns'],
): Difference | null {
  const count = differs('number of samples', wanted.length, given.length, 0);
  if (count !== null) return count;
  for (const [index, row] of wanted.entries()) {
    for (const [column, want] of row.entries()) {
      const what =
        column === 0 ? `time of sample ${index}` : `cpu_ns of vCPU ${column - 1} in sample ${index}`;
      const difference = differs(what, want, given[index].at(column) ?? null, 0);
      if (difference !== null) return difference;
    }
  }
  return null;
}

function compareBands(
  bands: NonNullable<GoldenFile['band']>,
  { vms }: GoldenResult,
  rounding: number,
): Difference | null {
  for (const [vm, ofVm] of Object.entries(bands)) {
    for (const [key, band] of Object.entries(ofVm)) {
      const have = numberOf(vms[vm]?.[key]);
      // The run may be too short for a quantity that a longer variant of it had.
      if (band === undefined || have === null) continue;
      const [min, max] = band;
      if (have >= min - rounding && have <= max + rounding) continue;
      return { kind: 'quantity', what: `${vm} ${key}`, expected: [min, max], actual: have };
    }
  }
  return null;
}

function toleranceOf(key: string, rounding: number): number {
  return isRounded(key) ? rounding : 0;
}

function numberOf(value: unknown): number | null {
  return typeof value === 'number' ? value : null;
}

function differs(
  what: string,
  expected: number,
  actual: number | null,
  tolerance: number,
): Difference | null {
  const isSame = actual !== null && Math.abs(actual - expected) <= tolerance;
  return isSame ? null : { kind: 'quantity', what, expected, actual };
}
