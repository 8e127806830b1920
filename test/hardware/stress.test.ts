import assert from 'node:assert/strict';
import type { ChildProcess } from 'node:child_process';
import { fork } from 'node:child_process';
import { join } from 'node:path';
import { packageRoot } from '../../src/package-root.ts';
import { needHardware, tell } from './support.ts';
import type { StressReport } from './stress-process.ts';

const SECONDS = 30;
/** Where a lock holder is caught is chance; it hardly ever takes more than some seconds. */
const NAIVE_SECONDS = 60;
/** A thread that waits longer than this for a lock was kept waiting by a paused one. */
const STALL_MS = 100;

describe('pausing threads that allocate and post messages, every millisecond', function () {
  this.timeout(150_000);

  before(function () {
    needHardware(this, 2);
  });

  it(`neither hangs nor stalls the main thread in ${SECONDS} s`, async () => {
    const report = await stress(SECONDS, {});
    assert.ok(report !== null, 'hung');
    assert.equal(report.failure, null);
    tell(
      `${report.pauses} pauses, ${report.deferred} put off; main thread blocked for ${report.worstBlockedMs.toFixed(1)} ms at most ` +
        `(late by ${report.worstLateMs.toFixed(1)} ms at most, host's load included)`,
    );
    assert.ok(report.pauses > 5000, `only ${report.pauses} pauses`);
    assert.ok(report.deferred > 100, `only ${report.deferred} pauses were put off`);
    assert.ok(report.worstBlockedMs < STALL_MS, `blocked for ${report.worstBlockedMs} ms`);
  });

  it('would hang or stall without the rules: paused wherever the signal lands', async () => {
    const report = await stress(NAIVE_SECONDS, { CREDITLAB_FAULT: 'naive-pause' }, STALL_MS);
    const how =
      report === null
        ? 'hung'
        : (report.failure ?? `main thread blocked for ${report.worstBlockedMs.toFixed(0)} ms`);
    tell(`paused naively: ${how}`);
    assert.ok(report === null || report.failure !== null || report.worstBlockedMs >= STALL_MS);
  });
});

/** @returns null if it didn't end in time */
async function stress(
  seconds: number,
  env: NodeJS.ProcessEnv,
  enoughMs = Infinity,
): Promise<StressReport | null> {
  const child = fork(
    join(packageRoot(), 'dist/test/hardware/stress-process.js'),
    [String(seconds), String(enoughMs)],
    {
      env: { ...process.env, ...env },
    },
  );
  let report: StressReport | null = null;
  child.on('message', (message) => (report = message as StressReport));
  const killer = setTimeout(() => child.kill('SIGKILL'), (seconds + 20) * 1000);
  await gone(child);
  clearTimeout(killer);
  return report;
}

function gone(child: ChildProcess): Promise<void> {
  return new Promise((resolve) => child.on('exit', () => resolve()));
}
