import { Kind, MAX_READINGS, rowOf } from '../../src/trace/record.ts';

/** A vCPU and its readings, in the order of the policy's terms. */
export type Read = readonly [vcpu: number, ...readings: readonly number[]];

export function decideRow(
  timeNs: number,
  pcpu: number,
  prev: Read,
  next: Read,
  reason: number,
  choice: number,
): Float64Array {
  return rowOf(Kind.decide, timeNs, pcpu, ...padded(prev), ...padded(next), reason, choice);
}

function padded(read: Read): number[] {
  return Array.from({ length: 1 + MAX_READINGS }, (_, i) => read[i] ?? 0);
}
