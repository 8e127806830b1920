/** How credit1's vCPUs and parameters stood after a record: what the latest records before it told. */
import { CREDIT_NS } from '../../../core/credit1/constants.ts';
import { VM_PARAMETERS } from '../../../core/credit1/parameters.ts';
import { completed } from '../../../core/parameters.ts';
import { VcpuReading, VmReading } from '../../../core/credit1/terms.ts';
import { readingsAfter, vmReadingsAfter } from '../../readings.ts';
import { Column, Kind, WIDTH } from '../../record.ts';
import type { Trace } from '../../trace.ts';

export interface Standing {
  readonly priority: number;
  readonly credit: number;
  /** when the credit was told, ns; what it used since then isn't in it */
  readonly creditNs: number;
}

/** @param row the last record that counts; −1: none @returns null: not told in what is left of the trace */
export function standingOf(trace: Trace, vcpu: number, row: number): Standing | null {
  const told = readingsAfter(trace, vcpu, row);
  const [priority, credit] = [told[VcpuReading.priority], told[VcpuReading.credit]];
  if (priority === null || credit === null) return null;
  return { priority: priority.value, credit: credit.value, creditNs: credit.timeNs };
}

export interface VmSettings {
  readonly weight: number;
  readonly cap: number;
}

/** By field. */
const DEFAULTS = completed(VM_PARAMETERS);

/** A VM's weight and cap after a record. */
export function settingsOf(trace: Trace, vm: number, row: number): VmSettings {
  const { rows, header, lost } = trace;
  const told = vmReadingsAfter(trace, vm, row);
  if (told !== null) return { weight: told[VmReading.weight], cap: told[VmReading.cap] };
  let { weight = DEFAULTS.weight, cap = DEFAULTS.cap } = header.scenario.vms[vm];
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
