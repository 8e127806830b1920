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
  const permitted = {
    'src/base/low.ts': '',
    'src/analysis/downward.ts': "import '../base/low.ts';",
    'src/host/cores.ts': '',
    'src/cli/later.ts': "export const load = () => import('../host/cores.ts');",
  };
  const refused: readonly (readonly [what: string, files: Readonly<Record<string, string>>, says: RegExp])[] =
    [
      [
        'an import that leads up',
        { 'src/base/upward.ts': "import '../analysis/downward.ts';" },
        /what base may know: src\/base\/upward\.ts → src\/analysis\/downward\.ts/,
      ],
      [
        'one of a type alone',
        {
          'src/core/upward.ts': "import type { High } from './credit1/high.ts';\nexport type Low = High;",
          'src/core/credit1/high.ts': 'export type High = 1;',
        },
        /what core may know: src\/core\/upward\.ts → src\/core\/credit1\/high\.ts/,
      ],
      [
        "one in a comment of the page's script",
        {
          'src/report/html/viewer/upward.js': "/** @import { High } from '../../terminal/high.ts' */\n",
          'src/report/terminal/high.ts': 'export type High = 1;',
        },
        /what report\/html may know: src\/report\/html\/viewer\/upward\.js → src\/report\/terminal\/high\.ts/,
      ],
      [
        'a circle of types in one room',
        {
          'src/base/egg.ts': "import type { Hen } from './hen.ts';\nexport type Egg = Hen | 1;",
          'src/base/hen.ts': "import type { Egg } from './egg.ts';\nexport type Hen = Egg[];",
        },
        /no circle: src\/base\/(egg|hen)\.ts/,
      ],
      [
        'the hardware where a command is only described',
        { 'src/cli/early.ts': "import '../host/cores.ts';" },
        /cli knows host by import\(\) only: src\/cli\/early\.ts → src\/host\/cores\.ts/,
      ],
    ];

  it('takes an import that leads down, and the hardware where a command runs', async function () {
    this.timeout(30_000);
    const { status, output } = await cruise(permitted);
    assert.equal(status, 0, output);
  });

  describe('refuses', () => {
    let output = '';

    before(async function () {
      this.timeout(30_000);
      const files = refused.map(([, each]) => each);
      ({ output } = await cruise(Object.assign({}, permitted, ...files) as Record<string, string>));
    });

    for (const [what, , says] of refused)
      it(what, () => {
        assert.match(output, says);
      });

    it('nothing else', () => {
      const errors = output.split('\n').filter((line) => /^ *error /.test(line));
      assert.deepEqual(
        errors.filter((line) => !refused.some(([, , says]) => says.test(line))),
        [],
      );
    });
  });
});

/** Room and what it may know, of each row of the table of rooms. */
function tableOf(text: string): string[][] {
  const rows = [...text.matchAll(/^\| `src\/([^`]*?)\/?` +\|[^|]*\|([^|]*)\|$/gm)];
  return rows.map(([, room, known]) => [room, known.trim()]);
}

async function cruise(
  files: Readonly<Record<string, string>>,
): Promise<{ readonly status: number | null; readonly output: string }> {
  const cruiser = new URL('../../bin/dependency-cruise.mjs', import.meta.resolve('dependency-cruiser'));
  return inTemporaryDirectory((dir) => {
    for (const [name, text] of Object.entries({ 'tsconfig.json': '{}', ...files })) {
      mkdirSync(dirname(join(dir, name)), { recursive: true });
      writeFileSync(join(dir, name), text);
    }
    const { status, stdout, stderr } = spawnSync(
      process.execPath,
      [fileURLToPath(cruiser), '--config', CONFIG, 'src'],
      { cwd: dir, encoding: 'utf8' },
    );
    return { status, output: stdout + stderr };
  });
}
