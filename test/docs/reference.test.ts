import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { examine } from '../../src/doctor/examine.ts';
import { precisionUnknown } from '../../src/doctor/examine-precision.ts';
import { slicesUnknown } from '../../src/doctor/examine-slices.ts';
import { certify } from '../../src/result/certificate.ts';
import { packageRoot } from '../../src/base/package-root.ts';
import { CSV_HEADER } from '../../src/report/csv.ts';
import { resolveLab } from '../../src/scenario/lab.ts';
import { isLab } from '../../src/scenario/load.ts';
import { resolveScenario } from '../../src/scenario/resolve.ts';
import { withFields } from '../../scripts/field-tables.ts';
import { FIELD_DOCUMENTS, schemaFiles } from '../../scripts/write-schemas.ts';
import { parseYaml } from '../../src/scenario/yaml-source.ts';
import { inProcess } from '../cli/in-process.ts';
import { observationsOf, PRISTINE } from '../doctor/invented-machine.ts';
import { scenario, vm } from '../host/invented-scenario.ts';
import { sampleRun } from '../report/sample.ts';
import { codeBlocks, inlineCode, markdownFiles, readMarkdown } from './markdown.ts';

const reference = readMarkdown('docs/scenarios.md');

/** The pages that describe a file; what isn't here is in docs/scenarios.md. */
const PAGES = new Map([
  ['doctor.schema.json', ['docs/doctor.md']],
  ['comparison.schema.json', ['docs/compare.md', 'docs/scenarios.md']],
  ['host-state.schema.json', ['docs/http.md']],
  ['host-stream.schema.json', ['docs/http.md']],
  ['host-error.schema.json', ['docs/http.md']],
  ['scenario.schema.json', ['docs/scenarios.md', 'docs/schedulers.md']],
  ['lab.schema.json', ['docs/scenarios.md', 'docs/schedulers.md']],
]);

const PAGES_OF_COMMANDS: Readonly<Record<string, string>> = {
  trace: 'docs/traces.md',
  compare: 'docs/compare.md',
  doctor: 'docs/doctor.md',
  up: 'docs/hosts.md',
  down: 'docs/hosts.md',
  rerun: 'docs/hosts.md',
  serve: 'docs/hosts.md',
};

describe('the documents have every key', () => {
  for (const [name, text] of schemaFiles()) {
    const pages = PAGES.get(name) ?? ['docs/scenarios.md'];
    it(`of ${name}: ${pages.join(', ')}`, () => {
      const codes = pages.flatMap((page) => inlineCode(readMarkdown(page)));
      const documented = new Set(codes.flatMap((code) => code.split(/[[\].]+/)));
      const missing = [...keysOf(JSON.parse(text))].filter((key) => !documented.has(key));
      assert.deepEqual(missing, []);
    });
  }
});

describe('the documents have every option', () => {
  for (const command of [
    'run',
    'up',
    'down',
    'rerun',
    'serve',
    'lab',
    'compare',
    'sim',
    'conform',
    'trace',
    'workloads',
    'doctor',
  ]) {
    const page = PAGES_OF_COMMANDS[command] ?? 'docs/scenarios.md';
    it(`of creditlab ${command}: ${page}`, async () => {
      const { stdout } = await inProcess([command, '--help'], '.');
      const text = readMarkdown(page);
      const options = [...stdout.matchAll(/^ {2}(?:-\w, )?(--[\w-]+)/gm)].map(([, option]) => option);
      assert.ok(options.length > 1);
      const missing = options.filter(
        (option) => option !== '--help' && !new RegExp(`${option}(?![\\w-])`).test(text),
      );
      assert.deepEqual(missing, []);
    });
  }
});

describe('the documents have a row', () => {
  const rowsOf = (page: string) =>
    new Set([...readMarkdown(page).matchAll(/^\| ([^|]*?) +\|/gm)].map(([, cell]) => cell));

  it('for each topic of the doctor', async () => {
    const titles = examine(await observationsOf(PRISTINE)).map(({ title }) => title);
    const rows = rowsOf('docs/doctor.md');
    assert.deepEqual(
      [...titles, slicesUnknown().title, precisionUnknown('').title].filter((title) => !rows.has(title)),
      [],
    );
  });

  it('for each check of the certificate', () => {
    const checks = certify(sampleRun(scenario({ vms: [vm('A')] })))?.checks ?? assert.fail();
    const rows = rowsOf('docs/reading-results.md');
    assert.deepEqual(
      checks.map(({ title }) => title).filter((title) => !rows.has(title)),
      [],
    );
  });
});

describe('the fields of files in the documents', () => {
  /** Prettier fills the columns of tables. */
  const bare = (markdown: string) => markdown.replace(/-{3,}/g, '---').replace(/ {2,}/g, ' ');

  for (const file of FIELD_DOCUMENTS) {
    it(`are those of the schemas: ${file}`, () => {
      const text = readMarkdown(file);
      assert.match(text, /<!-- fields: /);
      assert.equal(bare(text), bare(withFields(text)), 'npm run schemas');
    });
  }

  it('have the header of the CSV', () => {
    assert.ok(codeBlocks(reference, 'text').includes(`${CSV_HEADER.join(',')}\n`));
  });

  it('are refused where there is no such table', () => {
    assert.throws(
      () => withFields('<!-- fields: nothing -->\n<!-- /fields -->'),
      /no table of fields: nothing/,
    );
  });
});

describe('the scenarios and labs shown in the documents', () => {
  const host = { allowedCpus: [0, 1, 2, 3] };
  const shown = markdownFiles
    // A page about one's own workloads names modules that its reader has yet to write.
    .filter((file) => file !== 'docs/workloads.md')
    .flatMap((file) => codeBlocks(readMarkdown(file), 'yaml').map((yaml) => ({ file, yaml })));

  it('are some', () => {
    assert.ok(shown.length >= 3);
  });

  for (const [index, { file, yaml }] of shown.entries()) {
    it(`are right: number ${index + 1}, in ${file}`, () => {
      const source = parseYaml(yaml, file);
      if (isLab(source.value)) resolveLab(source, host);
      else resolveScenario(source, host);
    });
  }
});

describe('CONTRIBUTING.md', () => {
  it('lists exactly the stages of the tests, in their order', () => {
    const [, stages = ''] =
      /<!-- stages -->(.*?)<!-- \/stages -->/s.exec(readMarkdown('CONTRIBUTING.md')) ?? [];
    const listed = [...stages.matchAll(/^\| `([\w-]+)`/gm)].map(([, name]) => name);
    const script = readFileSync(join(packageRoot(), 'scripts/test.mjs'), 'utf8');
    const [, table = ''] = /const STAGES = \{(.*?)^\};/ms.exec(script) ?? [];
    const real = [...table.matchAll(/^ {2}'?([\w-]+)'?: \(\) =>/gm)].map(([, name]) => name);
    assert.ok(real.length > 5);
    assert.deepEqual(listed, real);
  });
});

/** Names of all properties, however deep. */
function keysOf(schema: unknown, keys = new Set<string>()): ReadonlySet<string> {
  if (typeof schema !== 'object' || schema === null) return keys;
  for (const [key, value] of Object.entries(schema)) {
    if (key === 'properties') for (const name of Object.keys(value as object)) keys.add(name);
    keysOf(value, keys);
  }
  return keys;
}
