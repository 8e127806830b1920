import { parseDuration, type Parsed } from './duration.ts';
import type { Work } from '../workload/work.ts';

const EXPECTED = "solo CPU time such as 3s, or a number of steps such as '20000 units'";

/** Read a fixed amount of work: `3s` of solo CPU, or `20000 units` (steps of the workload). */
export function parseWork(value: unknown): Parsed<Work> {
  const match = typeof value === 'string' ? /^([-+]?\d+)\s*units?$/.exec(value.trim()) : null;
  if (match !== null) {
    const units = Number(match[1]);
    if (units < 1) return { ok: false, message: 'work must be at least 1 unit', expected: EXPECTED };
    if (units > Number.MAX_SAFE_INTEGER) {
      const most = String(Number.MAX_SAFE_INTEGER);
      return { ok: false, message: 'so many units cannot be counted', expected: `at most ${most} units` };
    }
    return { ok: true, value: { kind: 'units', units } };
  }
  const time = parseDuration(value);
  if (!time.ok) {
    const bare = typeof value === 'number' && value > 0;
    return {
      ok: false,
      message: bare ? 'work needs a unit' : time.message,
      expected: EXPECTED,
      ...(bare ? { hint: `write ${String(value)}s or '${String(value)} units'` } : {}),
    };
  }
  if (time.value === 0) {
    return {
      ok: false,
      message: 'work must be more than nothing',
      expected: EXPECTED,
      hint: 'leave it out for a VM that runs to the end',
    };
  }
  return { ok: true, value: { kind: 'cpu', ns: time.value } };
}
