import { setImmediate } from 'node:timers/promises';
import { LabError } from '../base/errors.ts';
import { simulatedHost, simulatedRunInParts, type SimulatedRunOptions } from '../predict/simulated-run.ts';
import { Ending, type RowsEnd, type Outlets } from './ending.ts';
import { USUAL_LATENCY } from './latency-option.ts';
import type { RecordedRow } from './recorder.ts';
import type { Scenario, VmSpec } from '../scenario/scenario.ts';

export interface Simulated {
  readonly row: RecordedRow;
  readonly options: SimulatedRunOptions;
}

/**
 * Run the rows of a lab in virtual time, each once with its scenario's seed, and write the files.
 * @throws LabError BAD_SCENARIO when a run would never end, BAD_OPTION for work in units
 */
export async function simulateRows(outlets: Outlets): Promise<RowsEnd> {
  const { rows } = outlets.recorder;
  for (const { label, scenario } of rows) {
    const vm = vmInUnits(scenario);
    if (vm === null) continue;
    throw new LabError('BAD_OPTION', "virtual time doesn't know how long a unit of work takes", {
      where: '--simulate',
      expected: 'work in CPU time, such as 3s',
      got: `the work of VM ${vm.name} in units, in row '${label}'`,
    });
  }
  return simulateAll(
    rows.map((row) => ({ row, options: { latency: USUAL_LATENCY } })),
    outlets,
  );
}

/** A VM whose work takes a time that isn't known in virtual time; null: there is none. */
export function vmInUnits({ vms }: Scenario): VmSpec | null {
  return vms.find(({ work, workload }) => work?.kind === 'units' && workload.spec !== 'idle') ?? null;
}

/**
 * One simulation after the other, until a signal comes; the files are written as far as they can be.
 * @throws LabError BAD_SCENARIO when a run would never end, RUN_FAILED when the scheduler broke in the first one
 */
export async function simulateAll(runs: readonly Simulated[], outlets: Outlets): Promise<RowsEnd> {
  const { recorder } = outlets;
  const pcpus = [...new Set(recorder.rows.flatMap(({ scenario }) => scenario.pcpus))];
  recorder.opened(simulatedHost({ ...recorder.rows[0].scenario, pcpus }));
  const ending = new Ending(outlets, { gather: () => undefined, restore: () => undefined });
  const { signal } = ending.shutdown;
  try {
    await simulateEach(runs, outlets, signal);
    return ending.finish(null);
  } catch (error) {
    // A policy of one's own broke. What it did until then is in the trace, and may be what is looked for.
    if (!(error instanceof LabError) || error.code !== 'RUN_FAILED') throw error;
    if (recorder.runCount > 0) return ending.finish(error);
    outlets.tracing.close();
    throw error;
  } finally {
    ending.shutdown.dispose();
  }
}

/** The same as a part of something longer, which sees to the files. */
export async function simulateEach(
  runs: readonly Simulated[],
  { recorder, tracing }: Pick<Outlets, 'recorder' | 'tracing'>,
  signal: AbortSignal,
): Promise<void> {
  for (const { row, options } of runs) {
    // Short ones would follow one another without ever letting a signal be noticed.
    await setImmediate();
    if (signal.aborted) break;
    const trace = tracing.begin(row, 'simulated');
    recorder.add(row, await simulatedRunInParts(row.scenario, { ...options, trace }, signal));
    tracing.keep(row);
  }
}
