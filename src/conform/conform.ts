import { LabError } from '../base/errors.ts';
import { simulate } from '../sim/simulate.ts';
import { vcpuNames } from './common-scenario.ts';
import { compareResult, compareTraces, indexOfCompared } from './compare.ts';
import type { Conformance, Difference, QueueState } from './conformance-schema.ts';
import { dialectOfFile } from './dialects.ts';
import type { GoldenRecord } from './golden-records.ts';
import type { GoldenFile } from './golden-schema.ts';
import { readGoldenFile } from './golden-file.ts';

/** Run a golden file's scenario and compare records, times, counts and shares. @throws LabError BAD_FILE */
export function conformFile(path: string): Conformance {
  const golden = readGoldenFile(path);
  try {
    return conform(golden);
  } catch (cause) {
    // Values that no scheduler would take, such as a weight of 0.
    if (!(cause instanceof RangeError)) throw cause;
    throw new LabError('BAD_FILE', `this scenario is impossible: ${cause.message}`, { where: path, cause });
  }
}

export function conform(golden: GoldenFile): Conformance {
  const { scenario } = golden;
  const dialect = dialectOfFile(golden);
  const run = (put: (record: GoldenRecord) => void, queuesAt = -1) => {
    const recorder = dialect.recorder({
      vcpuNames: vcpuNames(scenario),
      vmNames: scenario.vms.map((vm) => vm.name),
      untilNs: golden.trace_until_ns,
      put,
      queuesAt,
    });
    return { recorder, result: simulate({ ...dialect.simulationOf(scenario), recorder }) };
  };
  const records: GoldenRecord[] = [];
  const { recorder, result } = run((record) => records.push(record));
  const trace = compareTraces(golden.trace, records, dialect);
  const figures = dialect.figuresOf(scenario, result, recorder);
  const firstDifference = trace.difference ?? compareResult(golden, figures, dialect);
  const { recordsCompared } = trace;
  const queuesAt = (difference: Difference): readonly QueueState[] => {
    if (difference.kind === 'quantity') return recorder.queues;
    // The simulation runs once more, because only now it is known at which record to keep the queues.
    return run(() => undefined, indexOfCompared(records, difference.index, dialect)).recorder.queues;
  };
  return {
    name: scenario.name,
    policy: dialect.type,
    matches: firstDifference === null,
    recordsCompared,
    firstDifference,
    queues: firstDifference === null ? null : queuesAt(firstDifference),
  };
}
