import type { Packed, PackedArray } from './view-data.ts';

/** By the type of a packed array; the page's script has the same table (viewer/decode.js). */
export const ARRAYS = {
  f64: Float64Array,
  i32: Int32Array,
  u32: Uint32Array,
  u16: Uint16Array,
  i8: Int8Array,
  u8: Uint8Array,
} as const;

/** Stands for "none" in a column of bytes. */
export const NO_REASON = 255;

export function pack(type: PackedArray['type'], values: readonly number[]): PackedArray {
  const { buffer } = ARRAYS[type].from(values);
  return { type, base64: Buffer.from(buffer).toString('base64') };
}

/** Numbers of unknown kind, in the smallest type that holds them all. */
export function packNumbers(values: readonly number[]): PackedArray {
  const fits = (type: 'i8' | 'i32'): boolean =>
    ARRAYS[type].from(values).every((packed, i) => Object.is(packed, values[i]));
  return pack(fits('i8') ? 'i8' : fits('i32') ? 'i32' : 'f64', values);
}

/** The columns of a list of entries, each with its type and where its value comes from. */
export function packColumns<Entry, Column extends string>(
  entries: readonly Entry[],
  columns: Readonly<Record<Column, readonly [PackedArray['type'], (entry: Entry) => number]>>,
): Packed<Column> {
  const packed: Partial<Record<Column, PackedArray>> = {};
  for (const column of Object.keys(columns) as Column[]) {
    const [type, valueOf] = columns[column];
    packed[column] = pack(type, entries.map(valueOf));
  }
  return packed as Packed<Column>;
}
