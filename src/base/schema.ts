/**
 * What files hold is said once, by a zod schema: types are inferred from it, and JSON Schemas, the CSV, the tables'
 * titles and hints, and the tables of fields in the documents are made from it.
 *
 * Loading zod takes a tenth of a short command's time. So a schema is in a file without code that something else needs,
 * and who needs a type of it imports that type only.
 */
import { z } from 'zod';

/** The type of a schema's values, read-only however deep. */
export type Inferred<Schema extends z.ZodType> = Immutable<z.infer<Schema>>;

type Immutable<T> = T extends object ? { readonly [K in keyof T]: Immutable<T[K]> } : T;

export interface FieldWords {
  /** what it means, wherever it is shown */
  readonly meaning: string;
  /** what only a reader of files must know: when it is null or absent, how it is computed */
  readonly note?: string;
  /** heading of its column in tables for people; none: it is in no such table */
  readonly title?: string;
  readonly unit?: string;
  /** name of its column in the CSV; none: it isn't there. Of a band, the least and the greatest value are two more. */
  readonly column?: string;
  /** the column that it stands behind; none: columns have the order of the schema */
  readonly behind?: string;
  /** what its column says where it is null or absent; none: nothing */
  readonly otherwise?: string;
}

const registry = z.registry<FieldWords>();

/**
 * A field of a file, with all that there is to say about it. Optional and nullable come first: `field(ns.nullable(),
 * …)`.
 */
export function field<Schema extends z.ZodType>(
  schema: Schema,
  meaning: string,
  words: Omit<FieldWords, 'meaning'> = {},
): Schema {
  const described = schema.describe(words.note === undefined ? meaning : `${meaning}; ${words.note}`);
  registry.add(described, { meaning, ...words });
  return described;
}

/** What `field()` was told. @returns null for a schema that is no such field */
export function wordsOf(schema: z.core.$ZodType): FieldWords | null {
  return registry.get(schema as z.ZodType) ?? null;
}

/** A schema without what makes it optional, nullable or a list, and whether it is a list. */
export function unwrapped(schema: z.core.$ZodType): {
  readonly inner: z.core.$ZodType;
  readonly isList: boolean;
} {
  if (schema instanceof z.ZodOptional || schema instanceof z.ZodNullable) return unwrapped(schema.unwrap());
  if (schema instanceof z.ZodExactOptional) return unwrapped(schema.unwrap());
  if (schema instanceof z.ZodArray) return { inner: unwrapped(schema.element).inner, isList: true };
  return { inner: schema, isList: false };
}
