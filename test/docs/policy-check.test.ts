import assert from 'node:assert/strict';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { RULES } from '../../src/policy-check/rules.ts';
import { inProcess } from '../cli/in-process.ts';
import { inTemporaryDirectory } from '../cli/spawn.ts';
import { codeBlocks, readMarkdown } from './markdown.ts';
import { stepsOf } from './transcript.ts';

const page = readMarkdown('docs/policy-check.md');

/** A busy machine has no time for all random scenarios. */
function alike(text: string): string {
  return text
    .replace(/\d+ of (\d+) random ones, for lack of time/, '$1 random ones')
    .replace(/\s+/g, ' ')
    .trim();
}

describe('docs/policy-check.md', function () {
  this.timeout(60_000);

  it('shows what the check says of the module that it shows, and of the mended one', () =>
    inTemporaryDirectory(async (dir) => {
      const [wrong, mended] = codeBlocks(page, 'js');
      const file = join(dir, 'mine.mjs');
      const steps = codeBlocks(page, 'console').flatMap(stepsOf);
      assert.equal(steps.length, 2);
      for (const [i, { command, printed }] of steps.entries()) {
        if (i === 0) writeFileSync(file, wrong);
        else
          writeFileSync(
            file,
            readFileSync(file, 'utf8').replace(/^ {2}choose\(.*?^ {2}}$/ms, mended.trimEnd()),
          );
        const { stdout, stderr, code } = await inProcess(command.split(' ').slice(1), dir);
        assert.equal(alike(stdout), alike(printed), stderr);
        assert.equal(code, i === 0 ? RULES.pinned.exitCode : 0);
      }
    }));

  it('lists the names and their exit codes', () => {
    const rows = [...page.matchAll(/^\| `([\w-]+)` +\| (\d+) +\| (.*?) +\|$/gm)].map(
      ([, name, code, title]) => [name, Number(code), title],
    );
    const expected = Object.entries(RULES).map(([name, { exitCode, title }]) => [name, exitCode, title]);
    assert.deepEqual(rows, expected);
  });
});
