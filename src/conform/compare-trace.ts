import type { Difference } from './difference.ts';
import type { GoldenRecord } from './golden-file.ts';

/** What must be the same, record for record; other kinds in a trace are for the reader. */
const COMPARED_KINDS = new Set(['sw', 'tick', 'acct', 'steal', 'migrate', 'park', 'unpark', 'done']);
const CONTEXT_RECORDS = 5;

/** Index in a whole trace of its n-th compared record (from 0); the trace's length if it has fewer. */
export function indexOfCompared(records: readonly GoldenRecord[], n: number): number {
  let left = n;
  const index = records.findIndex(([kind]) => COMPARED_KINDS.has(kind) && left-- === 0);
  return index < 0 ? records.length : index;
}

export function compareTraces(
  expected: readonly GoldenRecord[],
  actual: readonly GoldenRecord[],
): { readonly recordsCompared: number; readonly difference: Difference | null } {
  const wanted = comparable(expected);
  const given = comparable(actual);
  const longest = Math.max(wanted.length, given.length);
  for (let index = 0; index < longest; index++) {
    const [want, have] = [wanted.at(index) ?? null, given.at(index) ?? null];
    if (JSON.stringify(want) === JSON.stringify(have)) continue;
    const before = wanted.slice(Math.max(0, index - CONTEXT_RECORDS), index);
    const difference: Difference = { kind: 'record', index, expected: want, actual: have, before };
    return { recordsCompared: index + 1, difference };
  }
  return { recordsCompared: longest, difference: null };
}

/**
 * Only the compared kinds. One pass parks and unparks in no defined order: neighbours of these kinds are
 * sorted.
 */
function comparable(records: readonly GoldenRecord[]): GoldenRecord[] {
  const kept = records.filter(([kind]) => COMPARED_KINDS.has(kind));
  for (let first = 0; first < kept.length; first++) {
    let end = first;
    while (end < kept.length && isParking(kept[end]) && kept[end][1] === kept[first][1]) end++;
    if (end - first < 2) continue;
    const sorted = kept.slice(first, end).sort((a, b) => (String(a[2]) < String(b[2]) ? -1 : 1));
    kept.splice(first, sorted.length, ...sorted);
    first = end - 1;
  }
  return kept;
}

function isParking([kind]: GoldenRecord): boolean {
  return kind === 'park' || kind === 'unpark';
}
