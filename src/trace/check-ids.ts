import { IDLE } from '../core/policy.ts';
import { Column } from './record.ts';
import type { TraceHeader } from './trace.ts';
import { vocabularyOf } from './vocabulary.ts';

/** Here there may be no vCPU where one could be. */
const MAYBE_IDLE: readonly string[] = ['prev', 'next'];

/** Everything that reads a trace uses these numbers as indices. @returns what is wrong with a row, or null */
export function idProblem(row: Float64Array, { scenario, vcpus, policy }: TraceHeader): string | null {
  const counts = { vCPU: vcpus.length, pCPU: scenario.pcpus.length, VM: scenario.vms.length };
  const shape = vocabularyOf(policy).shapes[row[Column.kind]];
  for (const { name, column, what } of shape?.fields ?? []) {
    if (what !== 'vCPU' && what !== 'pCPU' && what !== 'VM') continue;
    const id = row[column];
    const least = MAYBE_IDLE.includes(name) ? IDLE : 0;
    if (!Number.isInteger(id) || id < least || id >= counts[what])
      return `a ${shape?.kind ?? ''} record names ${what} ${id} of ${counts[what]}`;
  }
  return null;
}
