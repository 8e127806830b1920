import assert from 'node:assert/strict';
import { setTimeout as sleep } from 'node:timers/promises';
import { pathToFileURL } from 'node:url';
import { packageRoot } from '../../src/base/package-root.ts';
import { TIMED_OUT } from '../../src/host/abort.ts';
import { Programs } from '../../src/host/programs.ts';
import { VcpuPool } from '../../src/host/vcpu-pool.ts';
import type { Program } from '../../src/host/vcpu-thread.ts';
import { resolveWorkload } from '../../src/workload/resolve.ts';
import { MS, needHardware, testWorkload } from './support.ts';

const LIMITS = { checkMs: 400, calibrationMs: 400 };
const LOOK_MS = 400;

const primes: Program = { url: resolveWorkload('primes', packageRoot()), size: null, seed: 1 };
const endless: Program = { url: pathToFileURL(testWorkload('endless')).href, size: null, seed: 1 };
const stuck: Program = { url: pathToFileURL(testWorkload('stuck')).href, size: null, seed: 1 };

describe('a program that never returns', function () {
  this.timeout(30_000);
  let pool: VcpuPool;

  beforeEach(function () {
    needHardware(this);
    pool = new VcpuPool(1);
  });

  afterEach(() => pool?.close());

  it('is refused by its check, and its thread computes no longer', async () => {
    await assert.rejects(new Programs(LIMITS).check(pool, endless), /a few steps took more than 0.4 s/);
    await isStill();
    assert.equal(pool.isBusy, false);
  });

  it('is refused where it is calibrated, and its thread computes no longer', async () => {
    const programs = new Programs({ ...LIMITS, checkMs: 10_000 });
    await assert.rejects(programs.calibrate(pool, stuck, 0), /to calibrate it took more than 0.4 s/);
    await isStill();
  });

  it('leaves its place to the next one', async () => {
    await assert.rejects(new Programs(LIMITS).check(pool, endless));
    const reply = await pool.runWithin(
      { kind: 'check', program: primes, prepareOn: null },
      'checked',
      10_000,
    );
    assert.ok(reply !== TIMED_OUT && reply.size > 0 && reply.cpuNs > 0);
  });
});

/** The process as a whole: whatever thread of it might go on. */
async function isStill(): Promise<void> {
  // The thread that takes the place of the ended one starts meanwhile.
  await sleep(LOOK_MS);
  const before = process.cpuUsage();
  await sleep(LOOK_MS);
  const { user, system } = process.cpuUsage(before);
  const usedNs = (user + system) * 1e3;
  assert.ok(usedNs < (LOOK_MS * MS) / 10, `${usedNs / MS} ms of CPU time in ${LOOK_MS} ms`);
}
