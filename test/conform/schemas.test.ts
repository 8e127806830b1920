import type { CreditFile } from '../../src/conform/credit1/schema.ts';
import type { GoldenRecord } from '../../src/conform/golden-records.ts';
import assert from 'node:assert/strict';
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { Ajv } from 'ajv';
import { conform } from '../../src/conform/conform.ts';
import type { ConformanceResult } from '../../src/conform/conformance-schema.ts';
import { readGoldenFile } from '../../src/conform/golden-file.ts';
import { packageRoot } from '../../src/base/package-root.ts';
import { schemaFiles } from '../../scripts/write-schemas.ts';

const ajv = new Ajv({ strict: false });
const validator = (name: string) => ajv.compile(JSON.parse(schemaFiles().get(name) ?? '') as object);
const plain = (value: unknown): unknown => JSON.parse(JSON.stringify(value));

const dir = join(packageRoot(), 'test', 'golden');
const golden = readGoldenFile(join(dir, '05_cap25_alone.json.gz')) as CreditFile;

describe('the JSON Schema of golden files', () => {
  const validate = validator('golden.schema.json');

  it('accepts all that the genuine scheduler wrote', () => {
    for (const folder of ['golden', 'golden-rtds']) {
      const of = join(packageRoot(), 'test', folder);
      for (const file of readdirSync(of).filter((name) => name.endsWith('.json.gz')))
        assert.ok(validate(readGoldenFile(join(of, file))), `${file}: ${ajv.errorsText(validate.errors)}`);
    }
  });

  const record = (wrong: readonly unknown[]): CreditFile => ({
    ...golden,
    trace: [wrong as unknown as GoldenRecord],
  });
  const bad: [string, unknown][] = [
    ['without a trace', { ...golden, trace: undefined }],
    ['with a record of an unknown kind', record(['tock', 0, 0, 'A.0', -1, 0])],
    ['with a record that lacks a field', record(['tick', 0, 0, 'A.0', -1])],
    ['with a record of a field too many', record(['done', 0, 'A.0', 1])],
    ['with a priority that there is not', record(['tick', 0, 0, 'A.0', -3, 0])],
    ['with half a credit', record(['tick', 0, 0, 'A.0', -1, 0.5])],
    ['of another scheduler than it says', { ...golden, policy: 'rtds' }],
    ['with an unknown parameter', { ...golden, scenario: { ...golden.scenario, params: { slice: 1 } } }],
  ];
  for (const [what, value] of bad) {
    it(`refuses one ${what}`, () => assert.equal(validate(plain(value)), false));
  }
});

describe('the JSON Schema of a conformance', () => {
  const validate = validator('conformance.schema.json');
  const resultOf = (...variants: CreditFile[]): ConformanceResult => ({
    format: 'creditlab-conformance',
    version: 2,
    fileCount: variants.length,
    files: variants.map((file) => ({ file: 'x.json', ...conform(file) })),
  });
  const { vms } = golden.result;
  const [name] = Object.keys(vms);
  const variants: [string, CreditFile][] = [
    ['nothing differs', golden],
    ['a record differs', { ...golden, trace: golden.trace.with(30, ['done', golden.trace[30][1], 'A.0']) }],
    ['a record is missing', { ...golden, trace: golden.trace.slice(0, -1) }],
    ['a record is too many', { ...golden, trace: [...golden.trace, ['done', golden.trace_until_ns, 'A.0']] }],
    ['a count differs', { ...golden, result: { ...golden.result, end_ns: 1 } }],
    ['a band is missed', { ...golden, band: { [name]: { pct_of_one_pcpu: [1, 2] } } }],
    [
      'the simulation has no such quantity',
      { ...golden, result: { ...golden.result, vms: { [name]: { ...vms[name], done_ms: 5 } } } },
    ],
  ];
  for (const [index, [what, variant]] of variants.entries()) {
    it(`accepts what is written when ${what}`, () => {
      const result = resultOf(variant);
      assert.equal(result.files[0].matches, index === 0);
      assert.ok(validate(plain(result)), ajv.errorsText(validate.errors));
      assert.deepEqual(plain(result), result, 'JSON can say all of it');
    });
  }

  it('refuses one with a key missing, or a key too many', () => {
    const result = resultOf(golden);
    assert.equal(validate(plain({ ...result, fileCount: undefined })), false);
    assert.equal(validate(plain({ ...result, extra: 1 })), false);
  });
});
