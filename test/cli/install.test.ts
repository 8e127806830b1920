import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { packageRoot } from '../../src/package-root.ts';

/** Install as on another machine. */
function installOn(property: 'platform' | 'arch', value: string) {
  const pretend = `Object.defineProperty(process, '${property}', { value: '${value}' })`;
  const script = join(packageRoot(), 'scripts', 'build-addon.mjs');
  return spawnSync(
    process.execPath,
    ['--import', `data:text/javascript,${encodeURIComponent(pretend)}`, script],
    {
      encoding: 'utf8',
      env: { ...process.env, NODE_OPTIONS: '' },
    },
  );
}

describe('installing where threads cannot be paused', function () {
  this.timeout(20_000);
  for (const [property, value] of [
    ['platform', 'darwin'],
    ['arch', 'riscv64'],
  ] as const) {
    it(`succeeds without the addon, and says so: ${value}`, () => {
      const { status, stdout } = installOn(property, value);
      assert.equal(status, 0);
      assert.match(stdout, new RegExp(`^creditlab: not supported on .*${value}`));
    });
  }
});
