import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { extname, join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { LabError } from '../../src/base/errors.ts';
import { checked } from '../../src/addon/native.ts';

const MISSING = join(tmpdir(), 'creditlab-no-such-directory', 'creditlab.node');

describe('loading the addon', function () {
  this.timeout(60_000);

  it('that is not built says so, and how to build it', () => {
    const { status, stdout } = start('./load-native', [], MISSING);
    assert.match(stdout, /^NO_ADDON\nthe native addon is not built\n/);
    assert.ok(stdout.includes(MISSING));
    assert.match(stdout, /hint: .*build it with `npm run build:addon`/);
    assert.equal(status, 2);
  });

  it('that is broken says so, and how to build it anew', () => {
    const dir = mkdtempSync(join(tmpdir(), 'creditlab-addon-'));
    try {
      const file = join(dir, 'creditlab.node');
      writeFileSync(file, 'no shared object');
      const { status, stdout } = start('./load-native', [], file);
      assert.match(stdout, /^NO_ADDON\n.*can't be loaded/);
      assert.match(stdout, /hint: .*build it anew/);
      assert.equal(status, 2);
    } finally {
      rmSync(dir, { recursive: true, force: true });
    }
  });

  it('is refused elsewhere than on Linux, whether it is there or not', () => {
    const { status, stdout } = start('./load-native', ['darwin'], MISSING);
    assert.match(stdout, /^NOT_SUPPORTED\nthe hardware lab needs Linux\n/);
    assert.match(stdout, /expected linux on x64 or arm64, got darwin on /);
    assert.match(stdout, /hint: /);
    assert.equal(status, 2);
  });

  it('that is not built says what to install first, where nothing could build it', () => {
    const dir = mkdtempSync(join(tmpdir(), 'creditlab-path-'));
    try {
      const { stdout } = start('./load-native', [], MISSING, { PATH: dir, CXX: undefined });
      assert.match(stdout, /^NO_ADDON\n/);
      assert.match(
        stdout,
        /hint: install make, python3, a C\+\+20 compiler with `.+`, then build it with `npm run build:addon`/,
      );
    } finally {
      rmSync(dir, { recursive: true, force: true });
    }
  });

  it('that is not built ends a run as bad input does, with the hint on standard error', () => {
    const { status, stdout, stderr } = start('../../src/cli/main', ['run', '--vm', 'A:work=1s'], MISSING);
    assert.equal(stdout, '');
    assert.match(stderr, /the native addon is not built/);
    assert.match(stderr, /npm run build:addon/);
    assert.equal(status, 2);
  });
});

describe('a call of the addon', () => {
  it('has its result', () => {
    assert.equal(checked('pin', 0), 0);
    assert.equal(checked('pin', 42), 42);
  });

  it('that failed tells which one, and the error of the system', () => {
    assert.throws(
      () => checked('pin', -22),
      (error) =>
        error instanceof LabError &&
        error.code === 'NATIVE' &&
        error.message === 'pin: EINVAL' &&
        error.details.errno === 22 &&
        error.details.call === 'pin',
    );
  });
});

/** A module of the project as a process of its own, with the addon to be found there. */
function start(
  module: string,
  args: readonly string[],
  addon: string,
  env: NodeJS.ProcessEnv = {},
): { readonly status: number | null; readonly stdout: string; readonly stderr: string } {
  const extension = extname(import.meta.url);
  const file = fileURLToPath(new URL(module + extension, import.meta.url));
  const tsx = (): string => pathToFileURL(createRequire(import.meta.url).resolve('tsx')).href;
  const loader = extension === '.ts' ? ['--import', tsx()] : [];
  return spawnSync(process.execPath, [...loader, file, ...args], {
    encoding: 'utf8',
    env: { ...process.env, NODE_OPTIONS: '', LC_ALL: 'C.UTF-8', CREDITLAB_ADDON: addon, ...env },
  });
}
