import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { mkdirSync, readdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { packageRoot } from '../../src/base/package-root.ts';
import { inTemporaryDirectory } from '../cli/spawn.ts';
import { readMarkdown } from './markdown.ts';

interface Rules {
  readonly ROOMS: Readonly<Record<string, readonly string[]>>;
  readonly LATE: Readonly<Record<string, readonly string[]>>;
  pathOf(room: string): string;
}

const CONFIG = join(packageRoot(), '.dependency-cruiser.mjs');

describe('the rooms of src/', () => {
  let rules: Rules;

  before(async () => {
    rules = (await import(pathToFileURL(CONFIG).href)) as Rules;
  });

  it('are told by ARCHITECTURE.md as the linter knows them', () => {
    const { ROOMS, LATE } = rules;
    const cell = (room: string, known: string): string =>
      LATE[room]?.includes(known) === true ? `${known} (late)` : known;
    assert.deepEqual(
      tableOf(readMarkdown('ARCHITECTURE.md')),
      Object.entries(ROOMS).map(([room, known]) => [
        room,
        known.map((other) => cell(room, other)).join(', ') || 'nothing',
      ]),
    );
  });

  it('know only rooms that stand before them, and the kernels', () => {
    const order = Object.keys(rules.ROOMS);
    for (const [room, known] of Object.entries(rules.ROOMS)) {
      const later = known.filter(
        (other) => other !== 'workloads' && !order.slice(0, order.indexOf(room)).includes(other),
      );
      assert.deepEqual(later, [], room);
    }
  });

  it('hold each file once', () => {
    const patterns = Object.keys(rules.ROOMS).map((room) => new RegExp(rules.pathOf(room)));
    const files = readdirSync(join(packageRoot(), 'src'), { recursive: true, withFileTypes: true })
      .filter((entry) => entry.isFile())
      .map((entry) => join(entry.parentPath, entry.name).slice(packageRoot().length + 1));
    assert.ok(files.length > 100);
    const misplaced = files.filter((file) => patterns.filter((pattern) => pattern.test(file)).length !== 1);
    assert.deepEqual(misplaced, []);
  });
});

describe('the linter', () => {
  const cases: readonly (readonly [
    what: string,
    files: Readonly<Record<string, string>>,
    says: RegExp | null,
  ])[] = [
    [
      'takes an import that leads down',
      { 'src/base/a.ts': '', 'src/analysis/b.ts': "import '../base/a.ts';" },
      null,
    ],
    [
      'refuses an import that leads up',
      { 'src/base/a.ts': "import '../analysis/b.ts';", 'src/analysis/b.ts': '' },
      /what base may know: src\/base\/a\.ts → src\/analysis\/b\.ts/,
    ],
    [
      'refuses an import of a type alone that leads up',
      {
        'src/core/a.ts': "import type { B } from './credit1/b.ts';\nexport type A = B;",
        'src/core/credit1/b.ts': 'export type B = 1;',
      },
      /what core may know: src\/core\/a\.ts/,
    ],
    [
      "refuses an import of the page's script in a comment",
      {
        'src/report/html/viewer/a.js': "/** @import { B } from '../../terminal/b.ts' */\n",
        'src/report/terminal/b.ts': 'export type B = 1;',
      },
      /what report\/html may know: src\/report\/html\/viewer\/a\.js/,
    ],
    [
      'refuses a circle of types in one room',
      {
        'src/base/a.ts': "import type { B } from './b.ts';\nexport type A = B | 1;",
        'src/base/b.ts': "import type { A } from './a.ts';\nexport type B = A[];",
      },
      /no circle: src\/base\/[ab]\.ts/,
    ],
    [
      'refuses the hardware where a command is only described',
      { 'src/cli/a.ts': "import '../host/b.ts';", 'src/host/b.ts': '' },
      /cli knows host by import\(\) only/,
    ],
    [
      'takes the hardware where a command runs',
      { 'src/cli/a.ts': "export const load = () => import('../host/b.ts');", 'src/host/b.ts': '' },
      null,
    ],
  ];

  for (const [what, files, says] of cases)
    it(what, async () => {
      await inTemporaryDirectory((dir) => {
        const { status, output } = cruise(dir, files);
        if (says === null) assert.equal(status, 0, output);
        else assert.match(output, says);
        assert.equal(status === 0, says === null, output);
      });
    });
});

/** Room and what it may know, of each row of the table of rooms. */
function tableOf(text: string): string[][] {
  const rows = [...text.matchAll(/^\| `src\/([^`]*?)\/?` +\|[^|]*\|([^|]*)\|$/gm)];
  return rows.map(([, room, known]) => [room, known.trim()]);
}

function cruise(
  dir: string,
  files: Readonly<Record<string, string>>,
): { status: number | null; output: string } {
  const all = { 'tsconfig.json': '{}', 'src/base/other.ts': '', 'workloads/other.ts': '', ...files };
  for (const [name, text] of Object.entries(all)) {
    mkdirSync(dirname(join(dir, name)), { recursive: true });
    writeFileSync(join(dir, name), text);
  }
  const cruiser = fileURLToPath(
    new URL('../../bin/dependency-cruise.mjs', import.meta.resolve('dependency-cruiser')),
  );
  const { status, stdout, stderr } = spawnSync(
    process.execPath,
    [cruiser, '--config', CONFIG, 'src', 'workloads'],
    { cwd: dir, encoding: 'utf8' },
  );
  return { status, output: stdout + stderr };
}
