import { Column, WIDTH } from './record.ts';
import { endOf } from './timeline.ts';
import type { Trace } from './trace.ts';
import { vocabularyOf } from './vocabulary.ts';

/** A part of a trace. */
export interface Window {
  readonly fromNs: number;
  readonly toNs: number;
  /** null: all */
  readonly vcpus: ReadonlySet<number> | null;
  readonly pcpus: ReadonlySet<number> | null;
}

export function wholeOf(trace: Trace): Window {
  return { fromNs: beginOf(trace), toNs: endOf(trace), vcpus: null, pcpus: null };
}

/** When a trace begins, ns: with its run, or with the oldest record that was kept. */
export function beginOf({ rows, count, lost }: Trace): number {
  return lost.forgotten === 0 || count === 0 ? 0 : rows[Column.timeNs];
}

/** The part of a span that lies in the window; null if none does. A moment is in the window it begins or lies in. */
export function clip<T extends { readonly fromNs: number; readonly toNs: number }>(
  span: T,
  { fromNs, toNs }: Window,
): T | null {
  const isMoment = span.fromNs === span.toNs;
  if (isMoment) return span.fromNs >= fromNs && span.fromNs < toNs ? span : null;
  if (span.toNs <= fromNs || span.fromNs >= toNs) return null;
  if (span.fromNs >= fromNs && span.toNs <= toNs) return span;
  return { ...span, fromNs: Math.max(span.fromNs, fromNs), toNs: Math.min(span.toNs, toNs) };
}

export function has(set: ReadonlySet<number> | null, id: number): boolean {
  return set === null || set.has(id);
}

/** The first record at or after an instant; `count` if there is none. */
export function firstRowAt({ rows, count }: Trace, timeNs: number): number {
  let low = 0;
  let high = count;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (rows[middle * WIDTH + Column.timeNs] < timeNs) low = middle + 1;
    else high = middle;
  }
  return low;
}

/** Records in the window that concern one of its vCPUs and one of its pCPUs. @returns rows */
export function rowsIn(trace: Trace, window: Window): number[] {
  const found: number[] = [];
  const endNs = endOf(trace);
  for (let row = firstRowAt(trace, window.fromNs); row < trace.count; row++) {
    const timeNs = trace.rows[row * WIDTH + Column.timeNs];
    // A record at the very end of a trace is in its last part.
    if (timeNs > window.toNs || (timeNs === window.toNs && window.toNs < endNs)) break;
    if (concerns(trace, row, 'vCPU', window.vcpus) && concerns(trace, row, 'pCPU', window.pcpus))
      found.push(row);
  }
  return found;
}

function concerns(
  { header, rows }: Trace,
  row: number,
  what: 'vCPU' | 'pCPU',
  wanted: ReadonlySet<number> | null,
): boolean {
  if (wanted === null) return true;
  const at = row * WIDTH;
  const fields = vocabularyOf(header.policy).shapes[rows[at + Column.kind]]?.fields ?? [];
  if (fields.some((field) => field.what === what && wanted.has(rows[at + field.column]))) return true;
  return (
    what === 'vCPU' &&
    fields.some(
      (field) =>
        field.what === 'VM' && [...wanted].some((vcpu) => header.vcpus[vcpu].vm === rows[at + field.column]),
    )
  );
}
