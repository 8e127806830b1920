/** Starts so many empty worker threads, and prints how long that took and what they weigh. */
import { once } from 'node:events';
import { Worker } from 'node:worker_threads';
import { siblingModule } from '../../src/base/package-root.ts';
import type { Start } from './empty-workers.ts';

const count = Number(process.argv[2]);
const rssBefore = process.memoryUsage.rss();
const fromMs = performance.now();
const workers = Array.from(
  { length: count },
  () => new Worker(new URL(siblingModule('empty-worker', import.meta.url))),
);
// Its first message says that it has come up.
await Promise.all(workers.map((worker) => once(worker, 'message')));
const start: Start = {
  startedS: (performance.now() - fromMs) / 1000,
  grownBytes: process.memoryUsage.rss() - rssBefore,
};
process.stdout.write(`${JSON.stringify(start)}\n`, () => process.exit(0));
