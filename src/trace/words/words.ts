/** Words for what stands in records. */
import { Priority } from '../../core/credit1/constants.ts';
import { IDLE } from '../../core/policy.ts';
import { Choice, Reason } from '../../core/reason.ts';
import { Exit } from '../../machine/machine.ts';
import { COLUMNS, Column, Kind, Left, WIDTH } from '../record.ts';
import { latestRow, tuningAt } from '../standing.ts';
import type { Trace } from '../trace.ts';

/** `1.234 s`, and `1.220 041 s` where milliseconds don't say it. */
export function instant(ns: number): string {
  const us = Math.round(ns / 1e3);
  const seconds = Math.floor(us / 1e6);
  const [ms, rest] = [Math.floor(us / 1e3) % 1e3, us % 1e3].map((part) => String(part).padStart(3, '0'));
  return `${seconds}.${ms}${rest === '000' ? '' : ` ${rest}`} s`;
}

/** `41 µs`, `14.5 ms`, `1.25 s`: three digits. */
export function span(ns: number): string {
  const [unit, unitNs] = ns < 1e3 ? ['ns', 1] : ns < 1e6 ? ['µs', 1e3] : ns < 1e9 ? ['ms', 1e6] : ['s', 1e9];
  const value = ns / unitNs;
  return `${value >= 100 ? Math.round(value) : Number(value.toPrecision(3))} ${unit}`;
}

export function credits(count: number): string {
  return `${signed(count)} ${Math.abs(count) === 1 ? 'credit' : 'credits'}`;
}

/** With a real minus sign. */
export function signed(count: number): string {
  return count < 0 ? `−${-count}` : String(count);
}

export function priorityName(priority: number): string {
  switch (priority) {
    case Priority.boost:
      return 'BOOST';
    case Priority.under:
      return 'UNDER';
    case Priority.over:
      return 'OVER';
    default:
      return 'idle';
  }
}

export function vcpuName({ header }: Trace, vcpu: number): string {
  return vcpu === IDLE ? 'nobody' : (header.vcpus[vcpu]?.id ?? `vCPU ${vcpu}`);
}

export function vmName({ header }: Trace, vm: number): string {
  return header.scenario.vms[vm]?.name ?? `VM ${vm}`;
}

/** By the number of the host CPU, as everywhere. */
export function cpuName({ header }: Trace, pcpu: number): string {
  return `CPU ${header.scenario.pcpus[pcpu] ?? '?'}`;
}

export const REASON_TITLES: Readonly<Record<Reason, string>> = {
  [Reason.sliceOver]: 'slice over',
  [Reason.rateLimitOver]: 'rate limit',
  [Reason.tickled]: 'tickled',
  [Reason.blocked]: 'blocked',
  [Reason.parked]: 'parked',
  [Reason.paused]: 'paused',
  [Reason.yielded]: 'yielded',
  [Reason.moved]: 'moved',
};

/** A decision: what asked for it, and what came of it, without the instant. */
export function decisionWords(trace: Trace, row: number): string {
  return `${triggerWords(trace, row)}; ${outcomeWords(trace, row)}`;
}

function triggerWords(trace: Trace, row: number): string {
  const at = row * WIDTH;
  const { decide } = COLUMNS;
  const prev = trace.rows[at + decide.prev];
  const name = vcpuName(trace, prev);
  switch (trace.rows[at + decide.reason] as Reason) {
    case Reason.sliceOver:
      return `${name} had had its slice (${span(tuningAt(trace, row).tsliceNs)})`;
    case Reason.rateLimitOver:
      return `the rate limit had put a decision about ${name} off until now`;
    case Reason.tickled:
      return prev === IDLE
        ? `${cpuName(trace, trace.rows[at + decide.pcpu])} was idle, and there was work`
        : `a vCPU had come that may preempt ${name}`;
    case Reason.blocked:
      return `${name} ${isDoneAt(trace, row, prev) ? 'had done its work' : 'went to sleep'}`;
    case Reason.parked:
      return `${name} was parked, over its cap`;
    case Reason.paused:
      return `the VM of ${name} was paused`;
    case Reason.yielded:
      return `${name} yielded`;
    case Reason.moved:
      return `a tick had found a better CPU for ${name}, behind which others waited`;
  }
}

function outcomeWords(trace: Trace, row: number): string {
  const at = row * WIDTH;
  const { rows } = trace;
  const { decide } = COLUMNS;
  const [prev, next] = [rows[at + decide.prev], rows[at + decide.next]];
  const [prevPriority, nextPriority] = [rows[at + decide.prevPriority], rows[at + decide.nextPriority]];
  const name = vcpuName(trace, next);
  const named = `${name} (${priorityName(nextPriority)}, ${credits(rows[at + decide.nextCredit])})`;
  switch (rows[at + decide.choice] as Choice) {
    case Choice.nobody:
      // Whoever waits elsewhere isn't always fetched: balancing has its own rate limit.
      return prev === IDLE
        ? 'nobody waited here, and it fetched nobody, so it stays idle'
        : 'nobody waited here, so the CPU is idle';
    case Choice.rateLimited:
      return `${name} stays: the rate limit gives everybody ${span(tuningAt(trace, row).ratelimitNs)}, and the queue wasn't looked at`;
    case Choice.stolen:
      return `${named} was stolen from ${stolenFrom(trace, row, next)}, since nobody as good waited here`;
    case Choice.queue:
      break;
  }
  if (next === prev) return `${named} goes on: nobody of its priority or above waited`;
  if (!canStillRun(rows[at + decide.reason] as Reason) || prev === IDLE)
    return `${named} was first in the queue`;
  const versus = `${vcpuName(trace, prev)} (${priorityName(prevPriority)}, ${credits(rows[at + decide.prevCredit])})`;
  if (nextPriority > prevPriority) return `${named} goes before ${versus}`;
  if (nextPriority === prevPriority)
    return `${named} was first in the queue, and ${versus} went behind its equals`;
  return `${named} was let go first by ${versus}`;
}

function canStillRun(reason: Reason): boolean {
  return !([Reason.blocked, Reason.parked, Reason.paused, Reason.moved] as readonly Reason[]).includes(
    reason,
  );
}

function stolenFrom(trace: Trace, row: number, vcpu: number): string {
  const { steal } = COLUMNS;
  const at = latestRow(trace, row, [Kind.steal], (r) => trace.rows[r + steal.vcpu] === vcpu);
  return at < 0 ? 'another queue' : `the queue of ${cpuName(trace, trace.rows[at * WIDTH + steal.from])}`;
}

function isDoneAt({ rows }: Trace, row: number, vcpu: number): boolean {
  const timeNs = rows[row * WIDTH + Column.timeNs];
  for (let r = row; r >= 0 && rows[r * WIDTH + Column.timeNs] === timeNs; r--) {
    const at = r * WIDTH;
    if (rows[at + Column.kind] !== Kind.exit || rows[at + COLUMNS.exit.vcpu] !== vcpu) continue;
    return rows[at + COLUMNS.exit.why] === Exit.done;
  }
  return false;
}

/** A whole record, without the instant. */
export function recordWords(trace: Trace, row: number): string {
  const at = row * WIDTH;
  const { rows } = trace;
  const number = (column: number): number => rows[at + column];
  const vcpu = (column: number): string => vcpuName(trace, rows[at + column]);
  const cpu = (column: number): string => cpuName(trace, rows[at + column]);
  const vm = (column: number): string => vmName(trace, rows[at + column]);
  const c = COLUMNS;
  switch (number(Column.kind) as Kind) {
    case Kind.decide:
      return `${cpu(c.decide.pcpu)}: ${decisionWords(trace, row)}`;
    case Kind.tick:
      return `${cpu(c.tick.pcpu)}: tick, ${vcpu(c.tick.vcpu)} is ${priorityName(number(c.tick.priority))} with ${credits(number(c.tick.credit))}`;
    case Kind.acct:
      return `accounting done: ${credits(number(c.acct.balance))} in all; ${stayingWords(number(c.acct.totalWeight))}`;
    case Kind.grant: {
      const [fair, peak] = [number(c.grant.fair), number(c.grant.peak)];
      const limit = fair > peak ? `, cut down from ${fair}: its cap or its vCPUs allow no more` : '';
      return `accounting: ${vm(c.grant.vm)} gets ${Math.min(fair, peak)} of ${credits(number(c.grant.toShare))} for weight ${number(c.grant.weight)}${limit}`;
    }
    case Kind.pay:
      return `accounting: ${vcpu(c.pay.vcpu)} ${payWords(number(c.pay.before), number(c.pay.share), number(c.pay.after))}: ${priorityName(number(c.pay.priority))}`;
    case Kind.park:
      return `accounting parks ${vcpu(c.park.vcpu)}`;
    case Kind.unpark:
      return `accounting unparks ${vcpu(c.unpark.vcpu)}`;
    case Kind.steal:
      return `${cpu(c.steal.to)} steals ${vcpu(c.steal.vcpu)} from ${cpu(c.steal.from)}`;
    case Kind.migrate:
      return `${vcpu(c.migrate.vcpu)} moves from ${cpu(c.migrate.from)} to ${cpu(c.migrate.to)}`;
    case Kind.wake:
      return `${vcpu(c.wake.vcpu)} wakes up, ${priorityName(number(c.wake.priority))}`;
    case Kind.boost:
      return `${vcpu(c.boost.vcpu)} is boosted`;
    case Kind.unboost:
      return `a tick ends the boost of ${vcpu(c.unboost.vcpu)}`;
    case Kind.activate:
      return `${vcpu(c.activate.vcpu)} takes part in accounting from now on (${number(c.activate.activeCount)} of its VM)`;
    case Kind.deactivate:
      return `${vcpu(c.deactivate.vcpu)} has saved too much, and takes no part in accounting (${number(c.deactivate.activeCount)} of its VM left)`;
    case Kind.set:
      return `${vm(c.set.vm)} has weight ${number(c.set.weight)} and ${number(c.set.cap) === 0 ? 'no cap' : `a cap of ${number(c.set.cap)} %`} from now on`;
    case Kind.tune:
      return number(c.tune.status) === 0
        ? `the slice is ${span(tuningAt(trace, row).tsliceNs)} and the rate limit ${span(tuningAt(trace, row).ratelimitNs)} from now on`
        : 'a change of the scheduler was refused';
    case Kind.start:
      return `${vm(c.start.vm)} starts`;
    case Kind.pause:
      return `${vm(c.pause.vm)} is paused`;
    case Kind.unpause:
      return `${vm(c.unpause.vm)} is unpaused`;
    case Kind.exit:
      return `${vcpu(c.exit.vcpu)} ${EXIT_WORDS[number(c.exit.why) as Exit]}`;
    case Kind.enter:
      return `fact: ${vcpu(c.enter.vcpu)} runs on ${cpu(c.enter.pcpu)}`;
    case Kind.leave: {
      const next = number(c.leave.next);
      const late = number(c.leave.lateNs);
      const why =
        number(c.leave.why) === Left.blocked
          ? ' to sleep'
          : number(c.leave.why) === Left.done
            ? ', done'
            : '';
      return `fact: ${vcpu(c.leave.vcpu)} leaves ${cpu(c.leave.pcpu)}${why}${next === IDLE ? '' : ` for ${vcpuName(trace, next)}`}${late > 0 ? `, ${span(late)} late: not at a safe point` : ''}`;
    }
  }
}

/** @param totalWeight after those who saved too much have left: not what the pass divided by */
function stayingWords(totalWeight: number): string {
  return totalWeight === 0
    ? 'nobody takes part in the next as it stands'
    : `weights of ${totalWeight} take part in the next as it stands`;
}

function payWords(before: number, share: number, after: number): string {
  const sum = before + share;
  const start = `had ${signed(before)}, gets ${share}, has ${signed(sum)}`;
  if (sum === after) return start;
  return sum < 0
    ? `${start}, and nobody owes more than a slice: ${signed(after)}`
    : `${start}, more than a slice, so it leaves accounting with half of them: ${after}`;
}

const EXIT_WORDS: Readonly<Record<Exit, string>> = {
  [Exit.blocked]: 'goes to sleep',
  [Exit.yielded]: 'yields',
  [Exit.done]: 'has done its work',
};
