/** Why credit1 lets a vCPU wait. */
import { CreditChoice, CreditReason } from '../../../core/credit1/reason.ts';
import { IDLE } from '../../../core/policy.ts';
import { latestRow } from '../../readings.ts';
import { Column, COLUMNS, Kind, WIDTH } from '../../record.ts';
import type { Spell } from '../../spells.ts';
import type { Trace } from '../../trace.ts';
import { firstRowAt } from '../../window.ts';
import type { Wait } from '../policy-words.ts';
import { cpuName, span, vcpuName } from '../words.ts';
import { priorityName } from './numbers.ts';
import { standingOf, tuningAt } from './standing.ts';

/** Goes on after who runs in its place. */
export function creditWaitingWords({ trace, row, spell, holder }: Wait): string {
  const { vcpu, pcpu, fromNs } = spell;
  const mine = standingOf(trace, vcpu, row);
  const its = standingOf(trace, holder.vcpu, row);
  if (mine === null || its === null) return '.';
  const sliceNs = tuningAt(trace, row).tsliceNs;
  const myName = `${vcpuName(trace, vcpu)} is ${priorityName(mine.priority)}`;
  if (mine.priority < its.priority) return `, which goes before it: ${myName}.`;
  if (mine.priority === its.priority) {
    return `. ${myName} too, and an equal isn't preempted: it has its slice of ${span(sliceNs)} first.`;
  }
  if (isRateLimited(trace, row, pcpu, fromNs)) {
    const { ratelimitNs } = tuningAt(trace, row);
    return `. ${myName} and goes before it, but the rate limit gives everybody ${span(ratelimitNs)}.`;
  }
  if (wasAboveAtOnce(trace, spell, holder)) {
    return `. ${myName} and goes before it, but ${notPreemptedWords(trace, spell)}.`;
  }
  return (
    `. ${myName} and would go before it by now, but a change of priority preempts nobody: ` +
    'the next decision comes at the end of the slice, or when somebody wakes up.'
  );
}

/** Whether it was above the one that has its pCPU as soon as it waited, and not by a later change of priority. */
function wasAboveAtOnce(trace: Trace, { vcpu, fromNs }: Spell, holder: Spell): boolean {
  if (holder.fromNs > fromNs) return false;
  const row = firstRowAt(trace, fromNs + 1) - 1;
  const [mine, its] = [standingOf(trace, vcpu, row), standingOf(trace, holder.vcpu, row)];
  return mine !== null && its !== null && mine.priority > its.priority;
}

/** Why one that is above the running vCPU doesn't preempt it. */
function notPreemptedWords(trace: Trace, { pcpu, beginRow, fromNs }: Spell): string {
  const { rows, header } = trace;
  const { decide } = COLUMNS;
  const begin = beginRow * WIDTH;
  if (rows[begin + Column.kind] === Kind.decide && rows[begin + decide.reason] === CreditReason.yielded)
    return 'it yielded, which lets another one go first';
  const rule = 'nobody is preempted where an idle CPU can be asked to fetch';
  for (let row = beginRow + 1; row < trace.count && rows[row * WIDTH + Column.timeNs] === fromNs; row++) {
    const at = row * WIDTH;
    const isAsked = rows[at + Column.kind] === Kind.decide && rows[at + decide.prev] === IDLE;
    if (!isAsked || rows[at + decide.pcpu] === pcpu || rows[at + decide.reason] !== CreditReason.tickled)
      continue;
    const { lbRatelimitNs, migrationDelayNs } = header.scenario.scheduler.parameters;
    const limit =
      lbRatelimitNs > 0 && migrationDelayNs === 0 && rows[at + decide.choice] === CreditChoice.nobody
        ? `, since it looks into other queues at most once in ${span(lbRatelimitNs)}`
        : '';
    const fetched = `fetched ${vcpuName(trace, rows[at + decide.next])}`;
    return `${rule}: ${cpuName(trace, rows[at + decide.pcpu])} was, and ${fetched}${limit}`;
  }
  return rule;
}

/** Whether the latest decision on the pCPU, since then, was put off. */
function isRateLimited(trace: Trace, row: number, pcpu: number, sinceNs: number): boolean {
  const { decide } = COLUMNS;
  const { rows } = trace;
  const latest = latestRow(trace, row, [Kind.decide], (at) => rows[at + decide.pcpu] === pcpu);
  if (latest < 0 || rows[latest * WIDTH + Column.timeNs] < sinceNs) return false;
  return rows[latest * WIDTH + decide.choice] === CreditChoice.rateLimited;
}
