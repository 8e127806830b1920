/**
 * Eight vCPUs that do what a step should not, beside a main thread that does it too.
 *
 * The main thread wants to run every 5 ms. How late it is says little on a busy machine; how long it was *blocked* says
 * all: the time in which it neither ran nor waited for a core, by the kernel's own statistics, beyond the 5 ms that it
 * slept on purpose.
 */
import { RunFailed } from '../../src/result/run-failed.ts';
import { loadNative, readStats, StatField } from '../../src/addon/native.ts';
import { openTestbed } from '../../src/host/open-testbed.ts';
import { cpus, MS, run, scenario, SECOND, testWorkload, vm } from './support.ts';

export interface StressReport {
  readonly failure: string | null;
  readonly pauses: number;
  readonly deferred: number;
  readonly worstBlockedMs: number;
  readonly worstLateMs: number;
}

const PERIOD_MS = 5;
export interface StressOrder {
  readonly workload: 'allocating' | 'locking';
  readonly sliceMs: number;
  readonly seconds: number;
  /** Blocked for so long, the main thread has seen enough, and the run ends; null: never enough. */
  readonly enoughMs: number | null;
}

const { workload, sliceMs, seconds, enoughMs } = JSON.parse(process.argv[2]) as StressOrder;
const aborter = new AbortController();
const native = loadNative();

const cell = new Int32Array(new SharedArrayBuffer(4));

let worstBlockedMs = 0;
let worstLateMs = 0;
let isRunning = false;
let last = sample();
setInterval(() => {
  litter();
  const now = sample();
  if (isRunning) {
    const elapsedMs = now.wallMs - last.wallMs;
    worstLateMs = Math.max(worstLateMs, elapsedMs - PERIOD_MS);
    worstBlockedMs = Math.max(worstBlockedMs, elapsedMs - (now.busyMs - last.busyMs) - PERIOD_MS);
    if (enoughMs !== null && worstBlockedMs >= enoughMs) aborter.abort();
  }
  last = now;
}, PERIOD_MS);

const testbed = await openTestbed({ pcpus: cpus.slice(0, 2) });
const vms = Array.from({ length: 8 }, (_, i) => vm(`V${i}`, { workload: testWorkload(workload) }));
const what = scenario(vms, { pcpus: cpus.slice(0, 2), durationNs: seconds * SECOND, tsliceNs: sliceMs * MS });
let failure: string | null = null;
let result = null;
try {
  result = await run(testbed, what, {
    signal: aborter.signal,
    onProgress: ({ phase }) => (isRunning = phase === 'running'),
  });
} catch (error) {
  failure = (error as Error).message;
  if (error instanceof RunFailed) result = error.partial;
}
const vcpus = (result?.vms ?? []).flatMap((each) => each.vcpus);
const report: StressReport = {
  failure,
  pauses: vcpus.reduce((sum, { dispatches }) => sum + dispatches, 0),
  deferred: vcpus.reduce((sum, { deferredPauses }) => sum + deferredPauses, 0),
  worstBlockedMs,
  worstLateMs,
};
process.send?.(report, () => process.exit(0));

/** Wall time, and time in which this thread ran or wanted to. */
function sample(): { wallMs: number; busyMs: number } {
  // The main thread has the number of the process.
  const stats = readStats(native, process.pid);
  if (stats === null) throw new Error('the kernel keeps no statistics of threads');
  return { wallMs: performance.now(), busyMs: (stats[StatField.cpuNs] + stats[StatField.runqWaitNs]) / MS };
}

function litter(): void {
  const junk = Array.from({ length: 1000 }, (_, i) => ({ i, text: `item ${i}` }));
  JSON.parse(JSON.stringify(junk));
  Atomics.notify(cell, 0);
}
