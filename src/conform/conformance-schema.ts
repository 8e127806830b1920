/** What `creditlab conform --json` writes, as a type and as a schema. That both say the same is checked by the compiler. */
import { z } from 'zod';
import type { Conformance } from './conform.ts';

export const CONFORMANCE_FORMAT = 'creditlab-conformance';
export const CONFORMANCE_VERSION = 1;

/** The file that `creditlab conform --json` writes. */
export interface ConformanceResult {
  readonly format: typeof CONFORMANCE_FORMAT;
  readonly version: typeof CONFORMANCE_VERSION;
  /** how many golden files were named; without `--keep-going` those behind the first difference are not compared */
  readonly fileCount: number;
  readonly files: readonly (Conformance & { readonly file: string })[];
}

const count = z.int().min(0);

const acctEntry = z.tuple([z.string(), z.number(), z.number(), z.number(), z.number(), z.number()]);
const record = z
  .tuple([z.string(), z.number()], z.union([z.string(), z.number(), z.array(acctEntry)]))
  .describe('as in the trace of a golden file');

const difference = z.union([
  z.strictObject({
    kind: z.literal('record'),
    index: count.describe('its number among the compared records, from 0'),
    expected: record.nullable().describe('null: there should be none any more'),
    actual: record.nullable().describe('null: there is none any more'),
    before: z.array(record).describe('up to five before it, which are the same in both'),
  }),
  z.strictObject({
    kind: z.literal('quantity'),
    what: z.string().describe('as in A.0 cpu_ns'),
    expected: z
      .union([z.number(), z.tuple([z.number(), z.number()])])
      .describe('a value, or the least and greatest allowed'),
    actual: z.number().nullable().describe('null: the simulation has no such quantity'),
  }),
]);

const queuedVcpu = z.strictObject({
  name: z.string(),
  priority: z.int().describe('BOOST 0, UNDER −1, OVER −2'),
  credit: z.int(),
});

const queue = z.strictObject({
  pcpu: count,
  current: queuedVcpu.nullable().describe('who runs; null: it idles'),
  queue: z.array(queuedVcpu).describe('who waits, in order'),
});

export const conformanceSchema = z
  .strictObject({
    format: z.literal(CONFORMANCE_FORMAT),
    version: z.literal(CONFORMANCE_VERSION),
    fileCount: count.describe('golden files that were named, those that were not compared included'),
    files: z.array(
      z.strictObject({
        file: z.string(),
        name: z.string().describe("the scenario's"),
        matches: z.boolean(),
        recordsCompared: count.describe('up to and including the first that differs'),
        firstDifference: difference.nullable().describe('null: there is none'),
        queues: z
          .array(queue)
          .nullable()
          .describe("the simulation's, at the record that differs, or at the end; null: nothing differs"),
      }),
    ),
  })
  .meta({
    title: 'creditlab conformance',
    description: 'How the simulator compares with golden files. Times in ns.',
  });

/** Read-only, tuples included, as the types are written. */
type Strict<T> = T extends object ? { readonly [K in keyof T]: Strict<T[K]> } : T;
type Same<A, B> = [A] extends [B] ? ([B] extends [A] ? true : never) : never;
/** Does not compile when schema and type have drifted apart. */
export const schemaMatchesType: Same<Strict<z.infer<typeof conformanceSchema>>, ConformanceResult> = true;
