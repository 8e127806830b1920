// Does steps of a workload for a while, says so, and does as many again. Run with the compiler's remarks on, its output
// tells what the compiler did before and after.
import { loadWorkload } from '../../src/workload/load.ts';

const WARM_UP_MS = 400;
const GOES_ON_MS = 300;

const workload = await loadWorkload(process.argv[2], process.cwd());
const size = workload.defaultSize ?? 1;
const state = workload.prepare(1, size);
stepFor(WARM_UP_MS);
process.stdout.write('--- warm\n');
stepFor(GOES_ON_MS);

function stepFor(ms: number): void {
  const guest = { cpuNs: () => 0, nowNs: () => 0 };
  for (const end = performance.now() + ms; performance.now() < end;) workload.step(state, guest);
}
