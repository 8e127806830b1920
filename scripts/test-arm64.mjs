// The native code for arm64, on a machine of another kind: the addon compiled by a cross compiler, and the native tests
// too, which then run under an emulator of the processor. What the emulation shows is that the code compiles for arm64,
// finds the interrupted instruction there, and calls the kernel rightly. It shows neither how long things take nor
// weakly ordered memory.
import { spawnSync } from 'node:child_process';
import { existsSync, rmSync, writeFileSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { fileURLToPath } from 'node:url';

const COMPILER = 'aarch64-linux-gnu-g++';
const EMULATOR = 'qemu-aarch64';
const LIBRARIES = '/usr/aarch64-linux-gnu';
const ADDON = 'build/arm64';

const total = { passed: 0, failed: 0, skipped: 0 };
const reason = whyNot();
if (reason === null) {
  addon();
  nativeTests();
} else {
  console.log(`arm64: skipped, ${reason}`);
  total.skipped++;
}
if (process.env.CREDITLAB_COUNTS) writeFileSync(process.env.CREDITLAB_COUNTS, JSON.stringify(total));
process.exit(total.failed > 0 ? 1 : 0);

function addon() {
  const script = fileURLToPath(new URL('prebuild-addons.mjs', import.meta.url));
  const { status } = spawnSync(process.execPath, [script, '--all', '--out', ADDON, 'arm64'], {
    stdio: 'inherit',
    env: { ...process.env, GYP_DEFINES: 'werror=1' },
  });
  const isGood = status === 0 && existsSync(`${ADDON}/prebuilds/linux-arm64/creditlab.glibc.node`);
  rmSync(ADDON, { recursive: true, force: true });
  total[isGood ? 'passed' : 'failed']++;
  console.log(isGood ? 'arm64, the addon: compiles' : 'arm64, the addon: FAILED');
}

function nativeTests() {
  const started = Date.now();
  const make = spawnSync(
    'make',
    [
      ...['-C', 'native', '--no-print-directory', `-j${availableParallelism()}`, 'arm64'],
      ...[`CXX=${COMPILER}`, `RUNNER=${EMULATOR} -L ${LIBRARIES}`],
    ],
    { encoding: 'utf8', stdio: ['ignore', 'pipe', 'pipe'], maxBuffer: 1 << 28 },
  );
  if (make.status !== 0) process.stdout.write(`${make.stdout}${make.stderr}`);
  const sum = (pattern) => [...make.stdout.matchAll(pattern)].reduce((n, [, found]) => n + Number(found), 0);
  const cases = sum(/^\[doctest\] test cases:\s*(\d+)/gm);
  const skipped = [...make.stdout.matchAll(/MESSAGE: (skipped: .*)$/gm)].map(([, line]) => line);
  for (const line of skipped) console.log(`arm64, ${line}`);
  const failed = make.status === 0 ? 0 : Math.max(1, sum(/^\[doctest\] test cases:.*?(\d+) failed/gm));
  total.passed += Math.max(0, cases - failed);
  total.failed += failed;
  total.skipped += skipped.length;
  const seconds = Math.round((Date.now() - started) / 1000);
  const outcome = failed === 0 ? 'passed' : 'FAILED';
  console.log(`arm64, native tests: ${outcome}, ${cases} cases, ${seconds} s`);
}

function whyNot() {
  if (process.platform !== 'linux') return `not supported on ${process.platform}`;
  if (process.arch === 'arm64') return 'this is arm64: the other stages test it for real';
  for (const [command, from] of [
    [COMPILER, 'g++-aarch64-linux-gnu'],
    [EMULATOR, 'qemu-user'],
  ]) {
    if (spawnSync(command, ['--version'], { stdio: 'ignore' }).status !== 0)
      return `there is no ${command}: \`sudo apt-get install -y ${from}\``;
  }
  return null;
}
