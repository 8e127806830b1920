import { hearReadings } from '../../readings.ts';
import type { Trace } from '../../trace.ts';
import type { Sample } from './track.ts';

/** @returns by vCPU and reading: its values wherever the trace tells them; equal neighbours are left out */
export function readingSamplesOf(trace: Trace): Sample[][][] {
  const { vcpus, policy } = trace.header;
  const samples: Sample[][][] = vcpus.map(() => policy.vcpuReadings.map(() => []));
  hearReadings(trace, (atNs, vcpu, reading, value) => {
    note(samples[vcpu][reading], atNs, value);
  });
  return samples;
}

function note(samples: Sample[], atNs: number, value: number): void {
  // A counter has one value at an instant: what it was in between, viewers can't draw.
  if (samples.at(-1)?.atNs === atNs) samples.pop();
  if (samples.at(-1)?.value !== value) samples.push({ atNs, value });
}
