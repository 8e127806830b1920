/**
 * A record as a line of a trace file: a JSON array of the kind's name, the instant in ns, and the fields in the order
 * of the vocabulary, with names where a number stands for a reason.
 *
 *     ["decide",90000123,0,1,0,-200,0,0,100,"sliceOver","queue"]
 */
import { Column, LATER_FIELDS, WIDTH } from './record.ts';
import type { Field, Vocabulary } from './vocabulary.ts';

/** @param at where the row begins in `rows` */
export type LineFormatter = (rows: Float64Array, at: number) => string;

interface WrittenField {
  readonly column: number;
  /** null: a number is a number */
  readonly names: ReadonlyMap<number, string> | null;
}

export function lineFormatter({ shapes }: Vocabulary): LineFormatter {
  const written = shapes.map(
    (shape) => shape && { kind: shape.kind, fields: shape.fields.map(writtenField) },
  );
  return (rows, at) => {
    const shape = written[rows[at + Column.kind]];
    if (shape === undefined) throw new Error(`no kind of record has the number ${rows[at + Column.kind]}`);
    let line = `["${shape.kind}",${rows[at + Column.timeNs]}`;
    for (const { column, names } of shape.fields) {
      const value = rows[at + column];
      line += names === null ? `,${value}` : `,"${names.get(value) ?? '?'}"`;
    }
    return `${line}]`;
  };
}

function writtenField({ column, words }: Field): WrittenField {
  return { column, names: words === null ? null : new Map([...words].map(([key, value]) => [value, key])) };
}

/**
 * Write a parsed line into a row.
 * @returns what is wrong with it, or null
 */
export function parseLine(
  line: readonly unknown[],
  row: Float64Array,
  { kinds, shapes }: Vocabulary,
): string | null {
  const [name, timeNs, ...values] = line;
  const kind = kinds.get(String(name));
  const shape = kind === undefined ? undefined : shapes[kind];
  if (kind === undefined || shape === undefined) return `unknown kind of record ${JSON.stringify(name)}`;
  const { fields } = shape;
  const missing = fields.length - values.length;
  if (missing !== 0 && missing !== LATER_FIELDS[shape.kind])
    return `a ${shape.kind} record has ${fields.length} fields, not ${values.length}`;
  if (typeof timeNs !== 'number' || !Number.isFinite(timeNs))
    return misplaced(shape.kind, timeNs, 'a number');
  row.fill(0, 0, WIDTH);
  row[Column.kind] = kind;
  row[Column.timeNs] = timeNs;
  for (const [i, { column, words }] of fields.slice(0, values.length).entries()) {
    const value = words === null ? values[i] : words.get(String(values[i]));
    if (typeof value !== 'number' || !Number.isFinite(value))
      return misplaced(shape.kind, values[i], words === null ? 'a number' : 'a known word');
    row[column] = value;
  }
  return null;
}

function misplaced(kind: string, value: unknown, wanted: string): string {
  // JSON has no word for what is too large for a number.
  const got = typeof value === 'number' ? String(value) : JSON.stringify(value);
  return `a ${kind} record has ${got} where ${wanted} belongs`;
}
