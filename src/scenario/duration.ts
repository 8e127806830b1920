/** Times as people write them: a number and a unit. */

const UNIT_NS: Readonly<Record<string, number>> = { ns: 1, us: 1e3, µs: 1e3, ms: 1e6, s: 1e9, m: 60e9 };

/** The longest time that a scenario may name: a day, far below the 2^53 ns that plain numbers count exactly. */
export const MAX_DURATION_NS = 24 * 3600e9;

export type Parsed<T> =
  | { readonly ok: true; readonly value: T }
  | { readonly ok: false; readonly message: string; readonly expected: string; readonly hint?: string };

export const TIME_PATTERN = '\\d+(\\.\\d+)?\\s*(ns|us|µs|ms|s|m)';

/** How a time is described to editors. */
export function timeJson(description: string): Record<string, unknown> {
  return { anyOf: [{ type: 'string', pattern: `^${TIME_PATTERN}$` }, { const: 0 }], description };
}

const EXPECTED = 'a time with its unit (ns, us, ms, s or m), as in 500ms or 1.5s';

/**
 * Read a time such as `30ms`, `1.5s` or `2m`. A bare 0 needs no unit.
 * @returns whole nanoseconds, 0 to one day
 */
export function parseDuration(value: unknown): Parsed<number> {
  if (value === 0 || value === '0') return { ok: true, value: 0 };
  if (typeof value === 'number' || (typeof value === 'string' && /^[-+]?[\d.]+$/.test(value))) {
    const negative = String(value).startsWith('-');
    return {
      ok: false,
      message: negative ? 'a time cannot be negative' : 'a time needs a unit',
      expected: EXPECTED,
      ...(negative ? {} : { hint: `write ${String(value)}s or ${String(value)}ms` }),
    };
  }
  const match = typeof value === 'string' ? /^([-+]?)(\d+(?:\.\d+)?)\s*([a-zµ]+)$/i.exec(value.trim()) : null;
  if (match === null) return { ok: false, message: 'not a time', expected: EXPECTED };
  const [, sign = '', digits = '', unit = ''] = match;
  const unitNs = UNIT_NS[unit];
  if (unitNs === undefined) {
    return { ok: false, message: `'${unit}' is not a unit of time`, expected: EXPECTED };
  }
  if (sign === '-') return { ok: false, message: 'a time cannot be negative', expected: EXPECTED };
  const ns = Math.round(Number(digits) * unitNs);
  if (ns > MAX_DURATION_NS) {
    return { ok: false, message: 'this time is too long', expected: 'at most 24 hours' };
  }
  return { ok: true, value: ns };
}

/** The shortest exact way to write a time: `30ms`, `1500us`, `0s`. */
export function formatDuration(ns: number): string {
  if (ns === 0) return '0s';
  for (const unit of ['m', 's', 'ms', 'us'] as const) {
    const unitNs = UNIT_NS[unit] ?? 1;
    if (ns % unitNs === 0) return `${String(ns / unitNs)}${unit}`;
  }
  return `${String(ns)}ns`;
}
