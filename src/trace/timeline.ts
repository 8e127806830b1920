/** Who was on which pCPU when: as it was meant, and as it was. */
import { IDLE } from '../core/policy.ts';
import { Column, COLUMNS, Kind, WIDTH } from './record.ts';
import type { Trace } from './trace.ts';

/** A pCPU was told to run a vCPU, until it was told something else: the intent. */
export interface Slice {
  readonly pcpu: number;
  readonly vcpu: number;
  readonly fromNs: number;
  readonly toNs: number;
  /** of the vCPU when it began, in the order of the policy's terms */
  readonly readings: readonly number[];
  /** of the decision that it began with, as in the policy's terms */
  readonly reason: number;
  readonly choice: number;
  /** why it ended; null: the trace did */
  readonly endReason: number | null;
  /** how often the pCPU decided meanwhile that it goes on */
  readonly renewals: number;
}

/** A vCPU's thread was on a core and ran guest code: the fact. */
export interface Stay {
  readonly pcpu: number;
  readonly vcpu: number;
  readonly fromNs: number;
  readonly toNs: number;
  /** what it used of it, by its CPU clock; the rest was stolen by the host's other work */
  readonly cpuNs: number;
  /** as in Left (record.ts); null: the trace ended first */
  readonly why: number | null;
  /** how long after the request it left, if it had to wait for a safe point; else 0 */
  readonly lateNs: number;
}

/** When the trace ends, ns: the run's end, or the last record of one that breaks off. */
export function endOf({ rows, count, endNs }: Trace): number {
  if (!Number.isNaN(endNs)) return endNs;
  return count === 0 ? 0 : rows[(count - 1) * WIDTH + Column.timeNs];
}

/** @returns per pCPU its slices, in order of time */
export function slicesOf(trace: Trace): Slice[][] {
  const { rows, count, header } = trace;
  const readingCount = header.policy.vcpuReadings.length;
  const at = COLUMNS.decide;
  const slices: Slice[][] = trace.header.scenario.pcpus.map(() => []);
  const open: (Writable<Slice> | null)[] = slices.map(() => null);
  for (let row = 0; row < count * WIDTH; row += WIDTH) {
    if (rows[row + Column.kind] !== Kind.decide) continue;
    const pcpu = rows[row + at.pcpu];
    const vcpu = rows[row + at.next];
    const timeNs = rows[row + Column.timeNs];
    const reason = rows[row + at.reason];
    const current = open[pcpu];
    if (current !== null && current.vcpu === vcpu) {
      current.renewals++;
      continue;
    }
    if (current !== null) {
      current.toNs = timeNs;
      current.endReason = reason;
    }
    open[pcpu] = null;
    if (vcpu === IDLE) continue;
    const slice: Writable<Slice> = {
      pcpu,
      vcpu,
      fromNs: timeNs,
      toNs: timeNs,
      readings: [...rows.subarray(row + at.nextReadings, row + at.nextReadings + readingCount)],
      reason,
      choice: rows[row + at.choice],
      endReason: null,
      renewals: 0,
    };
    open[pcpu] = slice;
    slices[pcpu].push(slice);
  }
  const endNs = endOf(trace);
  for (const slice of open) if (slice !== null) slice.toNs = Math.max(slice.fromNs, endNs);
  return slices;
}

/** @returns per pCPU the stays on it, in order of time; a stay whose beginning is missing is left out */
export function staysOf(trace: Trace): Stay[][] {
  const { rows, count } = trace;
  const at = COLUMNS.leave; // an entry's fields stand in the same columns
  const stays: Stay[][] = trace.header.scenario.pcpus.map(() => []);
  const open: ({ vcpu: number; fromNs: number; cpuNs: number } | null)[] = stays.map(() => null);
  for (let row = 0; row < count * WIDTH; row += WIDTH) {
    const kind = rows[row + Column.kind];
    if (kind !== Kind.enter && kind !== Kind.leave) continue;
    const pcpu = rows[row + at.pcpu];
    const vcpu = rows[row + at.vcpu];
    const timeNs = rows[row + Column.timeNs];
    const cpuNs = rows[row + at.cpuNs];
    const since = open[pcpu];
    open[pcpu] = kind === Kind.enter ? { vcpu, fromNs: timeNs, cpuNs } : null;
    if (kind === Kind.enter || since === null || since.vcpu !== vcpu) continue;
    stays[pcpu].push({
      pcpu,
      vcpu,
      fromNs: since.fromNs,
      toNs: timeNs,
      // The clock runs on for some µs between the record of leaving and the sleep: that isn't of this stay.
      cpuNs: Math.min(cpuNs - since.cpuNs, timeNs - since.fromNs),
      why: rows[row + at.why],
      lateNs: rows[row + at.lateNs],
    });
  }
  const endNs = endOf(trace);
  open.forEach((since, pcpu) => {
    if (since === null || since.fromNs >= endNs) return;
    const { vcpu, fromNs } = since;
    // What it used isn't known: nobody read its clock at the end.
    stays[pcpu].push({ pcpu, vcpu, fromNs, toNs: endNs, cpuNs: endNs - fromNs, why: null, lateNs: 0 });
  });
  return stays;
}

type Writable<T> = { -readonly [Key in keyof T]: T[Key] };
