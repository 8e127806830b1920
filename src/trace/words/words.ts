/** Words for what stands in records, whatever the policy. */
import type { Reading } from '../../core/policy-terms.ts';
import { IDLE } from '../../core/policy.ts';
import { Exit } from '../../machine/machine.ts';
import { Column, COLUMNS, Kind, WIDTH } from '../record.ts';
import { latestRow, readingsAfter } from '../readings.ts';
import type { Trace } from '../trace.ts';

/** `1.234 s`, and `1.220 041 s` where milliseconds don't say it. */
export function instant(ns: number): string {
  const us = Math.round(ns / 1e3);
  const seconds = Math.floor(us / 1e6);
  const [ms, rest] = [Math.floor(us / 1e3) % 1e3, us % 1e3].map((part) => String(part).padStart(3, '0'));
  return rest === '000' ? `${seconds}.${ms} s` : `${seconds}.${ms} ${rest} s`;
}

/** `41 µs`, `14.5 ms`, `1.25 s`: three digits. */
export function span(ns: number): string {
  const [unit, unitNs] = ns < 1e3 ? ['ns', 1] : ns < 1e6 ? ['µs', 1e3] : ns < 1e9 ? ['ms', 1e6] : ['s', 1e9];
  const value = ns / unitNs;
  const rounded = value >= 100 ? Math.round(value) : Number(value.toPrecision(3));
  return `${rounded} ${unit}`;
}

/** With a real minus sign. */
export function signed(count: number): string {
  return count < 0 ? `−${-count}` : String(count);
}

/** A reading with its unit, or the name of its class: `UNDER`, `−100 credits`, `deadline 12.5 ms`. */
export function readingText({ key, kind, classes, unit, idle }: Reading, value: number): string {
  if (kind === 'class') {
    const name = classes?.find((each) => each.value === value)?.name;
    return name ?? (value === idle ? 'idle' : `${key} ${signed(value)}`);
  }
  const number = signed(shown(unit, value));
  if (unit === '') return `${key} ${number}`;
  // The unit says already what it is.
  const noun = Math.abs(value) === 1 ? key : unit;
  if (unit.startsWith(key)) return `${number} ${noun}`;
  return `${key} ${number} ${unit}`;
}

/** A value in the unit that people see: times are recorded in ns. */
export function shown(unit: string, value: number): number {
  const scaled = unit === 'ms' ? value / 1e6 : value;
  return Number.isInteger(scaled) ? scaled : Number(scaled.toFixed(3));
}

/** @param values in the order of the readings */
export function readingsText(readings: readonly Reading[], values: readonly number[]): string {
  return readings.map((reading, i) => readingText(reading, values[i])).join(', ');
}

/** ` (UNDER, −100 credits)`: what a vCPU had after a record; empty where that isn't known. @param when `by then ` */
export function standingText(trace: Trace, vcpu: number, row: number, when = ''): string {
  const values = readingsAfter(trace, vcpu, row).map((told) => told?.value);
  const known = trace.header.policy.vcpuReadings.flatMap((reading, i) => {
    const value = values[i];
    return value === undefined ? [] : [readingText(reading, value)];
  });
  return known.length === 0 ? '' : ` (${when}${known.join(', ')})`;
}

/** The same, of the one that came or the one that was there, as a decision told it. */
export function decidedText({ header, rows }: Trace, row: number, whose: 'prev' | 'next'): string {
  const { vcpuReadings } = header.policy;
  if (vcpuReadings.length === 0) return '';
  const at = row * WIDTH + (whose === 'prev' ? COLUMNS.decide.prevReadings : COLUMNS.decide.nextReadings);
  return ` (${readingsText(vcpuReadings, [...rows.subarray(at, at + vcpuReadings.length)])})`;
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

export function stolenFrom(trace: Trace, row: number, vcpu: number): string {
  const { steal } = COLUMNS;
  const at = latestRow(trace, row, [Kind.steal], (r) => trace.rows[r + steal.vcpu] === vcpu);
  return at < 0 ? 'another queue' : `the queue of ${cpuName(trace, trace.rows[at * WIDTH + steal.from])}`;
}

export function isDoneAt({ rows }: Trace, row: number, vcpu: number): boolean {
  const timeNs = rows[row * WIDTH + Column.timeNs];
  for (let r = row; r >= 0 && rows[r * WIDTH + Column.timeNs] === timeNs; r--) {
    const at = r * WIDTH;
    if (rows[at + Column.kind] !== Kind.exit || rows[at + COLUMNS.exit.vcpu] !== vcpu) continue;
    return rows[at + COLUMNS.exit.why] === Exit.done;
  }
  return false;
}
