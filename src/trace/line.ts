/**
 * A record as a line of a trace file: a JSON array of the kind's name, the instant in ns, and the fields in the order of
 * FIELDS, with names where a number stands for a reason.
 *
 *     ["decide",90000123,0,1,0,-200,0,0,100,"sliceOver","queue"]
 */
import { Choice, Reason } from '../core/reason.ts';
import { Exit } from '../machine/machine.ts';
import type { KindName } from './record.ts';
import { Column, FIELDS, Kind, KIND_NAMES, Left, WIDTH } from './record.ts';

type Names = ReadonlyMap<number, string>;
type Numbers = ReadonlyMap<string, number>;

/** By kind and field: what its numbers are called. */
const NAMED: Readonly<Record<string, Readonly<Record<string, Readonly<Record<string, number>>>>>> = {
  decide: { reason: Reason, choice: Choice },
  exit: { why: Exit },
  leave: { why: Left },
};

interface Shape {
  readonly name: KindName;
  readonly size: number;
  /** per field; null: a number is a number */
  readonly names: readonly (Names | null)[];
  readonly numbers: readonly (Numbers | null)[];
}

const SHAPES: readonly Shape[] = KIND_NAMES.map((name) => {
  const enums = FIELDS[name].map((field) => NAMED[name]?.[field] ?? null);
  return {
    name,
    size: FIELDS[name].length,
    names: enums.map((each) =>
      each === null ? null : new Map(Object.entries(each).map(([key, n]) => [n, key])),
    ),
    numbers: enums.map((each) => (each === null ? null : new Map(Object.entries(each)))),
  };
});

const KINDS: Numbers = new Map(Object.entries(Kind));

/** @param at where the row begins in `rows` */
export function formatLine(rows: Float64Array, at: number): string {
  const { name, size, names } = SHAPES[rows[at + Column.kind]];
  let line = `["${name}",${rows[at + Column.timeNs]}`;
  for (let i = 0; i < size; i++) {
    const value = rows[at + Column.fields + i];
    const known = names[i];
    line += known === null ? `,${value}` : `,"${known.get(value) ?? '?'}"`;
  }
  return `${line}]`;
}

/**
 * Write a parsed line into a row.
 * @returns what is wrong with it, or null
 */
export function parseLine(line: readonly unknown[], row: Float64Array): string | null {
  const [name, timeNs, ...fields] = line;
  const kind = KINDS.get(String(name));
  if (kind === undefined) return `unknown kind of record ${JSON.stringify(name)}`;
  const { size, numbers } = SHAPES[kind];
  if (fields.length !== size) return `a ${String(name)} record has ${size} fields, not ${fields.length}`;
  row.fill(0, 0, WIDTH);
  row[Column.kind] = kind;
  const values = [
    timeNs,
    ...fields.map((value, i) => (numbers[i] === null ? value : numbers[i]?.get(String(value)))),
  ];
  for (const [i, value] of values.entries()) {
    if (typeof value !== 'number') {
      const wanted = i > 0 && numbers[i - 1] !== null ? 'a known word' : 'a number';
      return `a ${String(name)} record has ${JSON.stringify(line[i + 1])} where ${wanted} belongs`;
    }
    row[Column.timeNs + i] = value;
  }
  return null;
}
