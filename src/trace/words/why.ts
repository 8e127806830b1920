/** Why a vCPU ran, waited, or could not run at some instant: in words, from the records. */
import { latestRow, readingsAfter } from '../readings.ts';
import { Column, COLUMNS, Kind, WIDTH } from '../record.ts';
import type { RunState, Spell } from '../spells.ts';
import { isWaiting, spellsOf } from '../spells.ts';
import type { Trace } from '../trace.ts';
import { vocabularyOf } from '../vocabulary.ts';
import { firstRowAt } from '../window.ts';
import { policyWords } from './by-policy.ts';
import { factWords } from './fact-words.ts';
import type { ExplanationPart } from './policy-words.ts';
import { decisionWords } from './record-words.ts';
import { cpuName, instant, span, standingText, vcpuName } from './words.ts';

export interface Explanation {
  readonly vcpu: number;
  readonly state: RunState;
  /** of the spell that the instant lies in */
  readonly fromNs: number;
  readonly toNs: number;
  /** `A/v0 at 1.234 s: waits on CPU 1, from 1.220 s to 1.250 s (30 ms)` */
  readonly headline: string;
  readonly parts: readonly ExplanationPart[];
}

/**
 * @param atNs from the beginning to the end of the trace; everything recorded at that very instant counts
 */
export function explain(trace: Trace, vcpus: readonly number[], atNs: number): Explanation[] {
  const scene: Scene = {
    trace,
    atNs,
    row: lastRowAt(trace, atNs),
    spells: spellsOf(trace),
  };
  return vcpus.map((vcpu) => explainOne(scene, vcpu));
}

interface Scene {
  readonly trace: Trace;
  readonly atNs: number;
  /** the last record at or before the instant; −1: none */
  readonly row: number;
  readonly spells: readonly (readonly Spell[])[];
}

function explainOne(scene: Scene, vcpu: number): Explanation {
  const { trace, atNs, row } = scene;
  const spell = spellAt(scene.spells[vcpu], atNs);
  const { state, fromNs, toNs } = spell;
  const parts: ExplanationPart[] = [];
  const add = (title: string, text: string): void => {
    if (text !== '') parts.push({ title, text });
  };
  add('why', whyWords(scene, spell));
  add('meanwhile', meanwhileWords(scene, spell));
  add('then', thenWords(trace, spell));
  if (state !== 'absent' && state !== 'done') {
    const standing = policyWords(trace).standing(trace, vcpu, row);
    if (standing !== null) add(standing.title, standing.text);
  }
  add('fact', factWords(trace, spell, atNs));
  const until = spell.endRow < 0 ? `to the end of the trace (${instant(toNs)})` : `to ${instant(toNs)}`;
  const headline =
    `${vcpuName(trace, vcpu)} at ${instant(atNs)}: ${stateWords(trace, spell)}, from ${instant(fromNs)} ` +
    `${until}, ${span(toNs - fromNs)}`;
  return { vcpu, state, fromNs, toNs, headline, parts };
}

/** Facts don't count: the policy decided before it could know them. */
function lastRowAt(trace: Trace, atNs: number): number {
  return firstRowAt(trace, atNs + 1) - 1;
}

function spellAt(spells: readonly Spell[], atNs: number): Spell {
  return spells.findLast(({ fromNs, toNs }) => fromNs <= atNs && toNs > fromNs) ?? spells[0];
}

function stateWords(trace: Trace, { state, pcpu }: Spell): string {
  switch (state) {
    case 'running':
      return `ran on ${cpuName(trace, pcpu)}`;
    case 'woken':
    case 'preempted':
    case 'requeued':
      return pcpu < 0 ? 'waited' : `waited on ${cpuName(trace, pcpu)}`;
    case 'parked':
      return 'was parked';
    case 'paused':
      return 'was paused';
    case 'blocked':
      return 'slept';
    case 'done':
      return 'had done its work';
    case 'absent':
      return 'had not started';
    case 'unknown':
      return 'not told by the trace';
  }
}

/** What brought it into this state. */
function whyWords(scene: Scene, spell: Spell): string {
  const { trace } = scene;
  const { rows } = trace;
  const { state, vcpu, beginRow } = spell;
  const when = `At ${instant(spell.fromNs)}`;
  if (state === 'unknown') return 'The records that would tell were lost or forgotten.';
  if (state === 'absent') return notStartedWords(trace, vcpu);
  if (beginRow < 0) return '';
  const words = policyWords(trace);
  if (state === 'parked') return words.parked(trace, spell, scene.row);
  const at = beginRow * WIDTH;
  switch (rows[at + Column.kind]) {
    case Kind.decide:
      return `${when} ${decisionWords(trace, beginRow)}.`;
    case Kind.wake:
      return `${when} ${words.wakeUp(trace, vcpu, beginRow)}.`;
    case Kind.unpause:
      return `${when} its VM was unpaused.`;
    case Kind.pause:
      return `${when} its VM was paused.`;
    case Kind.exit:
      return state === 'done'
        ? `${when} the loop learnt that it had done its work.`
        : `${when} the loop learnt that it had gone to sleep.`;
    case Kind.start:
      return `${when} its VM started; nothing has woken it yet.`;
    default:
      return effectOf(trace, beginRow) === 'unpark' ? `${when} ${words.unparked(trace, beginRow)}.` : '';
  }
}

function notStartedWords({ header }: Trace, vcpu: number): string {
  const { name, startNs } = header.scenario.vms[header.vcpus[vcpu].vm];
  return `VM ${name} starts at ${instant(startNs)}.`;
}

/** What ran in its place, or how it kept its pCPU. */
function meanwhileWords(scene: Scene, spell: Spell): string {
  if (spell.state === 'running') return renewalWords(scene, spell);
  return isWaiting(spell.state) && spell.pcpu >= 0 ? waitingWords(scene, spell) : '';
}

function renewalWords({ trace, row }: Scene, { vcpu, pcpu, beginRow }: Spell): string {
  const { decide } = COLUMNS;
  const { rows } = trace;
  const again = latestRow(
    trace,
    row,
    [Kind.decide],
    (at) => rows[at + decide.pcpu] === pcpu && rows[at + decide.next] === vcpu,
  );
  if (again <= beginRow) return '';
  return `At ${instant(rows[again * WIDTH + Column.timeNs])} it kept the CPU: ${decisionWords(trace, again)}.`;
}

function waitingWords(scene: Scene, spell: Spell): string {
  const { vcpu, pcpu } = spell;
  const { trace, atNs, row, spells } = scene;
  const cpu = cpuName(trace, pcpu);
  const current = spells.flatMap((ofVcpu) => ofVcpu.filter(lasts(atNs)));
  const holder = current.find((each) => each.state === 'running' && each.pcpu === pcpu);
  const others = current.filter((each) => isWaiting(each.state) && each.pcpu === pcpu && each.vcpu !== vcpu);
  const wait = others.length === 1 ? 'Another one waits' : 'Others wait';
  const queue =
    others.length === 0
      ? ''
      : ` ${wait} there too: ` + `${others.map((each) => named(scene, each.vcpu)).join(', ')}.`;
  if (holder === undefined) {
    return current.some(({ state }) => state === 'unknown')
      ? `What ${cpu} ran at that moment isn't in the trace.${queue}`
      : `${cpu} ran nobody at that moment: it was to fetch somebody.${queue}`;
  }
  const who = `${cpu} ran ${vcpuName(trace, holder.vcpu)} from ${instant(holder.fromNs)}${byThen(scene, holder)}`;
  return `${who}${policyWords(trace).waiting({ trace, atNs, row, spell, holder })}${queue}`;
}

function lasts(atNs: number) {
  return ({ fromNs, toNs }: Spell): boolean => fromNs <= atNs && (toNs > atNs || Number.isNaN(toNs));
}

/** `B/v0 (UNDER, 80 credits)` */
function named({ trace, row }: Scene, vcpu: number): string {
  return `${vcpuName(trace, vcpu)}${standingText(trace, vcpu, row)}`;
}

/** What a running vCPU had at the moment that is asked about: not what it began with, if that was told again since. */
function byThen({ trace, row }: Scene, { vcpu, beginRow }: Spell): string {
  const valuesAt = (last: number): (number | undefined)[] =>
    readingsAfter(trace, vcpu, last).map((told) => told?.value);
  const then = valuesAt(beginRow);
  const hasChanged = valuesAt(row).some((value, i) => value !== then[i]);
  return standingText(trace, vcpu, row, hasChanged ? 'by then ' : '');
}

/** What ended the spell. */
function thenWords(trace: Trace, { vcpu, state, toNs, endRow, pcpu }: Spell): string {
  if (endRow < 0) return '';
  const { rows } = trace;
  const at = endRow * WIDTH;
  const when = `At ${instant(toNs)}`;
  switch (rows[at + Column.kind]) {
    case Kind.decide: {
      const isNext = rows[at + COLUMNS.decide.next] === vcpu;
      const place =
        isNext && rows[at + COLUMNS.decide.pcpu] !== pcpu
          ? ` on ${cpuName(trace, rows[at + COLUMNS.decide.pcpu])}`
          : '';
      const verb = isNext ? `it got its turn${place}` : 'it had to leave';
      return `${when} ${verb}: ${decisionWords(trace, endRow)}.`;
    }
    case Kind.wake: {
      const what = state === 'absent' ? 'it started' : policyWords(trace).wakeUp(trace, vcpu, endRow);
      return `${when} ${what}.`;
    }
    case Kind.unpause:
      return `${when} its VM was unpaused.`;
    case Kind.pause:
      return `${when} its VM was paused.`;
    default: {
      const effect = effectOf(trace, endRow);
      return effect === null ? '' : `${when} ${policyWords(trace).ended(trace, endRow, effect)}.`;
    }
  }
}

/** Of a record that only the policy makes. */
function effectOf({ header, rows }: Trace, row: number): 'park' | 'unpark' | null {
  return vocabularyOf(header.policy).shapes[rows[row * WIDTH + Column.kind]]?.own?.effect ?? null;
}
