import { LabError } from '../errors.ts';
import { simulatedHost, simulatedRun } from '../experiment/simulated-run.ts';
import { joined, refusalOf } from './attempt.ts';
import type { Conducted } from './conduct.ts';
import { USUAL_JITTER_NS } from './latency-option.ts';
import type { Recorder } from './recorder.ts';
import type { Tracing } from './tracing.ts';

/**
 * Run the rows of a lab in virtual time, each once with its scenario's seed, and write the files.
 * @throws LabError BAD_SCENARIO when a run would never end, BAD_OPTION for work in units
 */
export function simulateRows(recorder: Recorder, tracing: Tracing): Conducted {
  const { rows } = recorder;
  for (const { label, scenario } of rows) {
    const vm = scenario.vms.find(({ work }) => work?.kind === 'units');
    if (vm === undefined || vm.workload.spec === 'idle') continue;
    throw new LabError('BAD_OPTION', "virtual time doesn't know how long a unit of work takes", {
      where: '--simulate',
      expected: 'work in CPU time, such as 3s',
      got: `the work of VM ${vm.name} in units, in row '${label}'`,
    });
  }
  const pcpus = [...new Set(rows.flatMap(({ scenario }) => scenario.pcpus))];
  recorder.opened(simulatedHost({ ...rows[0].scenario, pcpus }));
  for (const row of rows) {
    const trace = tracing.begin(row, 'simulated');
    recorder.add(row, simulatedRun(row.scenario, { jitterNs: USUAL_JITTER_NS, trace }));
    tracing.keep(row);
  }
  const writeFailure = joined([refusalOf(() => recorder.write()), tracing.close()]);
  return { signalExitCode: null, failure: null, writeFailure };
}
