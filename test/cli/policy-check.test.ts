import assert from 'node:assert/strict';
import { copyFileSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { packageRoot } from '../../src/base/package-root.ts';
import { creditlab, inTemporaryDirectory } from './spawn.ts';
import { inProcess } from './in-process.ts';

const BAD = join(packageRoot(), 'test', 'policy-check', 'bad');

function copy(dir: string, ...names: string[]): void {
  for (const name of ['sound', ...names]) copyFileSync(join(BAD, `${name}.mjs`), join(dir, `${name}.mjs`));
}

describe('creditlab policy check', function () {
  this.timeout(60_000);

  it('says in its first line what is wrong, and ends with the code of that', () =>
    inTemporaryDirectory(async (dir) => {
      copy(dir, 'twice');
      const { code, stdout } = await inProcess(['policy', 'check', 'twice.mjs'], dir);
      assert.equal(code, 14);
      const lines = stdout.split('\n');
      assert.equal(lines[0], '✗ twice.mjs: twice: it ran one vCPU on two pCPUs');
      assert.ok(lines.every((line) => line.length <= 80));
      // Nothing but text where nobody looks at a terminal.
      assert.ok(!stdout.includes('\x1b'));
    }));

  it('writes a scenario in which sim comes upon the same', () =>
    inTemporaryDirectory(async (dir) => {
      copy(dir, 'twice', 'threw', 'not-a-number');
      for (const [name, says] of [
        ['twice', /is broken: choose\(1\) returned 2, a vCPU that runs on pCPU 0/],
        ['threw', /is broken: schedule\(\) threw no such pCPU/],
        ['not-a-number', /is broken: begin\(0\) returned NaN/],
      ] as const) {
        const checked = await inProcess(['policy', 'check', `${name}.mjs`, '--scenario', 'found.yaml'], dir);
        assert.ok(checked.code !== null && checked.code >= 10);
        const { code, stderr } = await inProcess(['sim', 'found.yaml'], dir);
        assert.equal(code, 1, stderr);
        assert.match(stderr, says);
      }
    }));

  it('writes what it found as JSON, and prints nothing with --quiet', () =>
    inTemporaryDirectory(async (dir) => {
      copy(dir, 'sleeper');
      const args = ['policy', 'check', 'sleeper.mjs', '--quiet', '--json', 'found.json', '--seed', '7'];
      const { code, stdout, stderr } = await inProcess(args, dir);
      assert.deepEqual([code, stdout, stderr], [15, '', '']);
      const { found, seed, policy } = JSON.parse(readFileSync(join(dir, 'found.json'), 'utf8')) as {
        found: { name: string; exitCode: number; what: string; atNs: number; scenario: string };
        seed: number;
        policy: { type: string };
      };
      assert.deepEqual(
        [found.name, found.exitCode, seed, policy.type],
        ['not-runnable', 15, 7, 'sleeper.mjs'],
      );
      assert.match(found.what, /returned 0 \(A\/v0\), a vCPU that does not wait/);
      assert.match(found.scenario, /^scheduler: \.\/sleeper\.mjs$/m);
      assert.ok(found.atNs > 0);
    }));

  it('refuses what is no policy, and files that would overwrite it', () =>
    inTemporaryDirectory(async (dir) => {
      copy(dir);
      for (const [args, says] of [
        [['nowhere.mjs'], /there is no policy module .*nowhere\.mjs/],
        [['sound.mjs', '--seed', 'x'], /--seed: /],
        [['sound.mjs', '--json', 'sound.mjs'], /sound\.mjs/],
      ] as const) {
        const { code, stderr } = await inProcess(['policy', 'check', ...args], dir);
        assert.equal(code, 2, stderr);
        assert.match(stderr, says);
      }
    }));

  it('ends at once at Ctrl-C, also while a call hangs', () =>
    inTemporaryDirectory(async (dir) => {
      copy(dir, 'endless');
      const { code, signal, tookMs } = await creditlab(['policy', 'check', 'endless.mjs'], {
        cwd: dir,
        started: (child) => setTimeout(() => child.kill('SIGINT'), 1500),
      });
      assert.ok(signal === 'SIGINT' || code === 130, `${String(code)} ${String(signal)}`);
      assert.ok(tookMs >= 0);
    }));
});
