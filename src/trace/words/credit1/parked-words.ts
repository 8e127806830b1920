/** Why a vCPU was parked, in words. */
import { VcpuReading } from '../../../core/credit1/terms.ts';
import { latestRow } from '../../readings.ts';
import { Column, COLUMNS, Kind, WIDTH } from '../../record.ts';
import type { Spell } from '../../spells.ts';
import type { Trace } from '../../trace.ts';
import { instant, signed } from '../words.ts';
import { parkWords } from './accounting-words.ts';
import { credits } from './numbers.ts';
import { OWN_COLUMNS, OwnKind } from './own-records.ts';
import { passesOf, type Pass } from './passes.ts';

/**
 * The accounting that parked a vCPU, what was charged after it, and each accounting since.
 * @param row the last record that counts
 */
export function parkedWords(trace: Trace, { vcpu, beginRow, fromNs }: Spell, row: number): string {
  const { rows } = trace;
  const passes = passesOf(trace);
  const parked = latestRow(
    trace,
    beginRow,
    [OwnKind.park],
    (at) => rows[at + OWN_COLUMNS.park.vcpu] === vcpu,
  );
  const pass = passes.find((each) => each.row > parked);
  const payOf = (each: Pass) => each.grants.flatMap(({ pays }) => pays).find((pay) => pay.vcpu === vcpu);
  const pay = pass === undefined ? undefined : payOf(pass);
  const grant = pass?.grants.find(({ vm }) => vm === trace.header.vcpus[vcpu].vm);
  if (parked < 0 || pass === undefined || grant === undefined || pay === undefined)
    return `At ${instant(fromNs)} it was found over its cap.`;
  const since = passes
    .filter((each) => each.row > pass.row && each.row <= row)
    .flatMap((each) => payOf(each) ?? []);
  const steps = since.map(({ after }) => signed(after)).join(', ');
  const progress = since.length === 0 ? '' : ` The accountings since then made it ${steps}.`;
  const late = chargedLateWords(trace, vcpu, pay.after, beginRow);
  const arithmetic = `${signed(pay.before)} + ${pay.share} = ${signed(pay.before + pay.share)} credits`;
  return (
    `At ${instant(pass.timeNs)} accounting made it ${arithmetic}. ` +
    `${parkWords(trace, pass, grant, pay.before + pay.share)}${late}${progress}`
  );
}

/** A vCPU that ran until it was parked owes what it used since the last tick only once it is off its pCPU. */
function chargedLateWords({ rows }: Trace, vcpu: number, after: number, beginRow: number): string {
  const at = beginRow * WIDTH;
  const { decide } = COLUMNS;
  if (rows[at + Column.kind] !== Kind.decide || rows[at + decide.prev] !== vcpu) return '';
  const left = rows[at + decide.prevReadings + VcpuReading.credit];
  return left >= after
    ? ''
    : ` What it had run since the last tick was charged after that: ${credits(after - left)}, so it had ` +
        `${signed(left)}.`;
}
