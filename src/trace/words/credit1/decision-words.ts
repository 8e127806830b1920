/** A decision of credit1, in words. */
import { CreditChoice, CreditReason } from '../../../core/credit1/reason.ts';
import { VcpuReading } from '../../../core/credit1/terms.ts';
import { IDLE } from '../../../core/policy.ts';
import { COLUMNS, WIDTH } from '../../record.ts';
import type { Trace } from '../../trace.ts';
import { cpuName, decidedText, isDoneAt, span, stolenFrom, vcpuName } from '../words.ts';
import { tuningAt } from './standing.ts';

/** What asked for it, and what came of it, without the instant. */
export function creditDecisionWords(trace: Trace, row: number): string {
  return `${triggerWords(trace, row)}; ${outcomeWords(trace, row)}`;
}

function triggerWords(trace: Trace, row: number): string {
  const at = row * WIDTH;
  const { decide } = COLUMNS;
  const prev = trace.rows[at + decide.prev];
  const name = vcpuName(trace, prev);
  switch (trace.rows[at + decide.reason] as CreditReason) {
    case CreditReason.sliceOver:
      return `${name} had had its slice (${span(tuningAt(trace, row).tsliceNs)})`;
    case CreditReason.rateLimitOver:
      return `the rate limit had put a decision about ${name} off until now`;
    case CreditReason.tickled:
      return prev === IDLE
        ? `${cpuName(trace, trace.rows[at + decide.pcpu])} was idle, and there was work`
        : `a vCPU had come that may preempt ${name}`;
    case CreditReason.blocked:
      return isDoneAt(trace, row, prev) ? `${name} had done its work` : `${name} went to sleep`;
    case CreditReason.parked:
      return `${name} was parked, over its cap`;
    case CreditReason.paused:
      return `the VM of ${name} was paused`;
    case CreditReason.yielded:
      return `${name} yielded`;
    case CreditReason.moved:
      return `a tick had found a better CPU for ${name}, behind which others waited`;
  }
}

function outcomeWords(trace: Trace, row: number): string {
  const at = row * WIDTH;
  const { rows } = trace;
  const { decide } = COLUMNS;
  const [prev, next] = [rows[at + decide.prev], rows[at + decide.next]];
  const prevPriority = rows[at + decide.prevReadings + VcpuReading.priority];
  const nextPriority = rows[at + decide.nextReadings + VcpuReading.priority];
  const name = vcpuName(trace, next);
  const named = `${name}${decidedText(trace, row, 'next')}`;
  switch (rows[at + decide.choice] as CreditChoice) {
    case CreditChoice.nobody:
      // Whoever waits elsewhere isn't always fetched: balancing has its own rate limit.
      return prev === IDLE
        ? 'nobody waited here, and it fetched nobody, so it stays idle'
        : 'nobody waited here, so the CPU is idle';
    case CreditChoice.rateLimited:
      return (
        `${name} stays: the rate limit gives everybody ${span(tuningAt(trace, row).ratelimitNs)}, and the queue ` +
        "wasn't looked at"
      );
    case CreditChoice.stolen:
      return `${named} was stolen from ${stolenFrom(trace, row, next)}, since nobody as good waited here`;
    case CreditChoice.queue:
      break;
  }
  if (next === prev) return `${named} goes on: nobody of its priority or above waited`;
  if (!canStillRun(rows[at + decide.reason] as CreditReason) || prev === IDLE)
    return `${named} was first in the queue`;
  const versus = `${vcpuName(trace, prev)}${decidedText(trace, row, 'prev')}`;
  if (nextPriority > prevPriority) return `${named} goes before ${versus}`;
  if (nextPriority === prevPriority)
    return `${named} was first in the queue, and ${versus} went behind its equals`;
  return `${named} was let go first by ${versus}`;
}

function canStillRun(reason: CreditReason): boolean {
  return !(
    [
      CreditReason.blocked,
      CreditReason.parked,
      CreditReason.paused,
      CreditReason.moved,
    ] as readonly CreditReason[]
  ).includes(reason);
}
