/**
 * The fingerprint of a cap: a capped VM runs in spells, and how long it is on and off tells the cap. Alone on a pCPU,
 * with slices of 30 ms, a cap of 25 is 30 ms on and 90 ms off, 50 is 60 and 60, 75 is 180 and 60: it is parked and
 * unparked only by accounting, every 30 ms, and until it is parked it runs into debt.
 *
 * Off is only what the records of parking say: some of the VM's vCPUs are parked, and none runs or waits. All between
 * is on, also while the VM waits for others or sleeps. That a vCPU isn't on a core would not do for a rule: competition
 * keeps it off just as well, in a pattern of slices that has nothing to do with the cap, and of a VM whose share is
 * below its cap it would be the only pattern.
 */
import { median } from '../analysis/stats.ts';
import { isWaiting, spellsOf, type RunState, type Spell } from './spells.ts';
import { staysOf } from './timeline.ts';
import type { Trace } from './trace.ts';

/** A time in which the cap let the VM run. */
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

/**
 * @param vm index in the scenario
 * @param source what the scheduler meant, or what the cores did: there a VM is off only when its last thread has left
 * @returns in order of time, with the off times between them; a single one if the VM was never parked, none if it never
 *   came
 */
export function onSpellsOf(trace: Trace, vm: number, source: 'intent' | 'fact'): OnSpell[] {
  const isOfVm = (vcpu: number): boolean => trace.header.vcpus[vcpu].vm === vm;
  const spells = spellsOf(trace)
    .filter((_, vcpu) => isOfVm(vcpu))
    .flat();
  const able = spells.filter(({ state }) => isAble(state));
  if (able.length === 0) return [];
  const beginNs = able.reduce((least, { fromNs }) => Math.min(least, fromNs), Infinity);
  const endNs = able.reduce((most, { toNs }) => Math.max(most, toNs), 0);
  const stays = source === 'intent' ? [] : staysOf(trace).flat();
  const own = stays.filter(({ vcpu }) => isOfVm(vcpu)).sort((a, b) => a.toNs - b.toNs);
  const on = [{ fromNs: beginNs, toNs: endNs }];
  let stay = 0;
  for (const off of offTimesOf(spells)) {
    const last = on[on.length - 1];
    if (off.fromNs < last.fromNs || off.toNs > last.toNs) continue;
    let fromNs = off.fromNs;
    for (; stay < own.length && own[stay].toNs < off.toNs; stay++) fromNs = Math.max(fromNs, own[stay].toNs);
    last.toNs = fromNs;
    on.push({ fromNs: off.toNs, toNs: endNs });
  }
  return on;
}

/** When some of these vCPUs' spells are parked and none runs or waits, in order of time. */
function offTimesOf(spells: readonly Spell[]): OnSpell[] {
  const changes = spells
    .flatMap(({ state, fromNs, toNs }) => {
      const [parked, able] = [Number(state === 'parked'), Number(isAble(state))];
      return [
        { atNs: fromNs, parked, able },
        { atNs: toNs, parked: -parked, able: -able },
      ];
    })
    .sort((a, b) => a.atNs - b.atNs);
  const times: { fromNs: number; toNs: number }[] = [];
  let [parked, able] = [0, 0];
  changes.forEach((change, i) => {
    parked += change.parked;
    able += change.able;
    const { atNs: fromNs } = change;
    const toNs = changes[i + 1]?.atNs ?? fromNs;
    if (toNs === fromNs || parked === 0 || able > 0) return;
    const last = times.at(-1);
    if (last?.toNs === fromNs) last.toNs = toNs;
    else times.push({ fromNs, toNs });
  });
  return times;
}

function isAble(state: RunState): boolean {
  return state === 'running' || isWaiting(state);
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
