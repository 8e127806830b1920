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
  const tracks: ReadingPoint[][] = vcpus.map(() => []);
  hearReadings(trace, (timeNs, vcpu, reading, value) => {
    const track = tracks[vcpu];
    const last = track.at(-1);
    if (last?.values[reading] === value) return;
    const values = last === undefined ? policy.vcpuReadings.map(({ initial }) => initial) : [...last.values];
    values[reading] = value;
    // What one record tells is one point.
    if (last?.timeNs === timeNs) track[track.length - 1] = { timeNs, values };
    else track.push({ timeNs, values });
  });
  return tracks;
}
