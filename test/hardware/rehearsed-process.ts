// Opens a testbed, says so, runs eight vCPUs on two pCPUs for a while, and says so. Run with the compiler's remarks on,
// its output tells what the compiler threw away in the run. With `watched` the loop is asked for its state meanwhile,
// as often as a host is that somebody watches, and a few things are changed.
import type { LiveRun, Operation } from '../../src/testbed/live-run.ts';
import { TraceStore } from '../../src/trace/store.ts';
import { cpus, run, scenario, SECOND, vm, withTestbed } from './support.ts';

const LOOK_MS = 100;
const CHANGE_MS = 700;

await withTestbed({ pcpus: cpus.slice(0, 2) }, async (testbed) => {
  process.stdout.write('--- rehearsed\n');
  const vms = ['A', 'B', 'C', 'D'].map((name, n) => vm(name, { vcpus: 2, weight: n === 1 ? 512 : 256 }));
  // Longer than 2^31 ns: from there on times aren't small integers any longer.
  const what = scenario(vms, { pcpus: cpus.slice(0, 2), durationNs: 3 * SECOND });
  const isWatched = process.argv.includes('watched');
  await run(testbed, what, {
    trace: new TraceStore(),
    ...(isWatched && { live: { onStart: watch, staysUp: false } }),
  });
  process.stdout.write('--- ended\n');
});

function watch(live: LiveRun): void {
  const timer = setInterval(() => {
    // The run is over.
    live.inspect().catch(() => clearInterval(timer));
  }, LOOK_MS);
  setTimeout(() => {
    const operations: Operation[] = [
      { kind: 'set', vm: 0, parameters: { weight: 512 } },
      { kind: 'pause', vm: 1 },
      { kind: 'unpause', vm: 1 },
    ];
    void live.apply(operations, live.nowNs());
  }, CHANGE_MS);
}
