import { FIELDS, KIND_NAMES, Column, WIDTH, COLUMNS } from './record.ts';
import { endOf } from './timeline.ts';
import type { Trace } from './trace.ts';

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
    if (concerns(trace, row, 'vcpu', window.vcpus) && concerns(trace, row, 'pcpu', window.pcpus))
      found.push(row);
  }
  return found;
}

const FIELDS_OF = {
  vcpu: new Set<string>(['vcpu', 'prev', 'next']),
  pcpu: new Set<string>(['pcpu', 'from', 'to']),
} as const;

/** Per kind: the columns that hold vCPUs, pCPUs and a VM. */
const CONCERNED = KIND_NAMES.map((kind) => {
  const columns = COLUMNS[kind] as Readonly<Record<string, number>>;
  const of = (names: ReadonlySet<string>) =>
    FIELDS[kind].filter((field) => names.has(field)).map((field) => columns[field]);
  return { vcpu: of(FIELDS_OF.vcpu), pcpu: of(FIELDS_OF.pcpu), vm: of(new Set(['vm'])) };
});

function concerns(
  { header, rows }: Trace,
  row: number,
  what: 'vcpu' | 'pcpu',
  wanted: ReadonlySet<number> | null,
): boolean {
  if (wanted === null) return true;
  const at = row * WIDTH;
  const { [what]: columns, vm } = CONCERNED[rows[at + Column.kind]];
  if (columns.some((column) => wanted.has(rows[at + column]))) return true;
  return (
    what === 'vcpu' &&
    vm.some((column) => [...wanted].some((vcpu) => header.vcpus[vcpu].vm === rows[at + column]))
  );
}
