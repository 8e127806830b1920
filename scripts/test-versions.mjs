// The tests on other versions of Node: all that needs no cores, and the shorter ones on real cores. V8's own threads
// would disturb those, so it does without. Then those on real cores once more with V8's builtins left in Node's own
// file.
import { spawn } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { availableParallelism, tmpdir } from 'node:os';
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

// What needs no cores shares them: at most two at once, since some of these tests start processes of their own.
const waiting = [...nodes];
const lanes = Array.from({ length: Math.min(2, availableParallelism()) }, async () => {
  for (let node = waiting.shift(); node !== undefined; node = waiting.shift()) {
    await test('what needs no cores', node, [SINGLE], UNIT, 'told at its end');
  }
});
await Promise.all(lanes);
for (const node of nodes) {
  await test('on real cores', node, [SINGLE], HARDWARE);
  if (node.version === withBuiltinsLeft) {
    await test('on real cores, builtins not copied', node, [SINGLE, '--no-short-builtin-calls'], HARDWARE);
  }
}

rmSync(dir, { recursive: true, force: true });
if (process.env.CREDITLAB_COUNTS) writeFileSync(process.env.CREDITLAB_COUNTS, JSON.stringify(total));
process.exit(total.failed > 0 ? 1 : 0);

/** @param telling 'told at its end': the output of several at once would be mixed up */
async function test(what, { version, executable, isHere }, nodeFlags, files, telling = 'told at once') {
  const title = `Node ${version}, ${what}`;
  if (!isHere) {
    console.log(`${title}: skipped, \`node scripts/other-nodes.mjs\` has not fetched it`);
    total.skipped++;
    return;
  }
  const isTold = telling === 'told at once';
  if (isTold) console.log(`\n${title}`);
  const started = Date.now();
  const counts = join(dir, `${title}.json`);
  const args = [...nodeFlags, mocha, '--reporter', 'scripts/mocha-reporter.cjs', ...files];
  const { status, output } = await run(executable, args, isTold ? 'inherit' : 'pipe', {
    ...process.env,
    PATH: `${dirname(executable)}${delimiter}${process.env.PATH}`,
    CREDITLAB_COUNTS: counts,
    CREDITLAB_STRESS_SECONDS: STRESS_SECONDS,
  });
  if (!isTold) console.log(`\n${title}\n${output}`);
  const got = existsSync(counts) ? JSON.parse(readFileSync(counts, 'utf8')) : {};
  const failed = got.failed ?? 0;
  total.passed += got.passed ?? 0;
  total.skipped += got.skipped ?? 0;
  // One that died before it could count has failed once.
  total.failed += status !== 0 && failed === 0 ? 1 : failed;
  const outcome = status === 0 ? 'passed' : 'FAILED';
  console.log(`${title}: ${outcome}, ${Math.round((Date.now() - started) / 1000)} s`);
}

function run(executable, args, out, env) {
  const child = spawn(executable, args, { stdio: ['ignore', out, out], env });
  let output = '';
  for (const stream of [child.stdout, child.stderr]) stream?.on('data', (text) => (output += text));
  return new Promise((resolve) => {
    child.on('error', ({ message }) => resolve({ status: 1, output: `${output}${message}\n` }));
    child.on('close', (status) => resolve({ status, output }));
  });
}
