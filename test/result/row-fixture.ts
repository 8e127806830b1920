import type { RowRuns } from '../../src/result/row-runs.ts';
import type { RunResult } from '../../src/result/result.ts';
import { fromYaml } from '../scenario/attempt.ts';
import { sampleRun } from '../report/sample.ts';

export const finite = fromYaml('{ pcpus: 1, vms: [{ name: A, work: 1s }] }');
export const endless = fromYaml('{ pcpus: 1, duration: 10s, vms: [{ name: A }] }');

/** A row with one VM, and runs that took so many seconds. */
export function rowOf(label: string, seconds: readonly number[], rest: Partial<RunResult> = {}): RowRuns {
  const runs = seconds.map((s) => sampleRun(finite, [{ wallNs: s * 1e9, cpuNs: 1e9 }], rest));
  return { label, scenario: finite, runs };
}
