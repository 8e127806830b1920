/** What records tell of the readings of vCPUs: over time, and as they stood after a record. */
import { IDLE } from '../core/policy.ts';
import { Column, COLUMNS, Kind, WIDTH } from './record.ts';
import type { Trace } from './trace.ts';
import { vocabularyOf, type Telling } from './vocabulary.ts';

/** A value, and since when it has been known; what has changed since then isn't in it. */
export interface Told {
  readonly value: number;
  readonly timeNs: number;
}

const NOTHING_TOLD: readonly Telling[] = [];

/**
 * Hear everything that is told of readings, in order of time.
 * @param tell a reading is its place in the policy's terms; what comes with one row is told by one record
 */
export function hearReadings(
  { header, rows, count }: Trace,
  tell: (timeNs: number, vcpu: number, reading: number, value: number, row: number) => void,
): void {
  const { shapes } = vocabularyOf(header.policy);
  for (let row = 0; row < count; row++) {
    const at = row * WIDTH;
    for (const { vcpu, readings } of shapes[rows[at + Column.kind]]?.tellings ?? []) {
      const whose = rows[at + vcpu];
      if (whose === IDLE) continue;
      for (let reading = 0; reading < readings.length; reading++) {
        if (readings[reading] >= 0)
          tell(rows[at + Column.timeNs], whose, reading, rows[at + readings[reading]], row);
      }
    }
  }
}

/**
 * @param row the last record that counts; −1: none
 * @returns per reading of the policy; null: not told in what is left of the trace
 */
export function readingsAfter({ header, rows, lost }: Trace, vcpu: number, row: number): (Told | null)[] {
  const { terms, shapes } = vocabularyOf(header.policy);
  const found: (Told | null)[] = terms.vcpuReadings.map(() => null);
  /** What a wake-up found is what was told last, unless it changed in silence: then it is known since the wake-up. */
  const atWake: (Told | null)[] = terms.vcpuReadings.map(() => null);
  let missing = found.length;
  const take = (reading: number, told: Told, isWake: boolean): void => {
    const seen = atWake[reading];
    if (found[reading] !== null) return;
    if (isWake) {
      atWake[reading] = seen ?? told;
      return;
    }
    found[reading] = seen === null || seen.value === told.value ? told : seen;
    missing--;
  };
  for (let at = row * WIDTH; at >= 0 && missing > 0; at -= WIDTH) {
    const kind = rows[at + Column.kind];
    const tellings = shapes[kind]?.tellings ?? NOTHING_TOLD;
    for (let i = 0; i < tellings.length; i++) {
      if (rows[at + tellings[i].vcpu] !== vcpu) continue;
      tellings[i].readings.forEach((column, reading) => {
        if (column < 0) return;
        take(reading, { value: rows[at + column], timeNs: rows[at + Column.timeNs] }, kind === Kind.wake);
      });
    }
  }
  if (lost.forgotten > 0) return found.map((told, reading) => told ?? atWake[reading]);
  terms.vcpuReadings.forEach(({ initial }, reading) => {
    take(reading, { value: initial, timeNs: 0 }, false);
  });
  return found;
}

/** A VM's readings as the latest `set` up to a record told them; null: none did. */
export function vmReadingsAfter({ header, rows }: Trace, vm: number, row: number): number[] | null {
  const { set } = COLUMNS;
  for (let r = row; r >= 0; r--) {
    const at = r * WIDTH;
    if (rows[at + Column.kind] !== Kind.set || rows[at + set.vm] !== vm) continue;
    return [...rows.subarray(at + set.vmReadings, at + set.vmReadings + header.policy.vmReadings.length)];
  }
  return null;
}

/** The latest record of these kinds up to `row` that this test accepts; −1: none. */
export function latestRow(
  { rows }: Trace,
  row: number,
  kinds: readonly number[],
  accepts: (at: number) => boolean,
): number {
  for (let r = row; r >= 0; r--) {
    const at = r * WIDTH;
    if (kinds.includes(rows[at + Column.kind]) && accepts(at)) return r;
  }
  return -1;
}
