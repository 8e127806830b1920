/** A host for commands that start one: its run computes nothing, and ends as `behaviour` says. */
import { LabError } from '../../src/base/errors.ts';
import type { HostOpening, OpenHost } from '../../src/control/open-host.ts';
import type { RunResult } from '../../src/result/result.ts';
import { RunFailed } from '../../src/result/run-failed.ts';
import type { Scenario } from '../../src/scenario/scenario.ts';
import { sampleHost, sampleRun } from '../report/sample.ts';
import { InventedHost } from '../serve/invented-host.ts';
import { vm } from '../host/invented-scenario.ts';

/** As a run on real cores ends that is told to while it calibrates. */
function endedBeforeItBegan(signal: AbortSignal): Promise<never> {
  const awake = setInterval(() => undefined, 1000);
  return new Promise((_, reject) => {
    signal.addEventListener('abort', () => {
      clearInterval(awake);
      reject(new Error('the run ended before it began'));
    });
  });
}

export function openInventedHost(behaviour: string): OpenHost {
  return async ({ name, scenario, signal, onProgress, trace, isEndless }: HostOpening) => {
    if (behaviour === 'bad-workload-at-once') throw new LabError('BAD_WORKLOAD', 'no such workload');
    onProgress({ phase: 'warming-up', text: 'warming up', elapsedNs: 0, vms: [] });
    if (behaviour === 'slow-start') await endedBeforeItBegan(signal);
    const control = new InventedHost(
      name,
      scenario.vms.map((each) => each.name),
    );
    const late = vm('late', { work: null, startNs: 1e9 });
    /** A VM came while it ran. */
    const played = (): Scenario => ({ ...scenario, vms: [...scenario.vms, late], durationNs: 10e9 });
    trace.grow({ vm: late, askedNs: 1e9 });
    const run = (complete: boolean): RunResult => sampleRun(played(), [], { complete });
    const result = new Promise<RunResult>((resolve, reject) => {
      control.onStop = () => {
        if (behaviour === 'fails') reject(new RunFailed('a vCPU fell over', run(false)));
        else setTimeout(resolve, 200, run(true));
      };
      signal.addEventListener('abort', () => {
        // Broken off, as on real cores.
        if (behaviour !== 'deaf') resolve(run(false));
      });
      if (!isEndless) setTimeout(resolve, 1000, run(true));
      if (behaviour === 'crashes') {
        setTimeout(() => {
          throw new Error('a bug in main');
        }, 300);
      }
    });
    const awake = setInterval(() => undefined, 1000);
    await Promise.resolve();
    return {
      machine: sampleHost,
      control,
      commands: [],
      played,
      next: () => null,
      playedFile: () => `name: ${scenario.name}\nvms:\n  - name: late\n`,
      result,
      snapshot: () => run(false),
      close: () => {
        clearInterval(awake);
        return Promise.resolve();
      },
    };
  };
}
