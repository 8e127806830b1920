import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, symlinkSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { packageRoot } from '../../src/base/package-root.ts';

/** A script of the installation, with JavaScript that goes ahead of it in each of its processes. */
function script(name: string, pretend = '', env: NodeJS.ProcessEnv = {}) {
  const ahead = pretend === '' ? '' : `--import=data:text/javascript,${encodeURIComponent(pretend)}`;
  return spawnSync(process.execPath, [join(packageRoot(), 'scripts', name)], {
    encoding: 'utf8',
    env: { ...process.env, CXX: undefined, CREDITLAB_STRICT: undefined, NODE_OPTIONS: ahead, ...env },
  });
}

const pretendTo = (property: string, value: string) =>
  `Object.defineProperty(process, '${property}', { value: ${value} })`;

describe('installing where threads cannot be paused', function () {
  this.timeout(20_000);
  for (const [property, value] of [
    ['platform', 'darwin'],
    ['arch', 'riscv64'],
  ] as const) {
    it(`succeeds without the addon, and says so: ${value}`, () => {
      const { status, stdout } = script('build-addon.mjs', pretendTo(property, `'${value}'`));
      assert.equal(status, 0);
      assert.match(stdout, new RegExp(`^creditlab: not supported on .*${value}`));
    });
  }

  it('says no more than that: a compiler would not help', () => {
    const nowhere = { PATH: '/nonexistent' };
    const { status, stdout, stderr } = script('install-addon.mjs', pretendTo('arch', `'riscv64'`), nowhere);
    assert.equal(status, 0);
    assert.match(stdout, /^creditlab: not supported on .* riscv64/);
    assert.equal(stderr, '');
  });
});

describe('installing without a compiler', function () {
  this.timeout(20_000);
  let bare = '';

  before(function () {
    if (process.platform !== 'linux') this.skip();
    bare = mkdtempSync(join(tmpdir(), 'creditlab-path-'));
    symlinkSync(process.execPath, join(bare, 'node'));
  });

  after(() => {
    if (bare !== '') rmSync(bare, { recursive: true });
  });

  it('succeeds, and says what is missing, what installs it, and what works without', () => {
    const { status, stderr } = script('install-addon.mjs', '', { PATH: bare });
    assert.match(stderr, /^creditlab: installed without the native addon: simulations, reports and .* work/);
    assert.match(
      stderr,
      /missing: make, python3, a C\+\+20 compiler; install with `.+`, then build it with `npm run build:addon`/,
    );
    assert.equal(status, 0);
  });

  it('fails where CREDITLAB_STRICT asks for an addon', () => {
    const { status, stderr } = script('install-addon.mjs', '', { PATH: bare, CREDITLAB_STRICT: '1' });
    assert.match(stderr, /missing: make/);
    assert.equal(status, 1);
  });

  it('finds nothing wrong with the prerequisites', () => {
    const { status, stderr } = script('check-prerequisites.mjs', '', { PATH: bare });
    assert.equal(stderr, '');
    assert.equal(status, 0);
  });
});

describe('installing with an old Node', () => {
  for (const [version, works] of [
    ['18.20.8', false],
    ['20.18.3', false],
    ['20.19.0', true],
    ['22.0.0', true],
  ] as const) {
    const outcome = works ? 'works' : 'ends with what is needed';
    it(`${outcome}: ${version}`, () => {
      const { status, stderr } = script(
        'check-prerequisites.mjs',
        pretendTo('versions', `{ ...process.versions, node: '${version}' }`),
      );
      assert.equal(status, works ? 0 : 1);
      if (works) assert.equal(stderr, '');
      else assert.match(stderr, new RegExp(`needs Node\\.js 20\\.19 or newer, this is ${version}`));
    });
  }
});

describe('the command that installs the compiler', () => {
  const { installCommand } = createRequire(import.meta.url)(
    join(packageRoot(), 'scripts', 'toolchain.cjs'),
  ) as { installCommand: (release: string) => string };

  for (const [release, command] of [
    ['ID=debian\n', /apt-get install -y g\+\+ make python3/],
    ['NAME="Ubuntu"\nID=ubuntu\nID_LIKE=debian\n', /apt-get/],
    ['ID=fedora\n', /dnf install -y gcc-c\+\+/],
    ['ID="rocky"\nID_LIKE="rhel centos fedora"\n', /dnf/],
    ['ID=alpine\n', /apk add g\+\+ .*linux-headers/],
    ['ID=manjaro\nID_LIKE=arch\n', /pacman/],
    ['ID="opensuse-leap"\nID_LIKE="suse opensuse"\n', /zypper/],
    ['ID=slackware\n', /apt-get/],
  ] as const) {
    it(`fits the distribution: ${release.trim().split('\n').join(', ')}`, () => {
      assert.match(installCommand(release), command);
    });
  }
});
