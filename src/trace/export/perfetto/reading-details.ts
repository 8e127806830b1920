import type { Reading } from '../../../core/policy-terms.ts';
import { readingText, shown } from '../../words/words.ts';
import type { Details } from './track.ts';

/** Readings as details: the name of a class, or a number under a key that tells its unit. */
export function readingDetails(readings: readonly Reading[], values: readonly number[]): Details {
  return Object.fromEntries(
    readings.map((reading, i) => [
      detailKey(reading),
      reading.kind === 'class' ? readingText(reading, values[i]) : shown(reading.unit, values[i]),
    ]),
  );
}

const SUFFIXES: Readonly<Record<string, string>> = { ms: 'Ms', '%': 'Percent' };

/** `credit`, whose unit is credits; `deadlineMs`; `budget (tokens)` */
function detailKey({ key, kind, unit }: Reading): string {
  if (kind === 'class' || unit === '' || unit.startsWith(key)) return key;
  return `${key}${SUFFIXES[unit] ?? ` (${unit})`}`;
}
