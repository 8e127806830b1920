/** The arithmetic of an accounting pass, in words. */
import { divideUp } from '../../../core/credit1/accounting.ts';
import { latestRow } from '../../readings.ts';
import { Column, WIDTH } from '../../record.ts';
import type { Trace } from '../../trace.ts';
import { instant, signed, vcpuName, vmName } from '../words.ts';
import { credits, priorityName } from './numbers.ts';
import { OWN_COLUMNS, OwnKind } from './own-records.ts';
import { passesOf, type Grant, type Pass, type Pay } from './passes.ts';
import { settingsOf, standingOf, tuningAt } from './standing.ts';

/**
 * What the last pass did for a vCPU, and why it is UNDER or OVER since.
 * @param row the last record that counts
 */
export function accountingWords(trace: Trace, vcpu: number, row: number): string {
  const passes = passesOf(trace);
  const pass = passes.findLast((each) => each.row <= row);
  if (pass === undefined) {
    const [first] = passes;
    const next = first === undefined ? '' : `; the first comes at ${instant(first.timeNs)}`;
    return trace.lost.forgotten > 0
      ? 'The last accounting is no longer in the trace.'
      : `There was no accounting yet${next}.`;
  }
  const when = `Last accounting at ${instant(pass.timeNs)}: `;
  const { vm } = trace.header.vcpus[vcpu];
  const grant = pass.grants.find((each) => each.vm === vm);
  const pay = grant?.pays.find((each) => each.vcpu === vcpu);
  if (grant === undefined || pay === undefined) return `${when}${inactiveWords(trace, vcpu, pass, row)}`;
  const parts = [
    `${when}${poolWords(trace, pass, grant)}`,
    grantWords(trace, pass, grant),
    payWords(trace, pass, grant, pay),
    sinceWords(trace, pass, vcpu, row),
  ];
  return parts.filter((part) => part !== '').join(' ');
}

/** What there was to share, and by which weights. */
function poolWords(trace: Trace, pass: Pass, grant: Grant): string {
  const pcpus = trace.header.scenario.pcpus.length;
  const pool = tuningAt(trace, pass.row).creditsPerSlice * pcpus;
  const cpus = pcpus === 1 ? 'one CPU' : `${pcpus} CPUs`;
  const parts = [`${pool} credits (a slice of ${cpus})`];
  if (!Number.isNaN(pass.debt)) {
    const handedOn = grant.toShare - pool - pass.debt;
    if (pass.debt > 0) parts.push(`${pass.debt} that all of them together were in debt`);
    if (handedOn > 0) parts.push(`${handedOn} for what VMs served before could not take`);
  }
  const sum = parts.length === 1 ? parts[0] : `${parts.join(' + ')} = ${grant.toShare}`;
  const weights = pass.grants.map((each) => weightWords(trace, each));
  const total = pass.grants.length === 1 ? '' : ` = ${pass.totalWeight}`;
  return `${sum}, shared by weight: ${weights.join(' + ')}${total}.`;
}

function weightWords(trace: Trace, { vm, weight, pays }: Grant): string {
  const name = vmName(trace, vm);
  return pays.length < 2 ? `${name} ${weight}` : `${name} ${weight / pays.length} × ${pays.length} vCPUs`;
}

/** The VM's part. */
function grantWords(trace: Trace, pass: Pass, grant: Grant): string {
  const { vm, toShare, weight, fair, peak, pays } = grant;
  const name = vmName(trace, vm);
  if (divideUp(toShare * weight, pass.totalWeight) !== fair) return 'Records of this pass are missing.';
  const part = `${name}'s part is ceil(${toShare} × ${weight} / ${pass.totalWeight}) = ${fair}`;
  const given = Math.min(fair, peak);
  const limit = fair > peak ? `, but at most ${peak}: ${peakWords(trace, pass, grant)}` : '';
  const each =
    pays.length < 2
      ? ''
      : `; for each active vCPU ceil(${given} / ${pays.length}) = ${divideUp(given, pays.length)}`;
  return `${part}${limit}${each}.`;
}

function peakWords(trace: Trace, pass: Pass, { vm, peak, pays }: Grant): string {
  const { cap } = settingsOf(trace, vm, pass.row);
  const { creditsPerSlice } = tuningAt(trace, pass.row);
  if (cap !== 0 && divideUp(cap * creditsPerSlice, 100) === peak) {
    return `its cap of ${cap} % of ${creditsPerSlice}`;
  }
  const who = pays.length === 1 ? 'one vCPU' : `${pays.length} vCPUs`;
  const use = `what ${who} can use in a slice`;
  return pass.debt > 0 ? `${use}, and its part of the debt` : use;
}

/** The vCPU's own line. */
function payWords(trace: Trace, pass: Pass, grant: Grant, pay: Pay): string {
  const { vcpu, before, share, after, priority, change } = pay;
  const { creditsPerSlice } = tuningAt(trace, pass.row);
  const sum = before + share;
  const side = sum < 0 ? 'below 0' : '0 or more';
  const verdict = `${side}, so ${priorityName(priority)}`;
  let line =
    `${vcpuName(trace, vcpu)} had ${signed(before)}; ${signed(before)} + ${share} = ${signed(sum)}: ` +
    `${verdict}.`;
  if (change === 'parked') line += ` ${parkWords(trace, pass, grant, sum)}`;
  if (change === 'unparked') line += ' Its debt is paid: it is parked no longer.';
  if (sum < -creditsPerSlice)
    line += ` Nobody owes more than ${creditsPerSlice}, so it has ${signed(after)}.`;
  if (change === 'deactivated') {
    line +=
      ` More than ${creditsPerSlice} were not used up: they are halved to ${signed(after)}, and it earns ` +
      'nothing until a tick finds it running.';
  }
  return line;
}

/** @param sum its credits before the bound of a slice applies */
export function parkWords(trace: Trace, pass: Pass, grant: Grant, sum: number): string {
  const { cap } = settingsOf(trace, grant.vm, pass.row);
  const { creditsPerSlice } = tuningAt(trace, pass.row);
  const ofVm = divideUp(cap * creditsPerSlice, 100);
  const count = grant.pays.length;
  const limit = divideUp(ofVm, count);
  const earned =
    count === 1
      ? `what a cap of ${cap} % earns in a slice`
      : `what a cap of ${cap} % earns in a slice, ${ofVm}, for each of ${count} vCPUs`;
  return `${signed(sum)} is below −${limit} (${earned}), so it is parked until an accounting finds 0 or more.`;
}

function inactiveWords(trace: Trace, vcpu: number, pass: Pass, row: number): string {
  const name = vcpuName(trace, vcpu);
  const { activate } = OWN_COLUMNS; // the vCPU stands in the same column of both kinds
  const latest = latestRow(
    trace,
    row,
    [OwnKind.activate, OwnKind.deactivate],
    (at) => trace.rows[at + activate.vcpu] === vcpu,
  );
  const others = pass.grants.length === 0 ? 'nobody took part, so nothing was handed out. ' : '';
  if (latest > pass.row) {
    return (
      `${others}${name} didn't take part. A tick found it running at ` +
      `${instant(trace.rows[latest * WIDTH + Column.timeNs])}, so it earns credits from the next one on.`
    );
  }
  const since =
    latest >= 0
      ? `since it left accounting at ${instant(trace.rows[latest * WIDTH + Column.timeNs])}, having saved too much`
      : 'so far';
  const none =
    `${others}${name} didn't take part, for no tick has found it running ${since}: it earns nothing, and its ` +
    'priority stays.';
  return [none, sinceWords(trace, pass, vcpu, row)].filter((part) => part !== '').join(' ');
}

/** What was told of it after the pass. */
function sinceWords(trace: Trace, pass: Pass, vcpu: number, row: number): string {
  const standing = standingOf(trace, vcpu, row);
  if (standing === null) return '';
  const { priority, credit, creditNs } = standing;
  const then = standingOf(trace, vcpu, pass.row);
  if (then !== null && creditNs <= pass.timeNs && then.priority === priority) return '';
  return `At ${instant(creditNs)} it had ${credits(credit)}, and is ${priorityName(priority)}.`;
}
