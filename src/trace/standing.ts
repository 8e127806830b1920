/** How vCPUs and the scheduler's parameters stood after a record: what the latest records before it told. */
import { CREDIT_NS, Priority } from '../core/credit1/constants.ts';
import { COLUMNS } from './columns.ts';
import { Column, Kind, WIDTH } from './record.ts';
import type { Trace } from './trace.ts';

export interface Standing {
  readonly priority: number;
  readonly credit: number;
  /** when the credit was told, ns; what it used since then isn't in it */
  readonly creditNs: number;
}

/** @param row the last record that counts; −1: none @returns null: not told in what is left of the trace */
export function standingOf({ rows, lost }: Trace, vcpu: number, row: number): Standing | null {
  let priority: number | null = null;
  for (let r = row; r >= 0; r--) {
    const at = r * WIDTH;
    const told = toldBy(rows, at, vcpu);
    if (told === null) continue;
    priority ??= told.priority;
    if (told.credit !== null) return { priority, credit: told.credit, creditNs: rows[at + Column.timeNs] };
  }
  // What a new vCPU has.
  return lost.forgotten === 0 ? { priority: priority ?? Priority.under, credit: 0, creditNs: 0 } : null;
}

function toldBy(
  rows: Float64Array,
  at: number,
  vcpu: number,
): { priority: number; credit: number | null } | null {
  const { decide, tick, pay, boost, unboost } = COLUMNS;
  switch (rows[at + Column.kind]) {
    case Kind.decide:
      if (rows[at + decide.next] === vcpu)
        return { priority: rows[at + decide.nextPriority], credit: rows[at + decide.nextCredit] };
      if (rows[at + decide.prev] === vcpu)
        return { priority: rows[at + decide.prevPriority], credit: rows[at + decide.prevCredit] };
      return null;
    case Kind.tick:
      if (rows[at + tick.vcpu] !== vcpu) return null;
      return { priority: rows[at + tick.priority], credit: rows[at + tick.credit] };
    case Kind.pay:
      if (rows[at + pay.vcpu] !== vcpu) return null;
      return { priority: rows[at + pay.priority], credit: rows[at + pay.after] };
    case Kind.boost:
      return rows[at + boost.vcpu] === vcpu ? { priority: Priority.boost, credit: null } : null;
    case Kind.unboost:
      return rows[at + unboost.vcpu] === vcpu ? { priority: Priority.under, credit: null } : null;
    default:
      return null;
  }
}

/** The latest record of these kinds up to `row` that this test accepts; −1: none. */
export function latestRow(
  { rows }: Trace,
  row: number,
  kinds: readonly Kind[],
  accepts: (at: number) => boolean,
): number {
  for (let r = row; r >= 0; r--) {
    const at = r * WIDTH;
    if (kinds.includes(rows[at + Column.kind] as Kind) && accepts(at)) return r;
  }
  return -1;
}

export interface VmSettings {
  readonly weight: number;
  readonly cap: number;
}

/** A VM's weight and cap after a record. */
export function settingsOf(trace: Trace, vm: number, row: number): VmSettings {
  const { rows, header, lost } = trace;
  const { set } = COLUMNS;
  const latest = latestRow(trace, row, [Kind.set], (at) => rows[at + set.vm] === vm);
  if (latest >= 0) return { weight: rows[latest * WIDTH + set.weight], cap: rows[latest * WIDTH + set.cap] };
  let { weight, cap } = header.scenario.vms[vm];
  if (lost.forgotten === 0) return { weight, cap };
  // The record may be among the forgotten ones.
  for (const event of header.scenario.events) {
    if (event.kind !== 'set' || event.vm !== header.scenario.vms[vm].name) continue;
    if (event.atNs >= rows[Column.timeNs]) continue;
    weight = event.weight ?? weight;
    cap = event.cap ?? cap;
  }
  return { weight, cap };
}

export interface Tuning {
  readonly tsliceNs: number;
  readonly ratelimitNs: number;
  readonly creditsPerSlice: number;
}

/** The scheduler's own parameters after a record: tune records come in the order of the scenario's events. */
export function tuningAt(trace: Trace, row: number): Tuning {
  const { header, rows, lost } = trace;
  let { tsliceNs, ratelimitNs } = header.scenario.scheduler.parameters;
  let took = tuneRowsOf(trace).filter((r) => r <= row).length;
  const events = header.scenario.events.filter((event) => event.kind === 'tune');
  if (lost.forgotten > 0) took += events.filter(({ atNs }) => atNs < rows[Column.timeNs]).length;
  for (const event of events.slice(0, took)) {
    tsliceNs = event.parameters.tsliceNs ?? tsliceNs;
    ratelimitNs = event.parameters.ratelimitNs ?? ratelimitNs;
  }
  return { tsliceNs, ratelimitNs, creditsPerSlice: tsliceNs / CREDIT_NS };
}

/** Asked for with each slice that is put into words, and they are few: found once per trace. */
const TUNE_ROWS = new WeakMap<Trace, readonly number[]>();

function tuneRowsOf(trace: Trace): readonly number[] {
  let found = TUNE_ROWS.get(trace);
  if (found === undefined) {
    const { rows, count } = trace;
    found = Array.from({ length: count }, (_, row) => row).filter(
      (row) => rows[row * WIDTH + Column.kind] === Kind.tune,
    );
    TUNE_ROWS.set(trace, found);
  }
  return found;
}
