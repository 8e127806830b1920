import { columnOf, FIELDS, KIND_NAMES } from './record.ts';
import type { KindName } from './record.ts';

type Columns = { readonly [K in KindName]: Readonly<Record<(typeof FIELDS)[K][number], number>> };

/** By kind and field: its column in a row. */
export const COLUMNS = Object.fromEntries(
  KIND_NAMES.map((kind) => [
    kind,
    Object.fromEntries(FIELDS[kind].map((field) => [field, columnOf(kind, field as never)])),
  ]),
) as unknown as Columns;
