/** The result file of `creditlab lab … --json`: one object with all rows. Units as in result.ts. */
import { z } from 'zod';
import { intervalSchema } from '../analysis/schema.ts';
import type { Inferred } from '../base/schema.ts';
import { field } from '../base/schema.ts';
import { scenarioSchema } from '../scenario/scenario.ts';
import { generatorSchema, hostDescriptionSchema, runSchema } from './result.ts';

const count = z.int().min(0);
const p = z.number().min(0).max(1);
const FIGURE = { unit: 'ns or percent' };

export const comparisonSchema = z.strictObject({
  vm: field(z.string(), 'name of the VM'),
  row: field(z.string(), 'label of the row'),
  base: field(z.string(), 'label of the row that it is held against: the first one that runs the VM'),
  metric: field(
    z.enum(['wallNs', 'sharePercent']),
    '`wallNs`, or `sharePercent` where the VM runs to the end',
  ),
  runs: field(count, 'complete runs of the row'),
  baseRuns: field(count, 'complete runs of the base'),
  median: field(z.number(), 'of the row', FIGURE),
  baseMedian: field(z.number(), 'of the base', FIGURE),
  difference: field(z.number(), 'of the medians', FIGURE),
  differenceInterval: field(intervalSchema.nullable(), 'its 95 % interval, by resampling', {
    ...FIGURE,
    note: 'null for fewer than 3 runs',
  }),
  ratio: field(z.number().nullable(), 'of the medians', { note: 'null to a base of 0' }),
  ratioInterval: field(intervalSchema.nullable(), 'its 95 % interval, by resampling', {
    note: 'null likewise',
  }),
  cliffsDelta: field(
    z.number().min(-1).max(1),
    'chance that a run has more than one of the base, minus the chance that it has less',
    { unit: '−1 to 1' },
  ),
  pValue: field(p, 'of the test of Mann and Whitney, two-sided', { unit: '0 to 1' }),
  pAdjusted: field(p, 'the same in view of all comparisons of the file (Holm)', { unit: '0 to 1' }),
});

export type RowComparison = Inferred<typeof comparisonSchema>;

/** What runs of a VM are held against each other by: its execution time, or its share if it never finishes. */
export type RepeatMetric = RowComparison['metric'];

const rowSchema = z.strictObject({
  label: field(z.string(), "the row's"),
  scenario: field(scenarioSchema, 'as above'),
  run: field(runSchema, 'one of `runs` above'),
});

export const labResultSchema = z
  .strictObject({
    format: field(z.literal('creditlab-lab-result'), '`creditlab-lab-result`'),
    version: field(z.literal(2), '2'),
    generator: field(generatorSchema, 'as above'),
    startedAt: field(z.iso.datetime(), 'as above'),
    host: field(hostDescriptionSchema, 'as above'),
    lab: field(
      z.strictObject({ name: field(z.string(), "the lab's"), title: field(z.string(), "the lab's") }),
      'what was run',
    ),
    complete: field(z.boolean(), 'false when rows are missing or incomplete'),
    rows: field(
      z.array(rowSchema),
      "in the lab's order, as far as they ran; with `--repeat` each as often as it ran",
    ),
    comparisons: field(z.array(comparisonSchema).exactOptional(), 'rows held against each other', {
      note: 'with `--repeat` above 1, and only when all is done',
    }),
  })
  .meta({
    title: 'creditlab lab result',
    description: 'A lab: several scenarios, each run once or several times. Times in ns.',
  });

export type LabResult = Inferred<typeof labResultSchema>;
