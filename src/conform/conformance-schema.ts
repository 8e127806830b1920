/** The file that `creditlab conform --json` writes. */
import { z } from 'zod';
import type { Inferred } from '../base/schema.ts';
import { field } from '../base/schema.ts';
import { anyRecordSchema } from './golden-records.ts';

const count = z.int().min(0);

const recordSchema = field(anyRecordSchema, 'as in the trace of a golden file');

const recordDifferenceSchema = z.strictObject({
  kind: z.literal('record'),
  index: field(count, 'its number among the compared records, from 0'),
  expected: field(recordSchema.nullable(), 'as in the golden file', {
    note: 'null: there should be none any more',
  }),
  actual: field(recordSchema.nullable(), 'as simulated', { note: 'null: there is none any more' }),
  before: field(z.array(recordSchema), 'up to five before it, which are the same in both'),
});

const quantityDifferenceSchema = z.strictObject({
  kind: z.literal('quantity'),
  what: field(z.string(), 'which one, as in `A.0 cpu_ns`'),
  expected: field(
    z.union([z.number(), z.tuple([z.number(), z.number()])]),
    'a value, or the least and greatest allowed',
  ),
  actual: field(z.number().nullable(), 'as simulated', { note: 'null: the simulation has no such quantity' }),
});

const differenceSchema = z.union([recordDifferenceSchema, quantityDifferenceSchema]);

/** The first thing in which a simulation and a golden file differ. */
export type Difference = Inferred<typeof differenceSchema>;

const readingSchema = z.strictObject({
  name: field(z.string(), 'as in `credit`'),
  value: field(z.number(), 'times in ns'),
});

const queuedVcpuSchema = z.strictObject({
  name: field(z.string(), 'as in `A.0`'),
  readings: field(z.array(readingSchema), "the policy's, in its order"),
});

export type QueuedVcpu = Inferred<typeof queuedVcpuSchema>;

const queueSchema = z.strictObject({
  pcpu: field(count, 'number of the pCPU'),
  current: field(queuedVcpuSchema.nullable(), 'who runs', { note: 'null: it idles' }),
  queue: field(z.array(queuedVcpuSchema), 'who waits, in order'),
});

/** Who runs on a pCPU and who waits there, in order, at one instant. */
export type QueueState = Inferred<typeof queueSchema>;

const fileSchema = z.strictObject({
  file: field(z.string(), 'its path'),
  name: field(z.string(), "the scenario's"),
  policy: field(z.string(), "the scheduler's type"),
  matches: field(z.boolean(), 'whether all is the same'),
  recordsCompared: field(count, 'up to and including the first that differs'),
  firstDifference: field(differenceSchema.nullable(), 'of `kind` `record` or `quantity`', {
    note: 'null: there is none',
  }),
  queues: field(
    z.array(queueSchema).nullable(),
    "the simulation's, at the record that differs, or at the end",
    {
      note: 'null: nothing differs',
    },
  ),
});

export const conformanceResultSchema = z
  .strictObject({
    format: field(z.literal('creditlab-conformance'), '`creditlab-conformance`'),
    version: field(z.literal(2), '2'),
    fileCount: field(
      count,
      'how many golden files were named; without `--keep-going` those behind the first that differs are not compared',
    ),
    files: field(z.array(fileSchema), 'one object per file that was compared'),
  })
  .meta({
    title: 'creditlab conformance',
    description: 'How the simulator compares with golden files. Times in ns.',
  });

export type ConformanceResult = Inferred<typeof conformanceResultSchema>;

/** How a simulation compares with the genuine scheduler. */
export type Conformance = Omit<ConformanceResult['files'][number], 'file'>;
