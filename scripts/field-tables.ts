/**
 * What the documents say of the fields of files, made from the schemas: tables, each between `<!-- fields: NAME -->`
 * and `<!-- /fields -->`, and the header of the CSV between `<!-- csv header -->` and `<!-- /csv header -->`.
 */
import { z } from 'zod';
import { bandSchema, distributionSchema, quantilesSchema, workRateSchema } from '../src/analysis/schema.ts';
import { unwrapped, wordsOf } from '../src/base/schema.ts';
import { COMPARISON_TABLES } from '../src/compare/result.ts';
import { diagnosisSchema } from '../src/doctor/diagnosis.ts';
import { CSV_HEADER } from '../src/report/csv.ts';
import { comparisonSchema, labResultSchema } from '../src/result/lab-result.ts';
import {
  hostEventsSchema,
  hostDescriptionSchema,
  loopSchema,
  pcpuSchema,
  resultSchema,
  runSchema,
} from '../src/result/result.ts';
import { vcpuSchema, vmSchema } from '../src/result/vm-result.ts';
import { certificateSchema } from '../src/result/verdict.ts';
import {
  changeSchema,
  errorSchema,
  hostStateSchema,
  liveSliceSchema,
  stepResponseSchema,
  vmStateSchema,
} from '../src/serve/state-schema.ts';
import { scenarioSchema, schedulerSchema } from '../src/scenario/scenario.ts';

const TABLES: Readonly<Record<string, z.ZodObject>> = {
  result: resultSchema,
  host: hostDescriptionSchema,
  run: runSchema,
  vm: vmSchema,
  vcpu: vcpuSchema,
  pcpu: pcpuSchema,
  'host events': hostEventsSchema,
  loop: loopSchema,
  quantiles: quantilesSchema,
  distribution: distributionSchema,
  band: bandSchema,
  'work rate': workRateSchema,
  certificate: certificateSchema,
  'lab result': labResultSchema,
  comparison: comparisonSchema,
  ...COMPARISON_TABLES,
  doctor: diagnosisSchema,
  'host state': hostStateSchema,
  'vm state': vmStateSchema,
  change: changeSchema,
  slice: liveSliceSchema,
  'step response': stepResponseSchema,
  error: errorSchema,
};

/** Objects that have a table of their own, or are told in prose: their fields are no rows where they are a field. */
const APART = new Set(
  [...Object.values(TABLES), scenarioSchema, schedulerSchema].map(({ def }) => def.shape),
);

interface Row {
  readonly path: string;
  readonly unit: string;
  readonly meaning: string;
}

/**
 * A document with its fields as the schemas have them now.
 * @throws TypeError when it asks for a table that there isn't
 */
export function withFields(markdown: string): string {
  return markdown
    .replace(
      /(<!-- fields: ([\w ]+) -->\n).*?(<!-- \/fields -->)/gs,
      (_, begin: string, name: string, end: string) => {
        if (!Object.hasOwn(TABLES, name)) throw new TypeError(`no table of fields: ${name}`);
        return `${begin}\n${tableOf(rowsOf(TABLES[name], ''))}\n${end}`;
      },
    )
    .replace(
      /(<!-- csv header -->\n).*?(<!-- \/csv header -->)/gs,
      (_, begin: string, end: string) => `${begin}\n\`\`\`text\n${CSV_HEADER.join(',')}\n\`\`\`\n\n${end}`,
    );
}

function rowsOf({ shape }: z.ZodObject, prefix: string): readonly Row[] {
  return Object.entries(shape as Readonly<Record<string, z.core.$ZodType>>).flatMap(([key, schema]) => {
    const { inner, isList } = unwrapped(schema);
    const path = prefix + key;
    const words = wordsOf(schema);
    if (words === null) throw new TypeError(`nothing is said about the field ${path}`);
    const { meaning, note, unit = '' } = words;
    const row = { path, unit, meaning: note === undefined ? meaning : `${meaning}; ${note}` };
    if (!(inner instanceof z.ZodObject) || APART.has(inner.def.shape)) return [row];
    return [row, ...rowsOf(inner, isList ? `${path}[].` : `${path}.`)];
  });
}

function tableOf(rows: readonly Row[]): string {
  const hasUnits = rows.some(({ unit }) => unit !== '');
  const line = (field: string, unit: string, meaning: string) => {
    const cells = hasUnits ? [field, unit, meaning] : [field, meaning];
    return `| ${cells.join(' | ')} |\n`;
  };
  const body = rows.map(({ path, unit, meaning }) => line(`\`${path}\``, unit, meaning));
  return line('field', 'unit', 'meaning') + line('---', '---', '---') + body.join('');
}
