/**
 * The fingerprint of a cap: a capped VM runs in spells, and how long it is on and off tells the cap. Alone on a pCPU, with
 * slices of 30 ms, a cap of 25 is 30 ms on and 90 ms off, 50 is 60 and 60, 75 is 180 and 60: it is parked and unparked only
 * by accounting, every 30 ms, and until it is parked it runs into debt.
 */
import { median } from '../analysis/stats.ts';
import { slicesOf, staysOf } from './timeline.ts';
import type { Trace } from './trace.ts';

/** A time in which at least one vCPU of the VM was on a pCPU. */
export interface OnSpell {
  readonly fromNs: number;
  readonly toNs: number;
}

export interface Fingerprint {
  /** how long each spell was, ns, without the last one of a run: the end of the work or of the run cut it short */
  readonly onNs: readonly number[];
  /** how long the VM was off after each of these */
  readonly offNs: readonly number[];
  /** medians; NaN: no whole spell */
  readonly typicalOnNs: number;
  readonly typicalOffNs: number;
}

/** Shorter gaps are a switch or a move from one pCPU to another; a parked VM is off for milliseconds. */
const SWITCH_NS = 1_000_000;

/**
 * @param vm index in the scenario
 * @param source what the scheduler meant, or what the cores did
 * @returns in order of time, never touching one another
 */
export function onSpellsOf(trace: Trace, vm: number, source: 'intent' | 'fact'): OnSpell[] {
  const { vcpus } = trace.header;
  const times = (source === 'intent' ? slicesOf(trace) : staysOf(trace))
    .flat()
    .filter(({ vcpu }) => vcpus[vcpu].vm === vm)
    .sort((a, b) => a.fromNs - b.fromNs);
  const spells: { fromNs: number; toNs: number }[] = [];
  for (const { fromNs, toNs } of times) {
    const last = spells.at(-1);
    if (last !== undefined && fromNs - last.toNs < SWITCH_NS) last.toNs = Math.max(last.toNs, toNs);
    else spells.push({ fromNs, toNs });
  }
  return spells;
}

/** @param runs the spells of each run */
export function fingerprintOf(runs: readonly (readonly OnSpell[])[]): Fingerprint {
  const onNs = runs.flatMap((spells) => spells.slice(0, -1).map(({ fromNs, toNs }) => toNs - fromNs));
  const offNs = runs.flatMap((spells) => spells.slice(1).map(({ fromNs }, i) => fromNs - spells[i].toNs));
  return { onNs, offNs, typicalOnNs: median(onNs), typicalOffNs: median(offNs) };
}

/**
 * All spells laid on one another at their beginnings: how often the VM was on so long after it came on.
 * @returns per bin of spanNs ÷ bins a fraction, 0..1; zeros where no spell has so much of its run behind it
 */
export function foldedPattern(
  runs: readonly (readonly OnSpell[])[],
  spanNs: number,
  bins: number,
): Float64Array {
  const pattern = new Float64Array(bins);
  const binNs = spanNs / bins;
  let count = 0;
  for (const spells of runs) {
    const lastNs = spells.at(-1)?.fromNs ?? 0;
    for (let first = 0; first < spells.length && spells[first].fromNs + spanNs <= lastNs; first++) {
      count++;
      addSpells(pattern, spells, first, binNs);
    }
  }
  return count === 0 ? pattern : pattern.map((sum) => sum / count);
}

/** Adds to each bin how much of it the VM was on, counted from the beginning of the first of these spells. */
function addSpells(pattern: Float64Array, spells: readonly OnSpell[], first: number, binNs: number): void {
  const beginNs = spells[first].fromNs;
  for (let i = first; i < spells.length; i++) {
    const from = (spells[i].fromNs - beginNs) / binNs;
    const to = Math.min(pattern.length, (spells[i].toNs - beginNs) / binNs);
    if (from >= pattern.length) return;
    for (let bin = Math.floor(from); bin < to; bin++) {
      pattern[bin] += Math.min(bin + 1, to) - Math.max(bin, from);
    }
  }
}
