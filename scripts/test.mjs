// All tests, in order of how soon they fail. The last line has the counts: `N passed, N failed, N skipped`.
//
//   node scripts/test.mjs [STAGE…]      default: all stages
import { spawnSync } from 'node:child_process';
import { chmodSync, existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const require = createRequire(import.meta.url);
const bin = (name, path) => [process.execPath, join(require.resolve(`${name}/package.json`), '..', path)];

const PRETTIER = [...bin('prettier', 'bin/prettier.cjs'), '--check', '--log-level=warn', '.'];
const ESLINT = [...bin('eslint', 'bin/eslint.js'), '.'];
const CRUISER = new URL('../../bin/dependency-cruise.mjs', import.meta.resolve('dependency-cruiser'));
const ROOMS = [process.execPath, fileURLToPath(CRUISER), 'src', 'workloads'];
const MOCHA = bin('mocha', 'bin/mocha.js');
/** What holds vCPUs runs V8 single-threaded, as the command does. */
const HARDWARE_MOCHA = [process.execPath, '--single-threaded', ...MOCHA.slice(1)];

/** Checks count as one test each; mocha's and the native tests bring their own counts. */
const STAGES = {
  format: () => check('format', PRETTIER),
  'format-native': () =>
    check(
      'format-native',
      ['node', 'scripts/check-clang-format.mjs'],
      ['node', 'scripts/check-line-width.mjs'],
    ),
  lint: () => check('lint', ESLINT, ROOMS),
  build: () => check('build', [process.execPath, 'scripts/build.mjs']),
  docs: () => check('docs', [...bin('typedoc', 'bin/typedoc')]),
  unit: () => mocha('unit', ['dist/test/**/*.test.js', '--ignore', 'dist/test/{hardware,package}/**']),
  native: () => counted('native', [process.execPath, 'scripts/test-native.mjs']),
  arm64: () => counted('arm64', [process.execPath, 'scripts/test-arm64.mjs']),
  package: () => mocha('package', ['dist/test/package/**/*.test.js']),
  sanitized: () => counted('sanitized', [process.execPath, 'scripts/test-addon-sanitized.mjs']),
  hardware: () => mocha('hardware', ['dist/test/hardware/**/*.test.js'], HARDWARE_MOCHA),
  unprivileged: () =>
    unprivileged('unprivileged', ['dist/test/hardware/run.test.js', 'dist/test/cli/**/*.test.js']),
  versions: () => counted('versions', [process.execPath, 'scripts/test-versions.mjs']),
};

/** The user `nobody`, by convention. */
const NOBODY = 65534;

const wanted = process.argv.slice(2);
const unknown = wanted.find((name) => !(name in STAGES));
if (unknown !== undefined) {
  console.error(`test: no stage named ${unknown}; stages: ${Object.keys(STAGES).join(', ')}`);
  process.exit(2);
}

const dir = mkdtempSync(join(tmpdir(), 'creditlab-counts-'));
chmodSync(dir, 0o777);
const total = { passed: 0, failed: 0, skipped: 0 };
for (const [name, run] of Object.entries(STAGES)) {
  if (wanted.length > 0 && !wanted.includes(name)) continue;
  console.log(`\n── ${name}`);
  const counts = run();
  for (const key of Object.keys(total)) total[key] += counts[key] ?? 0;
  // Without compiled output the rest has nothing to test.
  if (name === 'build' && counts.failed > 0) break;
}
rmSync(dir, { recursive: true, force: true });
console.log(`\n${total.passed} passed, ${total.failed} failed, ${total.skipped} skipped`);
process.exit(total.failed > 0 || total.passed === 0 ? 1 : 0);

function check(name, ...commands) {
  const isGood = commands.map((command) => spawn(command)).every((status) => status === 0);
  console.log(isGood ? `${name}: good` : `${name}: FAILED`);
  return isGood ? { passed: 1 } : { failed: 1 };
}

function mocha(name, args, command = MOCHA) {
  return counted(name, [...command, '--reporter', 'scripts/mocha-reporter.cjs', ...args]);
}

/** The same tests as an ordinary user, when the tests are run by root. */
function unprivileged(name, args) {
  const skip = (reason) => {
    console.log(`${name}: skipped, ${reason}`);
    return { skipped: 1 };
  };
  if (process.getuid?.() !== 0) return skip('all of the above ran as an ordinary user');
  const user = { uid: NOBODY, gid: NOBODY };
  if (spawnSync(process.execPath, ['-e', "fs.readFileSync('package.json')"], user).status !== 0)
    return skip('this directory is closed to ordinary users');
  return counted(name, [...HARDWARE_MOCHA, '--reporter', 'scripts/mocha-reporter.cjs', ...args], user);
}

/** A command that leaves its counts in a file. One that dies before that has failed once. */
function counted(name, command, user = {}) {
  const file = join(dir, `${name}.json`);
  const status = spawn(command, { CREDITLAB_COUNTS: file }, user);
  const counts = existsSync(file)
    ? JSON.parse(readFileSync(file, 'utf8'))
    : { passed: 0, failed: 0, skipped: 0 };
  if (status !== 0 && counts.failed === 0) counts.failed = 1;
  return counts;
}

function spawn([command, ...args], env = {}) {
  return spawnSync(command, args, {
    stdio: ['ignore', 'inherit', 'inherit'],
    env: { ...process.env, ...env },
  }).status;
}
