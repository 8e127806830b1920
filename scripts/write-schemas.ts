/**
 * Writes what is made from the schemas in the code, the JSON Schemas and the documents' tables of fields: `npm run
 * schemas`.
 */
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { z } from 'zod';
import { comparisonResultSchema } from '../src/compare/result.ts';
import { conformanceResultSchema } from '../src/conform/conformance-schema.ts';
import { goldenSchema } from '../src/conform/golden-file-schema.ts';
import { diagnosisSchema } from '../src/doctor/diagnosis.ts';
import { labResultSchema } from '../src/result/lab-result.ts';
import { resultSchema } from '../src/result/result.ts';
import { packageRoot } from '../src/base/package-root.ts';
import { labSchema } from '../src/scenario/lab-schema.ts';
import { scenarioFileSchema } from '../src/scenario/schema.ts';
import { errorSchema, hostStateSchema, streamMessageSchema } from '../src/serve/state-schema.ts';
import { withFields } from './field-tables.ts';

const FILES = {
  'scenario.schema.json': scenarioFileSchema(),
  'lab.schema.json': labSchema(),
  'result.schema.json': resultSchema,
  'lab-result.schema.json': labResultSchema,
  'comparison.schema.json': comparisonResultSchema,
  'conformance.schema.json': conformanceResultSchema,
  'golden.schema.json': goldenSchema,
  'doctor.schema.json': diagnosisSchema,
  'host-state.schema.json': hostStateSchema,
  'host-stream.schema.json': streamMessageSchema,
  'host-error.schema.json': errorSchema,
} as const;

/** File names and contents, as they must be in `schema/`. */
export function schemaFiles(): ReadonlyMap<string, string> {
  return new Map(
    Object.entries(FILES).map(([name, schema]) => {
      const json = z.toJSONSchema(schema, { io: 'input', target: 'draft-7' });
      return [name, `${JSON.stringify(json, null, 2)}\n`];
    }),
  );
}

/** Documents with tables of fields. */
export const FIELD_DOCUMENTS = [
  'docs/scenarios.md',
  'docs/compare.md',
  'docs/doctor.md',
  'docs/http.md',
] as const;

export const schemaDir = join(packageRoot(), 'schema');

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  mkdirSync(schemaDir, { recursive: true });
  for (const [name, text] of schemaFiles()) writeFileSync(join(schemaDir, name), text);
  for (const name of FIELD_DOCUMENTS) {
    const file = join(packageRoot(), name);
    writeFileSync(file, withFields(readFileSync(file, 'utf8')));
  }
}
