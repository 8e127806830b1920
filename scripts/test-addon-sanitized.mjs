// The addon itself under the address and undefined-behaviour sanitizers: compiled apart, loaded into an ordinary Node,
// and put through the tests of a run on real cores.
import { execFileSync, spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join, resolve } from 'node:path';

const CXX = process.env.CXX ?? 'g++';
const OUT = 'build/sanitized';
const require = createRequire(import.meta.url);

const reason = whyNot();
if (reason !== null) {
  console.log(`addon under sanitizers: skipped, ${reason}`);
  if (process.env.CREDITLAB_COUNTS) {
    writeFileSync(process.env.CREDITLAB_COUNTS, JSON.stringify({ passed: 0, failed: 0, skipped: 1 }));
  }
  process.exit(0);
}

mkdirSync(OUT, { recursive: true });
const sources = readdirSync('native').filter((name) => name.endsWith('.cc'));
const addon = join(OUT, 'creditlab.node');
const flags =
  '-std=c++20 -O1 -g -fPIC -shared -pthread -fno-omit-frame-pointer -fsanitize=address,undefined'.split(' ');
execFileSync(
  CXX,
  [
    ...flags,
    ...['-DNAPI_VERSION=9', '-DNAPI_DISABLE_CPP_EXCEPTIONS'],
    ...['-isystem', headers(), '-isystem', resolve(require('node-addon-api').include_dir)],
    ...sources.map((name) => join('native', name)),
    ...['-o', addon],
  ],
  { stdio: 'inherit' },
);
const { status } = spawnSync(
  process.execPath,
  [
    '--single-threaded',
    join(dirname(require.resolve('mocha/package.json')), 'bin/mocha.js'),
    ...['--reporter', 'scripts/mocha-reporter.cjs', 'dist/test/hardware/run.test.js'],
  ],
  {
    stdio: 'inherit',
    env: {
      ...process.env,
      CREDITLAB_ADDON: resolve(addon),
      LD_PRELOAD: libasan(),
      // Node itself leaks at exit by design.
      ASAN_OPTIONS: 'detect_leaks=0:abort_on_error=1',
      UBSAN_OPTIONS: 'halt_on_error=1:print_stacktrace=1',
    },
  },
);
process.exit(status ?? 1);

function whyNot() {
  if (process.platform !== 'linux') return `not supported on ${process.platform}`;
  if (headers() === null) return 'no Node headers: build the addon first';
  if (!existsSync(libasan())) return `${CXX} has no address sanitizer library`;
  return null;
}

/** Where node-gyp found Node's headers when it built the addon. */
function headers() {
  if (!existsSync('build/config.gypi')) return null;
  const nodedir = /"nodedir": "(.*?)"/.exec(readFileSync('build/config.gypi', 'utf8'))?.[1];
  return nodedir === undefined ? null : join(nodedir, 'include/node');
}

function libasan() {
  return execFileSync(CXX, ['-print-file-name=libasan.so'], { encoding: 'utf8' }).trim();
}
