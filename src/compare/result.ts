/** The result file of `creditlab compare … --json`: one object with all runs. Times in ns, shares in percent. */
import { z } from 'zod';
import type { Inferred } from '../base/schema.ts';
import { field } from '../base/schema.ts';
import { generatorSchema, hostDescriptionSchema, runSchema } from '../result/result.ts';
import { scenarioSchema } from '../scenario/scenario.ts';

const NS = { unit: 'ns' };
const count = z.int().min(0);
const ns = z.number().min(0);

const errorSchema = z.strictObject({
  windowNs: field(ns, 'length of the windows', NS),
  count: field(count, 'windows in which the VM wanted to run all the time'),
  percent: field(ns, 'how far it was from what it was owed, on average over them', {
    unit: '% of what it was owed',
  }),
});

const wakeUpsSchema = z.strictObject({
  count: field(count, 'wake-ups'),
  p50: field(ns, 'quantile', NS),
  p90: field(ns, 'quantile', NS),
  p99: field(ns, 'quantile', NS),
  max: field(ns, 'the longest', NS),
});

const comparedVmSchema = z.strictObject({
  name: field(z.string(), 'of the VM'),
  errors: field(z.array(errorSchema).nullable(), 'one object per length of a window that has any', {
    note: "null: the file's scheduler can't say what is owed",
  }),
  wakeUps: field(wakeUpsSchema.nullable(), 'from a wake-up until the VM ran', {
    note: 'null: there was none',
  }),
});

const comparedSchedulerSchema = z.strictObject({
  type: field(z.string(), 'of the scheduler'),
  notes: field(z.array(z.string()), 'how weights, caps and other parameters were taken over'),
  scenario: field(scenarioSchema, 'as it ran under this scheduler'),
});

const comparedRunSchema = z.strictObject({
  scheduler: field(z.string(), '`type` of one of `schedulers`'),
  run: field(runSchema, 'as in the results of a run'),
  vms: field(
    z.array(comparedVmSchema).nullable(),
    "what follows from the run's records, one object per VM in the scenario's order",
    { note: 'null: they were not kept' },
  ),
});

export const comparisonResultSchema = z
  .strictObject({
    format: field(z.literal('creditlab-comparison'), '`creditlab-comparison`'),
    version: field(z.literal(1), '1'),
    generator: field(generatorSchema, 'as in other results'),
    startedAt: field(z.iso.datetime(), 'as in other results'),
    host: field(hostDescriptionSchema, 'as in other results'),
    scenario: field(scenarioSchema, 'as it was written'),
    complete: field(z.boolean(), 'false when runs are missing or incomplete'),
    schedulers: field(z.array(comparedSchedulerSchema), 'in the order of the option'),
    runs: field(z.array(comparedRunSchema), 'per scheduler those in virtual time, then those on real cores'),
  })
  .meta({
    title: 'creditlab comparison',
    description: 'A scenario under several schedulers. Times in ns.',
  });

export type ComparisonResult = Inferred<typeof comparisonResultSchema>;

/** Objects with a table of fields in the documents. */
export const COMPARISON_TABLES = {
  'comparison result': comparisonResultSchema,
  'compared scheduler': comparedSchedulerSchema,
  'compared run': comparedRunSchema,
  'compared vm': comparedVmSchema,
  'allocation error': errorSchema,
  'wake ups': wakeUpsSchema,
} as const;
