import { hearReadings } from '../../trace/readings.ts';
import type { Trace } from '../../trace/trace.ts';

/** The readings of a vCPU from an instant on, in the order of the policy's terms. */
export interface ReadingPoint {
  readonly timeNs: number;
  readonly values: readonly number[];
}

/** @returns per vCPU what is known of its readings, in order of time; points that change nothing are left out */
export function readingTracks(trace: Trace): ReadingPoint[][] {
  const { vcpus, policy } = trace.header;
  const tracks: { timeNs: number; values: number[] }[][] = vcpus.map(() => []);
  const lastRows = vcpus.map(() => -1);
  hearReadings(trace, (timeNs, vcpu, reading, value, row) => {
    const track = tracks[vcpu];
    const last = track.at(-1);
    if (last?.values[reading] === value) return;
    if (last !== undefined && lastRows[vcpu] === row) {
      last.values[reading] = value;
      return;
    }
    const values = last === undefined ? policy.vcpuReadings.map(({ initial }) => initial) : [...last.values];
    values[reading] = value;
    track.push({ timeNs, values });
    lastRows[vcpu] = row;
  });
  return tracks;
}
