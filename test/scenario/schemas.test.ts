import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Ajv } from 'ajv';
import { parse } from 'yaml';
import { schemaDir, schemaFiles } from '../../scripts/write-schemas.ts';
import { listLabs, loadLab } from '../../src/scenario/builtin-labs.ts';
import { sampleRun, sampleHost } from '../report/sample.ts';

const ajv = new Ajv({ strict: false, formats: { 'date-time': true } });
const read = (name: string) => JSON.parse(readFileSync(join(schemaDir, name), 'utf8')) as object;
const plain = (value: unknown): unknown => JSON.parse(JSON.stringify(value));

describe('the JSON Schemas in schema/', () => {
  for (const [name, text] of schemaFiles()) {
    it(`are those of the code: ${name}`, () => {
      assert.deepEqual(read(name), JSON.parse(text), 'npm run schemas');
    });
  }

  it('accept every ready-made lab', () => {
    const scenario = ajv.compile(read('scenario.schema.json'));
    const lab = ajv.compile(read('lab.schema.json'));
    for (const { file } of listLabs()) {
      const value = parse(readFileSync(file, 'utf8')) as object;
      const validate = 'rows' in value ? lab : scenario;
      assert.ok(validate(value), `${file}: ${ajv.errorsText(validate.errors)}`);
    }
  });

  it('refuse what the lab refuses', () => {
    const validate = ajv.compile(read('scenario.schema.json'));
    for (const vm of [
      { name: 'A', weight: -1 },
      { name: 'A', cap: -1 },
      { name: 'a b' },
      { nam: 'A' },
      { name: 'A', work: 3 },
    ]) {
      assert.equal(validate({ vms: [vm] }), false, JSON.stringify(vm));
    }
  });

  const [{ scenario }] = loadLab('weights', { allowedCpus: [0, 1] }).rows;
  const head = {
    version: 2,
    generator: { name: 'creditlab', version: '1.0.0' },
    startedAt: new Date(0).toISOString(),
  };
  const run = sampleRun(scenario);
  const result = {
    format: 'creditlab-result',
    ...head,
    host: sampleHost,
    scenario,
    scheduler: scenario.scheduler,
    runs: [run],
  };
  const labResult = {
    format: 'creditlab-lab-result',
    ...head,
    host: sampleHost,
    lab: { name: 'x', title: 'y' },
    complete: true,
    rows: [{ label: 'a', scenario, run }],
  };

  it('accept a result', () => {
    const validate = ajv.compile(read('result.schema.json'));
    assert.ok(validate(plain(result)), ajv.errorsText(validate.errors));
  });

  it('accept the result of a lab', () => {
    const validate = ajv.compile(read('lab-result.schema.json'));
    assert.ok(validate(plain(labResult)), ajv.errorsText(validate.errors));
  });

  it('refuse a result with a key missing, a key too many, or a value of another type', () => {
    const validate = ajv.compile(read('result.schema.json'));
    assert.equal(validate(plain({ ...result, host: undefined })), false);
    assert.equal(validate(plain({ ...result, extra: 1 })), false);
    assert.equal(validate(plain({ ...result, runs: [{ ...run, complete: 'yes' }] })), false);
  });
});
