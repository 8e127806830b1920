/** What the cores really did about a spell. */
import { realisedOf } from '../latency.ts';
import type { Spell } from '../spells.ts';
import type { Stay } from '../timeline.ts';
import { slicesOf, staysOf } from '../timeline.ts';
import type { Trace } from '../trace.ts';
import { cpuName, instant, span, vcpuName } from './words.ts';

/** @returns empty where the trace has no facts about it */
export function factWords(trace: Trace, spell: Spell, atNs: number): string {
  if (trace.header.machine === 'simulated') return '';
  const stays = staysOf(trace);
  if (stays.every((ofPcpu) => ofPcpu.length === 0)) return '';
  return spell.state === 'running' ? ranWords(trace, stays, spell, atNs) : leftWords(trace, stays, spell);
}

function ranWords(trace: Trace, stays: readonly (readonly Stay[])[], spell: Spell, atNs: number): string {
  const { vcpu, pcpu, fromNs, toNs } = spell;
  const cpu = cpuName(trace, pcpu);
  const realised = realisedOf(slicesOf(trace), stays).find(
    ({ slice }) => slice.pcpu === pcpu && slice.vcpu === vcpu && slice.fromNs === fromNs,
  );
  const stay = realised?.stay ?? null;
  if (realised === undefined || stay === null) {
    const never = realised?.outcome === 'cut' ? 'by the end of the trace' : 'before the wish changed';
    return `Its thread did not come onto ${cpu} ${never}.${ranInFact(trace, stays[pcpu], vcpu, atNs)}`;
  }
  const came =
    realised.outcome === 'kept'
      ? `Its thread had not left ${cpu} yet`
      : `Its thread ran there from ${instant(stay.fromNs)}, ${span(stay.fromNs - fromNs)} after the decision`;
  const lostNs = stay.toNs - stay.fromNs - stay.cpuNs;
  const stolen =
    lostNs > 50_000 ? ` Of ${span(stay.toNs - stay.fromNs)} there the host took ${span(lostNs)}.` : '';
  const went = stay.why === null ? '' : `, until ${instant(stay.toNs)}${delayWords(stay.toNs - toNs)}`;
  return `${came}${went}.${stolen}${ranInFact(trace, stays[pcpu], vcpu, atNs)}`;
}

/** Positive: after it was told to; negative: of its own accord, before the loop knew. */
function delayWords(delayNs: number): string {
  if (delayNs === 0) return '';
  return delayNs > 0 ? `, ${span(delayNs)} after it was to go` : `, ${span(-delayNs)} before the loop knew`;
}

/** Where intent and fact differ at the instant asked for. */
function ranInFact(trace: Trace, stays: readonly Stay[], vcpu: number, atNs: number): string {
  const there = stays.find(({ fromNs, toNs }) => fromNs <= atNs && atNs < toNs);
  if (there?.vcpu === vcpu) return '';
  const who =
    there === undefined ? 'nobody of the lab was on it' : `${vcpuName(trace, there.vcpu)} was still on it`;
  return ` At ${instant(atNs)} itself ${who}.`;
}

/** When the thread left the core, for a spell that began with that. */
function leftWords(trace: Trace, stays: readonly (readonly Stay[])[], spell: Spell): string {
  const { vcpu, fromNs, pcpu, state } = spell;
  if (pcpu < 0 || state === 'absent' || state === 'woken') return '';
  const stay = stays[pcpu].findLast(
    (each) => each.vcpu === vcpu && each.fromNs <= fromNs && each.toNs > fromNs - 1e6,
  );
  if (stay === undefined || stay.why === null) return '';
  const late = stay.lateNs > 0 ? `; it was ${span(stay.lateNs)} late, not being at a safe point` : '';
  const after =
    stay.toNs >= fromNs
      ? `${span(stay.toNs - fromNs)} after the decision`
      : `${span(fromNs - stay.toNs)} before the loop knew`;
  return `Its thread left ${cpuName(trace, pcpu)} at ${instant(stay.toNs)}, ${after}${late}.`;
}
