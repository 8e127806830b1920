import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { cpSync, mkdirSync, readdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { packageRoot } from '../../src/base/package-root.ts';
import { inTemporaryDirectory } from '../cli/spawn.ts';
import { codeBlocks, inlineCode, readMarkdown } from './markdown.ts';

const text = readMarkdown('docs/library.md');
const program = codeBlocks(text, 'js').join('\n');

/** What stands behind `// ` after a statement: what it prints. */
function shownIn(code: string): string[] {
  return [...code.matchAll(/; \/\/ (.+)$/gm)].map(([, printed]) => printed);
}

/** `…` is anything. */
function likeness(printed: string): RegExp {
  const parts = printed.split('…').map((part) => part.replace(/[.*+?^${}()|[\]\\]/g, '\\$&'));
  return new RegExp(`^${parts.join('.*')}$`);
}

describe('docs/library.md', () => {
  it('prints what stands beside its examples', function () {
    this.timeout(60_000);
    return inTemporaryDirectory((dir) => {
      const { stdout, stderr, status } = runIn(dir, program);
      assert.equal(status, 0, stderr);
      const printed = stdout.trimEnd().split('\n');
      const shown = shownIn(program);
      assert.ok(shown.length > 20);
      for (const [i, line] of shown.entries()) assert.match(printed[i] ?? 'nothing', likeness(line));
      assert.equal(printed.length, shown.length, stdout);
    });
  });

  it('has an example of every function, of every command, and every event', () => {
    const index = readFileSync(join(packageRoot(), 'src/index.ts'), 'utf8');
    const functions = [...index.matchAll(/^export \{ (.*?) \}/gm)].flatMap(([, names]) => names.split(', '));
    assert.ok(functions.length > 4);
    // A run that fails can't be shown.
    const shown = [program, ...inlineCode(text).filter((code) => code === 'RunFailed')].join('\n');
    assert.deepEqual(
      functions.filter((name) => !new RegExp(`\\b${name}\\b`).test(shown)),
      [],
    );
    const run = readFileSync(join(packageRoot(), 'src/library/lab-run.ts'), 'utf8');
    const [, body] = run.split('export class LabRun');
    const methods = [...body.matchAll(/^ {2}(?:async )?(\w+)\((?:[^()]|\([^()]*\))*\): Promise</gm)].map(
      ([, name]) => name,
    );
    assert.ok(methods.includes('unpause') && methods.includes('at'));
    assert.deepEqual(
      methods.filter((name) => !program.includes(`run.${name}(`)),
      [],
    );
    const [, events] = /interface LabRunEvents \{([^]*?)^\}/m.exec(run) ?? assert.fail();
    const rows = [...text.matchAll(/^\| `(\w+)`/gm)].map(([, name]) => name);
    for (const [, name] of events.matchAll(/^ {2}(\w+):/gm)) assert.ok(rows.includes(name), name);
  });

  it('names every option of its functions', () => {
    const rows = new Set([...text.matchAll(/^\| `(\w+)`/gm)].map(([, name]) => name));
    for (const file of ['lab.ts', 'describe.ts', 'simulate.ts']) {
      const source = readFileSync(join(packageRoot(), 'src/library', file), 'utf8');
      const options = [...source.matchAll(/interface (\w+Options)\b[^{]*\{([^]*?)^\}/gm)];
      assert.ok(options.length > 0);
      for (const [, of, body] of options) {
        if (of === 'CalibrateOptions') continue;
        for (const [, name] of body.matchAll(/^ {2}readonly (\w+)\?:/gm))
          assert.ok(rows.has(name), `${name} of ${of}`);
      }
    }
  });

  it('lists every example', () => {
    const programs = readdirSync(join(packageRoot(), 'examples')).filter((name) => name !== 'fibonacci.mjs');
    assert.equal(programs.length, 5);
    for (const name of programs) {
      assert.ok(text.includes(`(../examples/${name})`), name);
      const lines = readFileSync(join(packageRoot(), 'examples', name), 'utf8')
        .trimEnd()
        .split('\n');
      assert.ok(lines.length < 60, `${name} has ${lines.length} lines`);
    }
  });
});

/** As a project that has the package. */
function runIn(dir: string, code: string): { stdout: string; stderr: string; status: number | null } {
  mkdirSync(join(dir, 'node_modules'));
  symlinkSync(packageRoot(), join(dir, 'node_modules', 'creditlab'));
  cpSync(join(packageRoot(), 'test/library/two-vms.yaml'), join(dir, 'two-vms.yaml'));
  writeFileSync(join(dir, 'program.mjs'), code);
  return spawnSync(process.execPath, ['program.mjs'], { cwd: dir, encoding: 'utf8', timeout: 50_000 });
}
