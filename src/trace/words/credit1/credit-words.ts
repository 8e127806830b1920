/** What credit1 has to say beyond what any policy says: priorities, and the arithmetic of its accounting. */
import { CREDIT_NS } from '../../../core/credit1/constants.ts';
import { VcpuReading } from '../../../core/credit1/terms.ts';
import { latestRow } from '../../readings.ts';
import { Column, COLUMNS, Kind, WIDTH } from '../../record.ts';
import type { Trace } from '../../trace.ts';
import type { PolicyWords } from '../policy-words.ts';
import { accountingWords } from './accounting-words.ts';
import { creditDecisionWords } from './decision-words.ts';
import { priorityName } from './numbers.ts';
import { OWN_COLUMNS, OwnKind } from './own-records.ts';
import { parkedWords } from './parked-words.ts';
import { creditRecordWords } from './record-words.ts';
import { creditWaitingWords } from './waiting-words.ts';

export const CREDIT_WORDS: PolicyWords = {
  decision: creditDecisionWords,
  record: creditRecordWords,
  wakeUp: wakeWords,
  waiting: creditWaitingWords,
  parked: parkedWords,
  unparked: () => "accounting found its debt paid and unparked it; that doesn't boost",
  ended: (_trace, _row, effect) =>
    effect === 'park' ? 'accounting parked it' : 'accounting found its debt paid',
  standing: (trace, vcpu, row) => ({ title: 'accounting', text: accountingWords(trace, vcpu, row) }),
  // A slice's credits.
  fullScale: (trace, reading) =>
    reading === VcpuReading.credit ? trace.header.scenario.scheduler.parameters.tsliceNs / CREDIT_NS : null,
  detail: grantDetail,
};

function wakeWords(trace: Trace, vcpu: number, row: number): string {
  const { rows } = trace;
  const { wake } = COLUMNS;
  const { boost } = OWN_COLUMNS;
  const priority = rows[row * WIDTH + wake.readings + VcpuReading.priority];
  const isBoosted =
    row + 1 < trace.count &&
    rows[(row + 1) * WIDTH + Column.kind] === OwnKind.boost &&
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

/** What accounting gave a VM, with the division: ⌈300 × 256 ÷ 768⌉ = 100, at most 300. */
function grantDetail({ rows, header }: Trace, row: number): { name: string; text: string } | null {
  const at = row * WIDTH;
  if (rows[at + Column.kind] !== OwnKind.grant) return null;
  const { vm, toShare, weightSum, fair, peak } = OWN_COLUMNS.grant;
  const credits = Math.min(rows[at + fair], rows[at + peak]);
  const division = `by weight ${rows[at + fair]} of ${rows[at + toShare]} (weight ${rows[at + weightSum]})`;
  return {
    name: `VM ${header.scenario.vms[rows[at + vm]].name}`,
    text: `${credits} credits: ${division}, at most ${rows[at + peak]}`,
  };
}
