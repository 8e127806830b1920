/** Why a vCPU ran, waited, or could not run at some instant: in words, from the records. */
import { IDLE } from '../../core/policy.ts';
import { Choice, Reason } from '../../core/reason.ts';
import { accountingWords } from './accounting-words.ts';
import { COLUMNS } from '../columns.ts';
import { factWords } from './fact-words.ts';
import type { Pass } from '../passes.ts';
import { parkedWords } from './parked-words.ts';
import { passesOf } from '../passes.ts';
import { Column, Kind, WIDTH } from '../record.ts';
import type { RunState, Spell } from '../spells.ts';
import { isWaiting, spellsOf } from '../spells.ts';
import { latestRow, standingOf, tuningAt } from '../standing.ts';
import type { Trace } from '../trace.ts';
import { firstRowAt } from '../window.ts';
import { cpuName, credits, decisionWords, instant, priorityName, span, vcpuName } from './words.ts';

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

export interface ExplanationPart {
  readonly title: 'why' | 'meanwhile' | 'then' | 'accounting' | 'fact';
  readonly text: string;
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
    passes: passesOf(trace),
  };
  return vcpus.map((vcpu) => explainOne(scene, vcpu));
}

interface Scene {
  readonly trace: Trace;
  readonly atNs: number;
  /** the last record at or before the instant; −1: none */
  readonly row: number;
  readonly spells: readonly (readonly Spell[])[];
  readonly passes: readonly Pass[];
}

function explainOne(scene: Scene, vcpu: number): Explanation {
  const { trace, atNs, row } = scene;
  const spell = spellAt(scene.spells[vcpu], atNs);
  const { state, fromNs, toNs } = spell;
  const parts: ExplanationPart[] = [];
  const add = (title: ExplanationPart['title'], text: string): void => {
    if (text !== '') parts.push({ title, text });
  };
  add('why', whyWords(scene, spell));
  add('meanwhile', meanwhileWords(scene, spell));
  add('then', thenWords(trace, spell));
  if (state !== 'absent' && state !== 'done')
    add('accounting', accountingWords(trace, scene.passes, vcpu, row));
  add('fact', factWords(trace, spell, atNs));
  const until = spell.endRow < 0 ? `to the end of the trace (${instant(toNs)})` : `to ${instant(toNs)}`;
  const headline = `${vcpuName(trace, vcpu)} at ${instant(atNs)}: ${stateWords(trace, spell)}, from ${instant(fromNs)} ${until}, ${span(toNs - fromNs)}`;
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
  if (state === 'parked') return parkedWords(trace, scene.passes, scene.row, spell);
  const at = beginRow * WIDTH;
  switch (rows[at + Column.kind]) {
    case Kind.decide:
      return `${when} ${decisionWords(trace, beginRow)}.`;
    case Kind.wake:
      return `${when} ${wakeWords(trace, vcpu, beginRow)}.`;
    case Kind.unpark:
      return `${when} accounting found its debt paid and unparked it; that doesn't boost.`;
    case Kind.unpause:
      return `${when} its VM was unpaused.`;
    case Kind.pause:
      return `${when} its VM was paused.`;
    case Kind.exit:
      return `${when} the loop learnt that it had ${state === 'done' ? 'done its work' : 'gone to sleep'}.`;
    case Kind.start:
      return `${when} its VM started; nothing has woken it yet.`;
    default:
      return '';
  }
}

function notStartedWords({ header }: Trace, vcpu: number): string {
  const { name, startNs } = header.scenario.vms[header.vcpus[vcpu].vm];
  return `VM ${name} starts at ${instant(startNs)}.`;
}

function wakeWords(trace: Trace, vcpu: number, row: number): string {
  const { rows } = trace;
  const { wake, boost } = COLUMNS;
  const priority = rows[row * WIDTH + wake.priority];
  const isBoosted =
    row + 1 < trace.count &&
    rows[(row + 1) * WIDTH + Column.kind] === Kind.boost &&
    rows[(row + 1) * WIDTH + boost.vcpu] === vcpu;
  if (isBoosted) return 'it woke up as UNDER, and was boosted';
  const first = latestRow(trace, row - 1, [Kind.wake], (at) => rows[at + wake.vcpu] === vcpu) < 0;
  if (first && trace.lost.forgotten === 0) return 'it was started; a first wake-up is never boosted';
  const name = priorityName(priority);
  if (name === 'OVER') return 'it woke up as OVER, in debt, which is never boosted';
  return name === 'BOOST'
    ? 'it woke up, boosted as it still was: no tick has found it running since'
    : `it woke up as ${name}, not boosted, since it had just been placed anew`;
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
  const { vcpu, pcpu, fromNs } = spell;
  const { trace, atNs, row, spells } = scene;
  const cpu = cpuName(trace, pcpu);
  const current = spells.flatMap((ofVcpu) => ofVcpu.filter(lasts(atNs)));
  const holder = current.find((each) => each.state === 'running' && each.pcpu === pcpu);
  const others = current.filter((each) => isWaiting(each.state) && each.pcpu === pcpu && each.vcpu !== vcpu);
  const queue =
    others.length === 0
      ? ''
      : ` ${others.length === 1 ? 'Another one waits' : 'Others wait'} there too: ${others.map((each) => named(scene, each.vcpu)).join(', ')}.`;
  if (holder === undefined) {
    return current.some(({ state }) => state === 'unknown')
      ? `What ${cpu} ran at that moment isn't in the trace.${queue}`
      : `${cpu} ran nobody at that moment: it was to fetch somebody.${queue}`;
  }
  const who = `${cpu} ran ${vcpuName(trace, holder.vcpu)} from ${instant(holder.fromNs)}${byThen(scene, holder)}`;
  const mine = standingOf(trace, vcpu, row);
  const its = standingOf(trace, holder.vcpu, row);
  if (mine === null || its === null) return `${who}.${queue}`;
  const sliceNs = tuningAt(trace, row).tsliceNs;
  const myName = `${vcpuName(trace, vcpu)} is ${priorityName(mine.priority)}`;
  if (mine.priority < its.priority) return `${who}, which goes before it: ${myName}.${queue}`;
  if (mine.priority === its.priority) {
    return `${who}. ${myName} too, and an equal isn't preempted: it has its slice of ${span(sliceNs)} first.${queue}`;
  }
  if (isRateLimited(scene, pcpu, fromNs)) {
    return `${who}. ${myName} and goes before it, but the rate limit gives everybody ${span(tuningAt(trace, row).ratelimitNs)}.${queue}`;
  }
  if (wasAboveAtOnce(scene, spell, holder)) {
    return `${who}. ${myName} and goes before it, but ${notPreemptedWords(trace, spell)}.${queue}`;
  }
  return `${who}. ${myName} and would go before it by now, but a change of priority preempts nobody: the next decision comes at the end of the slice, or when somebody wakes up.${queue}`;
}

/** Whether it was above the one that has its pCPU as soon as it waited, and not by a later change of priority. */
function wasAboveAtOnce({ trace }: Scene, { vcpu, fromNs }: Spell, holder: Spell): boolean {
  if (holder.fromNs > fromNs) return false;
  const row = lastRowAt(trace, fromNs);
  const [mine, its] = [standingOf(trace, vcpu, row), standingOf(trace, holder.vcpu, row)];
  return mine !== null && its !== null && mine.priority > its.priority;
}

/** Why one that is above the running vCPU doesn't preempt it. */
function notPreemptedWords(trace: Trace, { pcpu, beginRow, fromNs }: Spell): string {
  const { rows, header } = trace;
  const { decide } = COLUMNS;
  const begin = beginRow * WIDTH;
  if (rows[begin + Column.kind] === Kind.decide && rows[begin + decide.reason] === Reason.yielded)
    return 'it yielded, which lets another one go first';
  const rule = 'nobody is preempted where an idle CPU can be asked to fetch';
  for (let row = beginRow + 1; row < trace.count && rows[row * WIDTH + Column.timeNs] === fromNs; row++) {
    const at = row * WIDTH;
    const isAsked = rows[at + Column.kind] === Kind.decide && rows[at + decide.prev] === IDLE;
    if (!isAsked || rows[at + decide.pcpu] === pcpu || rows[at + decide.reason] !== Reason.tickled) continue;
    const { lbRatelimitNs, migrationDelayNs } = header.scenario.scheduler.parameters;
    const limit =
      lbRatelimitNs > 0 && migrationDelayNs === 0 && rows[at + decide.choice] === Choice.nobody
        ? `, since it looks into other queues at most once in ${span(lbRatelimitNs)}`
        : '';
    return `${rule}: ${cpuName(trace, rows[at + decide.pcpu])} was, and fetched ${vcpuName(trace, rows[at + decide.next])}${limit}`;
  }
  return rule;
}

function lasts(atNs: number) {
  return ({ fromNs, toNs }: Spell): boolean => fromNs <= atNs && (toNs > atNs || Number.isNaN(toNs));
}

/** `B/v0 (UNDER, 80 credits)` */
function named(scene: Scene, vcpu: number): string {
  return `${vcpuName(scene.trace, vcpu)}${standingWords(scene, vcpu)}`;
}

/** What a running vCPU had at the moment that is asked about: not what it began with, if that was told again since. */
function byThen(scene: Scene, { vcpu, beginRow }: Spell): string {
  const now = standingOf(scene.trace, vcpu, scene.row);
  const then = standingOf(scene.trace, vcpu, beginRow);
  const hasChanged = now?.credit !== then?.credit || now?.priority !== then?.priority;
  return standingWords(scene, vcpu, hasChanged ? 'by then ' : '');
}

function standingWords({ trace, row }: Scene, vcpu: number, when = ''): string {
  const standing = standingOf(trace, vcpu, row);
  return standing === null ? '' : ` (${when}${priorityName(standing.priority)}, ${credits(standing.credit)})`;
}

/** Whether the latest decision on the pCPU, since then, was put off. */
function isRateLimited({ trace, row }: Scene, pcpu: number, sinceNs: number): boolean {
  const { decide } = COLUMNS;
  const { rows } = trace;
  const latest = latestRow(trace, row, [Kind.decide], (at) => rows[at + decide.pcpu] === pcpu);
  if (latest < 0 || rows[latest * WIDTH + Column.timeNs] < sinceNs) return false;
  return rows[latest * WIDTH + decide.choice] === Choice.rateLimited;
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
    case Kind.wake:
      return `${when} ${state === 'absent' ? 'it started' : wakeWords(trace, vcpu, endRow)}.`;
    case Kind.unpark:
      return `${when} accounting found its debt paid.`;
    case Kind.unpause:
      return `${when} its VM was unpaused.`;
    case Kind.pause:
      return `${when} its VM was paused.`;
    case Kind.park:
      return `${when} accounting parked it.`;
    default:
      return '';
  }
}
