import assert from 'node:assert/strict';
import type { ChildProcess } from 'node:child_process';
import { fork } from 'node:child_process';
import { join } from 'node:path';
import { packageRoot } from '../../src/base/package-root.ts';
import { needHardware, tell } from './support.ts';
import type { StressOrder, StressReport } from './stress-process.ts';

/** Where the same is done on many versions of Node, it takes less. */
const SECONDS = Number(process.env.CREDITLAB_STRESS_SECONDS ?? 30);
/** A thread that waits longer than this for a lock was kept waiting by a paused one. */
const STALL_MS = 100;
/** In a slice as long as this, whoever was paused inside a lock keeps the others out of it for longer than that. */
const LONG_SLICE_MS = 120;
const LOCKING_SECONDS = 10;
/** A lock holder is caught within a second, mostly. */
const NAIVE_SECONDS = 40;

describe('pausing threads that hold locks', function () {
  this.timeout(150_000);

  before(function () {
    needHardware(this, 2);
  });

  it(
    `neither hangs nor stalls the main thread in ${SECONDS} s: they allocate and post messages, paused every ` +
      'millisecond',
    async () => {
      const report = await stress({ workload: 'allocating', sliceMs: 1, seconds: SECONDS, enoughMs: null });
      assertNoStall(report);
      assert.ok(report.pauses > 150 * SECONDS, `only ${report.pauses} pauses`);
      assert.ok(report.deferred > 3 * SECONDS, `only ${report.deferred} pauses were put off`);
    },
  );

  it('neither hangs nor stalls the main thread although they take and give back a lock that it needs', async () => {
    const order = { workload: 'locking', sliceMs: LONG_SLICE_MS, seconds: LOCKING_SECONDS } as const;
    const report = await stress({ ...order, enoughMs: null });
    assertNoStall(report);
    assert.ok(report.deferred > 0, 'no pause was put off');
  });

  it('would hang or stall it without the rules: the same, paused wherever the signal lands', async () => {
    const order = { workload: 'locking', sliceMs: LONG_SLICE_MS, seconds: NAIVE_SECONDS } as const;
    const report = await stress({ ...order, enoughMs: STALL_MS }, { CREDITLAB_INJECT: 'naive-pause' });
    const how =
      report === null
        ? 'hung'
        : (report.failure ?? `main thread blocked for ${report.worstBlockedMs.toFixed(0)} ms`);
    tell(`paused naively: ${how}`);
    assert.ok(report === null || report.failure !== null || report.worstBlockedMs >= STALL_MS);
  });
});

function assertNoStall(report: StressReport | null): asserts report is StressReport {
  assert.ok(report !== null, 'hung');
  assert.equal(report.failure, null);
  tell(
    `${report.pauses} pauses, ${report.deferred} put off; main thread blocked for ` +
      `${report.worstBlockedMs.toFixed(1)} ms at most ` +
      `(late by ${report.worstLateMs.toFixed(1)} ms at most, host's load included)`,
  );
  assert.ok(report.worstBlockedMs < STALL_MS, `blocked for ${report.worstBlockedMs} ms`);
}

/** @returns null if it didn't end in time */
async function stress(order: StressOrder, env: NodeJS.ProcessEnv = {}): Promise<StressReport | null> {
  const child = fork(join(packageRoot(), 'dist/test/hardware/stress-process.js'), [JSON.stringify(order)], {
    env: { ...process.env, ...env },
  });
  let report: StressReport | null = null;
  child.on('message', (message) => (report = message as StressReport));
  const killer = setTimeout(() => child.kill('SIGKILL'), (order.seconds + 20) * 1000);
  await gone(child);
  clearTimeout(killer);
  return report;
}

function gone(child: ChildProcess): Promise<void> {
  return new Promise((resolve) => child.on('exit', () => resolve()));
}
