// Opens a testbed, says so, runs eight vCPUs on two pCPUs for a while, and says so. Run with the compiler's remarks on,
// its output tells what the compiler threw away in the run.
import { TraceStore } from '../../src/trace/store.ts';
import { cpus, run, scenario, SECOND, vm, withTestbed } from './support.ts';

await withTestbed({ pcpus: cpus.slice(0, 2) }, async (testbed) => {
  process.stdout.write('--- rehearsed\n');
  const vms = ['A', 'B', 'C', 'D'].map((name, n) => vm(name, { vcpus: 2, weight: n === 1 ? 512 : 256 }));
  // Longer than 2^31 ns: from there on times aren't small integers any longer.
  const what = scenario(vms, { pcpus: cpus.slice(0, 2), durationNs: 3 * SECOND });
  await run(testbed, what, { trace: new TraceStore() });
  process.stdout.write('--- ended\n');
});
