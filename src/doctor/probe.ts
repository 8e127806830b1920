/** A run of two seconds that shows how precise this machine is: two VMs without an end, 256:512, on one pCPU. */
import type { Testbed, RunHooks } from '../testbed/testbed.ts';
import { predict } from '../predict/predict.ts';
import type { RunResult } from '../result/result.ts';
import { packageRoot } from '../base/package-root.ts';
import { DEFAULT_SCHEDULER } from '../scenario/resolve-scheduler.ts';
import type { Scenario } from '../scenario/scenario.ts';
import { resolveWorkload } from '../workload/resolve.ts';
import type { Probe } from './diagnosis.ts';
import { precisionOf, type WorkSample } from './precision.ts';

const MS = 1e6;
const WORKLOAD = 'primes';
/** Long enough for a few hundred steps of each VM, so that one more or less at its ends is nothing. */
const SAMPLE_NS = 400 * MS;

export function probeScenario(pcpu: number): Scenario {
  const workload = { spec: WORKLOAD, url: resolveWorkload(WORKLOAD, packageRoot()), size: null };
  const vm = { cap: 0, vcpus: 1, startNs: 0, pin: null, work: null, workload };
  return {
    name: 'probe',
    pcpus: [pcpu],
    durationNs: 2000 * MS,
    seed: 1,
    scheduler: DEFAULT_SCHEDULER,
    vms: [
      { name: 'A', weight: 256, ...vm },
      { name: 'B', weight: 512, ...vm },
    ],
    events: [],
  };
}

/**
 * @param signal aborting it ends the probe early
 * @returns null when it was aborted
 * @throws RunFailed, and what else `Testbed.run` throws
 */
export async function probe(testbed: Testbed, pcpu: number, signal: AbortSignal): Promise<Probe | null> {
  const scenario = probeScenario(pcpu);
  const samples: WorkSample[] = [];
  let nextNs = 0;
  const onProgress: RunHooks['onProgress'] = ({ phase, elapsedNs }) => {
    if (phase !== 'running' || elapsedNs < nextNs) return;
    const soFar = testbed.snapshot?.() ?? null;
    if (soFar === null) return;
    samples.push(workOf(soFar));
    nextNs = elapsedNs + SAMPLE_NS;
  };
  const run = await testbed.run(scenario, { onProgress, signal });
  if (!run.complete) return null;
  const { latencyNs } = run.loop;
  const predicted = predict(scenario, latencyNs === undefined ? {} : { latency: latencyNs });
  // Endless work of known weights is always predicted.
  if (predicted === null) throw new Error('the probe has no prediction');
  const precision = precisionOf(run, predicted, samples, DEFAULT_SCHEDULER.parameters.tsliceNs);
  return { pcpu, windowNs: run.windowNs, ...precision };
}

function workOf(run: RunResult): WorkSample {
  return run.vms.map(({ cpuNs, vcpus }) => ({
    units: vcpus.reduce((sum, { units }) => sum + units, 0),
    cpuNs,
  }));
}
