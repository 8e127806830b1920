/**
 * Whether a machine can measure out a scheduler's shortest slices. A slice ends when its timer was served and the next
 * vCPU computes. Until then the one before has the pCPU, so that every slice is too long by both.
 *
 * Example: timers are 30 µs late and hand-overs take 30 µs, by their medians. Of SEDF's pieces of 500 µs that is an
 * eighth, of credit's slices of 30 ms nothing to speak of.
 */
import type { LoopResult } from './result.ts';

/** What part of itself the shortest slice may be too long. At the whole, two are as good as one. */
export const COARSENESS = { usable: 0.2, bad: 1 } as const;

/** How late slices end, ns, by the medians; null: no timer was served. */
export function sliceEndLateNs({ tickLatenessNs, latencyNs }: LoopResult): number | null {
  return tickLatenessNs.count === 0 ? null : tickLatenessNs.p50 + (latencyNs?.handOver.p50 ?? 0);
}
