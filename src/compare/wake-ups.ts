/** How long vCPUs that had something to do again waited for a pCPU. */
import { quantileOfSorted } from '../analysis/quantiles.ts';
import { realisedOf } from '../trace/latency.ts';
import { Column, Kind, WIDTH } from '../trace/record.ts';
import type { RunState, Spell } from '../trace/spells.ts';
import { slicesOf, staysOf } from '../trace/timeline.ts';
import type { Trace } from '../trace/trace.ts';

export interface WakeUps {
  readonly count: number;
  /** ns */
  readonly p50: number;
  readonly p90: number;
  readonly p99: number;
  readonly max: number;
}

/** Between the wake-up and the pCPU. */
const WAITING: ReadonlySet<RunState> = new Set(['woken', 'preempted', 'requeued', 'parked']);

/**
 * From when the scheduler was told that a blocked vCPU has something to do until it ran: on virtual cores from the
 * decision on, on real ones from when its thread was there. That it is parked, or put behind another one meanwhile,
 * counts; that it is paused doesn't. A VM's start is no wake-up.
 * @param spells per vCPU
 * @returns per VM; null: it never woke up
 */
export function wakeUpsOf(trace: Trace, spells: readonly (readonly Spell[])[]): (WakeUps | null)[] {
  const { vcpus, scenario } = trace.header;
  const arrival = arrivals(trace);
  const samples: number[][] = scenario.vms.map(() => []);
  for (const [vcpu, ofVcpu] of spells.entries()) {
    let [wokenNs, hasRun] = [NaN, false];
    for (const { state, fromNs, beginRow, pcpu } of ofVcpu) {
      if (state === 'running') {
        hasRun = true;
        const cameNs = arrival?.(pcpu, fromNs) ?? fromNs;
        // The decision was another one before its thread came: it waits on.
        if (Number.isNaN(cameNs)) continue;
        if (!Number.isNaN(wokenNs)) samples[vcpus[vcpu].vm].push(Math.max(0, cameNs - wokenNs));
        wokenNs = NaN;
      } else if (!WAITING.has(state)) wokenNs = NaN;
      else if (hasRun && beginRow >= 0 && trace.rows[beginRow * WIDTH + Column.kind] === Kind.wake)
        wokenNs = fromNs;
    }
  }
  return samples.map(summaryOf);
}

/** When the thread came that a decision was about, NaN: it never did; null: there are no threads. */
function arrivals(trace: Trace): ((pcpu: number, decidedNs: number) => number) | null {
  if (trace.header.machine === 'simulated') return null;
  const cameNs: Map<number, number>[] = trace.header.scenario.pcpus.map(() => new Map<number, number>());
  for (const { slice, stay, outcome } of realisedOf(slicesOf(trace), staysOf(trace))) {
    if (outcome === 'fact' && stay !== null) cameNs[slice.pcpu].set(slice.fromNs, stay.fromNs);
    // It had not left yet.
    if (outcome === 'kept') cameNs[slice.pcpu].set(slice.fromNs, slice.fromNs);
  }
  return (pcpu, decidedNs) => cameNs[pcpu].get(decidedNs) ?? NaN;
}

function summaryOf(samples: readonly number[]): WakeUps | null {
  if (samples.length === 0) return null;
  const sorted = Float64Array.from(samples).sort();
  const [p50, p90, p99] = [0.5, 0.9, 0.99].map((fraction) => quantileOfSorted(sorted, fraction));
  return { count: sorted.length, p50, p90, p99, max: sorted[sorted.length - 1] };
}
