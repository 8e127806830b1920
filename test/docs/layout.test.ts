import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { packageRoot } from '../../src/base/package-root.ts';
import { codeBlocks, markdownFiles, readMarkdown } from './markdown.ts';

const MOST_COLUMNS = 120;

describe('README.md', () => {
  const text = readMarkdown('README.md');

  it('has at most 150 lines', () => {
    assert.ok(text.trimEnd().split('\n').length <= 150);
  });

  it('keeps its tables within 120 columns, too', () => {
    assert.deepEqual(tooWide(text), []);
  });

  it('shows a use of the library that prints what stands beside it', function () {
    this.timeout(30_000);
    const [code, ...others] = codeBlocks(text, 'js');
    const [, printed] = /console\.log\(.*\); \/\/ (.*)\n/.exec(code) ?? assert.fail('prints nothing');
    const { stdout, stderr } = spawnSync(process.execPath, ['--input-type=module', '-e', code], {
      cwd: packageRoot(),
      encoding: 'utf8',
    });
    assert.equal(stdout, `${printed}\n`, stderr);
    assert.deepEqual(others, []);
  });
});

describe('lines of the documents', () => {
  for (const file of markdownFiles) {
    it(`${file}: are at most 120 columns wide, tables and contents of files aside`, () => {
      const text = readMarkdown(file).replace(/^\|.*\|$/gm, '');
      assert.deepEqual(tooWide(text.replace(/^```text\n.*?^```$/gms, '')), []);
    });
  }
});

function tooWide(text: string): string[] {
  return text.split('\n').filter((line) => [...line].length > MOST_COLUMNS);
}
