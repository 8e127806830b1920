// The tests on other versions of Node: all that needs no cores, and the shorter ones on real cores. V8's own threads would disturb
// those, so it does without. Then those on real cores once more with V8's builtins left in Node's own file.
import { spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { delimiter, dirname, join } from 'node:path';
import { otherNodes } from './other-nodes.mjs';

const mocha = join(dirname(createRequire(import.meta.url).resolve('mocha/package.json')), 'bin/mocha.js');
const SINGLE = '--single-threaded';
const STRESS_SECONDS = '10';

/** Pages in a browser and documents are the same whatever Node is. */
const UNIT = ['dist/test/**/*.test.js', '--ignore', 'dist/test/{hardware,package,browser,docs}/**'];
const HARDWARE = [
  ...['run', 'allocating', 'builtins', 'safety', 'stress'].map(
    (name) => `dist/test/hardware/${name}.test.js`,
  ),
  // Of the stress, the ten seconds of programs that allocate. The rest is about one lock of V8, and takes long.
  ...['--grep', 'paused wherever the signal lands|take and give back a lock', '--invert'],
];

const total = { passed: 0, failed: 0, skipped: 0 };
const dir = mkdtempSync(join(tmpdir(), 'creditlab-versions-'));
const nodes = otherNodes();
// Those before 22 never copy them.
const withBuiltinsLeft = nodes.find(({ version }) => parseInt(version) >= 22).version;

for (const node of nodes) {
  test('what needs no cores', node, [SINGLE], UNIT);
  test('on real cores', node, [SINGLE], HARDWARE);
  if (node.version === withBuiltinsLeft) {
    test('on real cores, builtins not copied', node, [SINGLE, '--no-short-builtin-calls'], HARDWARE);
  }
}

rmSync(dir, { recursive: true, force: true });
if (process.env.CREDITLAB_COUNTS) writeFileSync(process.env.CREDITLAB_COUNTS, JSON.stringify(total));
process.exit(total.failed > 0 ? 1 : 0);

function test(what, { version, executable, isHere }, nodeFlags, files) {
  const title = `Node ${version}, ${what}`;
  if (!isHere) {
    console.log(`${title}: skipped, \`node scripts/other-nodes.mjs\` has not fetched it`);
    total.skipped++;
    return;
  }
  console.log(`\n${title}`);
  const started = Date.now();
  const counts = join(dir, 'counts.json');
  rmSync(counts, { force: true });
  const args = [...nodeFlags, mocha, '--reporter', 'scripts/mocha-reporter.cjs', ...files];
  const { status } = spawnSync(executable, args, {
    stdio: ['ignore', 'inherit', 'inherit'],
    env: {
      ...process.env,
      PATH: `${dirname(executable)}${delimiter}${process.env.PATH}`,
      CREDITLAB_COUNTS: counts,
      CREDITLAB_STRESS_SECONDS: STRESS_SECONDS,
    },
  });
  const got = existsSync(counts) ? JSON.parse(readFileSync(counts, 'utf8')) : {};
  const failed = got.failed ?? 0;
  total.passed += got.passed ?? 0;
  total.skipped += got.skipped ?? 0;
  // One that died before it could count has failed once.
  total.failed += status !== 0 && failed === 0 ? 1 : failed;
  console.log(
    `${title}: ${status === 0 ? 'passed' : 'FAILED'}, ${Math.round((Date.now() - started) / 1000)} s`,
  );
}
