import { quantileOfSorted } from '../analysis/quantiles.ts';
import type { RunState } from './spells.ts';
import { RUN_STATES, spellsOf } from './spells.ts';
import type { Trace } from './trace.ts';
import type { Window } from './window.ts';
import { clip, has, wholeOf } from './window.ts';

/** What a vCPU's time went into, a line per state that occurred. */
export interface VcpuStates {
  readonly vcpu: number;
  readonly states: readonly StateTotals[];
}

export interface StateTotals {
  readonly state: RunState;
  /** spells in it */
  readonly count: number;
  readonly totalNs: number;
  /** of the window */
  readonly percent: number;
  /** of the spells' lengths */
  readonly p50Ns: number;
  readonly p95Ns: number;
  readonly maxNs: number;
}

/**
 * Run states per vCPU, as the scheduler saw them. Spells are cut at the window's ends.
 * @returns vCPUs that have a spell in the window
 */
export function runStatesOf(trace: Trace, window: Window = wholeOf(trace)): VcpuStates[] {
  return spellsOf(trace).flatMap((spells, vcpu) => {
    if (!has(window.vcpus, vcpu)) return [];
    const lengths = new Map<RunState, number[]>();
    for (const spell of spells) {
      const part = has(window.pcpus, spell.pcpu) ? clip(spell, window) : null;
      if (part === null) continue;
      const ofState = lengths.get(part.state) ?? [];
      ofState.push(part.toNs - part.fromNs);
      lengths.set(part.state, ofState);
    }
    if (lengths.size === 0) return [];
    const states = RUN_STATES.flatMap((state) => {
      const ofState = lengths.get(state);
      return ofState === undefined ? [] : [totalsOf(state, ofState, window)];
    });
    return [{ vcpu, states }];
  });
}

function totalsOf(state: RunState, lengths: readonly number[], { fromNs, toNs }: Window): StateTotals {
  const sorted = Float64Array.from(lengths).sort();
  const totalNs = sorted.reduce((sum, length) => sum + length, 0);
  return {
    state,
    count: sorted.length,
    totalNs,
    percent: toNs > fromNs ? (100 * totalNs) / (toNs - fromNs) : 0,
    p50Ns: quantileOfSorted(sorted, 0.5),
    p95Ns: quantileOfSorted(sorted, 0.95),
    maxNs: sorted[sorted.length - 1],
  };
}
