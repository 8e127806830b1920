import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { packageRoot } from '../../src/base/package-root.ts';

const SCRIPT = join(packageRoot(), 'scripts', 'check-line-width.mjs');

describe('the check of the widths of lines in native/', () => {
  let dir: string;
  beforeEach(() => {
    dir = mkdtempSync(join(tmpdir(), 'creditlab-width-'));
    for (const folder of ['test', 'test/third_party', 'bench/build'])
      mkdirSync(join(dir, 'native', folder), { recursive: true });
    writeFileSync(join(dir, '.clang-format'), 'BasedOnStyle: Google\nColumnLimit: 20\n');
  });
  afterEach(() => {
    rmSync(dir, { recursive: true });
  });

  function complaintsOf(files: Readonly<Record<string, string>>): string[] {
    for (const [name, text] of Object.entries(files)) writeFileSync(join(dir, 'native', name), text);
    const { status, stderr } = spawnSync(process.execPath, [SCRIPT], { cwd: dir, encoding: 'utf8' });
    const complaints = stderr.split('\n').filter((line) => line !== '');
    assert.equal(status, complaints.length > 0 ? 1 : 0);
    return complaints;
  }

  it('refuses a comment and a string that are wider than the limit of .clang-format', () => {
    const complaints = complaintsOf({
      'gate.h': `int a;\n// ${'x'.repeat(18)}\n`,
      'test/gate_test.cc': `f("${'x'.repeat(20)}");\n`,
    });
    assert.deepEqual(complaints.toSorted(), [
      'native/gate.h:2: 21 columns, at most 20 are allowed',
      'native/test/gate_test.cc:1: 26 columns, at most 20 are allowed',
    ]);
  });

  it('counts columns, not bytes', () => {
    assert.deepEqual(complaintsOf({ 'gate.h': `// ${'─'.repeat(17)}\n` }), []);
  });

  it('leaves alone what others wrote and what a build makes', () => {
    const wide = `// ${'x'.repeat(18)}\n`;
    assert.deepEqual(complaintsOf({ 'test/third_party/doctest.h': wide, 'bench/build/x.h': wide }), []);
  });
});
