import { summarize } from '../analysis/quantiles.ts';
import type { Slice, Stay } from './timeline.ts';
import { slicesOf, staysOf } from './timeline.ts';
import type { Trace } from './trace.ts';
import type { Window } from './window.ts';
import { has, wholeOf } from './window.ts';

/** How long it took from each decision that puts a vCPU on a pCPU until its thread ran there. */
export interface IntentToFact {
  /** decisions that became fact */
  readonly count: number;
  /** ns; 0 for none */
  readonly p50: number;
  readonly p99: number;
  readonly max: number;
  /** the vCPU's thread had not left yet when it was wanted again */
  readonly kept: number;
  /** the wish had changed before its thread ran */
  readonly neverFact: number;
  /** the trace ended first */
  readonly cut: number;
  readonly buckets: readonly LatencyBucket[];
}

/** Latencies of at least `fromNs` and less than `toNs`. */
export interface LatencyBucket {
  readonly fromNs: number;
  readonly toNs: number;
  readonly count: number;
}

/** A decision, and the stay on the core that it led to. */
export interface Realised {
  readonly slice: Slice;
  readonly stay: Stay | null;
  readonly outcome: 'fact' | 'kept' | 'never' | 'cut';
}

/** @returns null for a trace without facts: virtual cores do at once what they are told */
export function intentToFact(trace: Trace, window: Window = wholeOf(trace)): IntentToFact | null {
  const stays = staysOf(trace);
  if (trace.header.machine === 'simulated' || stays.every((each) => each.length === 0)) return null;
  const outcomes = { fact: 0, kept: 0, never: 0, cut: 0 };
  const latencies: number[] = [];
  for (const { slice, stay, outcome } of realisedOf(slicesOf(trace), stays)) {
    const { pcpu, vcpu, fromNs } = slice;
    if (!has(window.vcpus, vcpu) || !has(window.pcpus, pcpu)) continue;
    if (fromNs < window.fromNs || fromNs >= window.toNs) continue;
    outcomes[outcome]++;
    if (outcome === 'fact' && stay !== null) latencies.push(stay.fromNs - fromNs);
  }
  return {
    ...summarize(latencies),
    kept: outcomes.kept,
    neverFact: outcomes.never,
    cut: outcomes.cut,
    buckets: bucketsOf(latencies),
  };
}

/** @param slices per pCPU @param stays per pCPU */
export function realisedOf(
  slices: readonly (readonly Slice[])[],
  stays: readonly (readonly Stay[])[],
): Realised[] {
  return slices.flatMap((ofPcpu, pcpu) => realisedOn(ofPcpu, stays[pcpu]));
}

/** A stay belongs to the latest decision before it that wanted its vCPU there. */
function realisedOn(slices: readonly Slice[], stays: readonly Stay[]): Realised[] {
  const latest = new Map<number, number>();
  const first = new Map<number, Stay>();
  const before = new Map<number, Stay>();
  const keeping = new Map<number, Stay>();
  let stay = 0;
  const takeUntil = (timeNs: number): void => {
    for (; stay < stays.length && stays[stay].fromNs < timeNs; stay++) {
      const { vcpu } = stays[stay];
      const slice = latest.get(vcpu);
      if (slice !== undefined && !first.has(slice)) first.set(slice, stays[stay]);
      before.set(vcpu, stays[stay]);
    }
  };
  slices.forEach(({ vcpu, fromNs }, slice) => {
    takeUntil(fromNs);
    const current = before.get(vcpu);
    if (current !== undefined && current.toNs > fromNs) keeping.set(slice, current);
    latest.set(vcpu, slice);
  });
  takeUntil(Infinity);
  return slices.map((slice, index): Realised => {
    const own = first.get(index);
    if (own !== undefined) return { slice, stay: own, outcome: 'fact' };
    const kept = keeping.get(index);
    if (kept !== undefined) return { slice, stay: kept, outcome: 'kept' };
    return { slice, stay: null, outcome: slice.endReason === null ? 'cut' : 'never' };
  });
}

/** Below 1 µs, and from there on each twice as wide as the one before. */
function bucketsOf(latencies: readonly number[]): LatencyBucket[] {
  if (latencies.length === 0) return [];
  const counts: number[] = [];
  for (const latency of latencies) {
    const bucket = latency < 1000 ? 0 : 1 + Math.floor(Math.log2(latency / 1000));
    counts[bucket] = (counts[bucket] ?? 0) + 1;
  }
  const all = Array.from(counts, (count = 0, bucket) => ({
    fromNs: bucket === 0 ? 0 : 1000 * 2 ** (bucket - 1),
    toNs: 1000 * 2 ** bucket,
    count,
  }));
  return all.slice(all.findIndex(({ count }) => count > 0));
}
