import { simulate } from '../sim/simulate.ts';
import { compareResult } from './compare-result.ts';
import { compareTraces } from './compare-trace.ts';
import type { Difference } from './difference.ts';
import type { GoldenFile } from './golden-file.ts';
import { readGoldenFile } from './golden-file.ts';
import { GoldenRecorder } from './golden-recorder.ts';
import { simulationOf, vcpuNames } from './golden-scenario.ts';

/** How a simulation compares with the genuine scheduler. */
export interface Conformance {
  /** the scenario's */
  readonly name: string;
  readonly matches: boolean;
  /** how many records were compared, up to and including the first that differs */
  readonly recordsCompared: number;
  /** null if all is the same */
  readonly firstDifference: Difference | null;
}

/** Run a golden file's scenario and compare records, times, counts and shares. @throws LabError BAD_FILE */
export function conformFile(path: string): Conformance {
  return conform(readGoldenFile(path));
}

export function conform(golden: GoldenFile): Conformance {
  const { scenario } = golden;
  const vmNames = scenario.vms.map((vm) => vm.name);
  const recorder = new GoldenRecorder(vcpuNames(scenario), vmNames, golden.trace_until_ns);
  const result = simulate({ ...simulationOf(scenario), recorder });
  const trace = compareTraces(golden.trace, recorder.records);
  const firstDifference = trace.difference ?? compareResult(golden, result);
  return {
    name: scenario.name,
    matches: firstDifference === null,
    recordsCompared: trace.recordsCompared,
    firstDifference,
  };
}
