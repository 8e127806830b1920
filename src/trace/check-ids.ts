import { IDLE } from '../core/policy.ts';
import { Column, FIELDS, KIND_NAMES } from './record.ts';
import type { TraceHeader } from './trace.ts';

/** What a field counts, and from where on: there may be no vCPU where one could be. */
const COUNTED: Readonly<Record<string, readonly ['vCPU' | 'pCPU' | 'VM', number]>> = {
  vcpu: ['vCPU', 0],
  prev: ['vCPU', IDLE],
  next: ['vCPU', IDLE],
  pcpu: ['pCPU', 0],
  from: ['pCPU', 0],
  to: ['pCPU', 0],
  vm: ['VM', 0],
};

const BY_KIND = KIND_NAMES.map((kind) =>
  FIELDS[kind].flatMap((field, i) => (field in COUNTED ? [{ column: Column.fields + i, field }] : [])),
);

/** Everything that reads a trace uses these numbers as indices. @returns what is wrong with a row, or null */
export function idFault(row: Float64Array, { scenario, vcpus }: TraceHeader): string | null {
  const counts = { vCPU: vcpus.length, pCPU: scenario.pcpus.length, VM: scenario.vms.length };
  for (const { column, field } of BY_KIND[row[Column.kind]]) {
    const [what, least] = COUNTED[field];
    const id = row[column];
    if (!Number.isInteger(id) || id < least || id >= counts[what])
      return `a ${KIND_NAMES[row[Column.kind]]} record names ${what} ${id} of ${counts[what]}`;
  }
  return null;
}
