// Builds and runs the native tests: plain, under the thread sanitizer, and under the address and undefined-behaviour
// sanitizers. One line each, and the whole output of what failed. A sanitizer that can't be had here is skipped, with
// the reason.
import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { availableParallelism, tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const folder = fileURLToPath(new URL('../native/', import.meta.url));
const targets = [
  { target: 'test', what: 'plain', sanitizer: null },
  { target: 'tsan', what: 'thread sanitizer', sanitizer: '-fsanitize=thread' },
  {
    target: 'asan',
    what: 'address and undefined-behaviour sanitizers',
    sanitizer: '-fsanitize=address,undefined',
  },
];

if (process.platform !== 'linux') {
  console.log(`native tests skipped: not supported on ${process.platform}`);
  process.exit(0);
}

/** Cases of all targets; a target that can't run here counts as one skipped. */
const total = { passed: 0, failed: 0, skipped: 0 };
for (const { target, what, sanitizer } of targets) {
  const reason = sanitizer === null ? null : whyNot(sanitizer);
  if (reason === null) runTarget(target, what);
  else {
    console.log(`native, ${what}: skipped, ${reason}`);
    total.skipped++;
  }
}
if (process.env.CREDITLAB_COUNTS) writeFileSync(process.env.CREDITLAB_COUNTS, JSON.stringify(total));
process.exit(total.failed > 0 ? 1 : 0);

function runTarget(target, what) {
  const start = Date.now();
  const make = spawnSync(
    'make',
    ['-C', folder, '--no-print-directory', `-j${availableParallelism()}`, target],
    {
      encoding: 'utf8',
      stdio: ['ignore', 'pipe', 'pipe'],
      maxBuffer: 1 << 28,
    },
  );
  const seconds = Math.round((Date.now() - start) / 1000);
  const ok = make.status === 0;
  const outcome = ok ? 'passed' : 'FAILED';
  if (!ok) process.stdout.write([make.stdout, make.stderr, make.error?.message].filter(Boolean).join('\n'));
  const { executables, cases, failures } = counts(make.stdout ?? '');
  // One that crashed, or didn't compile, reports no failed case.
  const failed = ok ? 0 : Math.max(1, failures);
  total.passed += Math.max(0, cases - failed);
  total.failed += failed;
  console.log(`native, ${what}: ${outcome}, ${cases} cases in ${executables} executables, ${seconds} s`);
}

function counts(output) {
  const summaries = [...output.matchAll(/^\[doctest\] test cases:\s*(\d+)/gm)];
  const failures = [...output.matchAll(/^\[doctest\] test cases:.*?(\d+) failed/gm)];
  const sum = (matches) => matches.reduce((total, [, n]) => total + Number(n), 0);
  return { executables: summaries.length, cases: sum(summaries), failures: sum(failures) };
}

// A sanitizer may be unknown to the compiler, its library not installed, or unable to run on this kernel.
function whyNot(flag) {
  const dir = mkdtempSync(join(tmpdir(), 'creditlab-'));
  try {
    const source = join(dir, 'probe.cc');
    const probe = join(dir, 'probe');
    writeFileSync(source, 'int main() { return 0; }\n');
    const [compiler, ...flags] = (process.env.CXX ?? 'g++').split(' ');
    const compile = spawnSync(compiler, [...flags, flag, source, '-o', probe], { encoding: 'utf8' });
    if (compile.status !== 0) return `${compiler} ${flag}: ${complaint(compile)}`;
    const run = spawnSync(probe, { encoding: 'utf8' });
    return run.status === 0 ? null : `a program built with ${flag} doesn't run here: ${complaint(run)}`;
  } finally {
    rmSync(dir, { recursive: true, force: true });
  }
}

function complaint({ error, stderr, status, signal }) {
  const lines = (stderr ?? '').split('\n').filter((line) => line.trim() !== '');
  return (
    error?.message ??
    lines.find((line) => /error|cannot|FATAL/i.test(line)) ??
    lines[0] ??
    `status ${status ?? signal}`
  );
}
