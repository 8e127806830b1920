import { z } from 'zod';
import type { Parsed } from './duration.ts';
import { hasControlCharacters } from '../base/text.ts';

/** What a leaf adds to an issue, beside its message. */
export interface LeafParams {
  readonly expected: string;
  /** what was read; in a short form it stands elsewhere in the source than the path says */
  readonly got: unknown;
  readonly hint?: string;
}

/**
 * A leaf of a schema that one function reads, so that every complaint can say what was expected and give a hint.
 * @param json how the written form is described to editors
 */
export function leaf<T>(json: Record<string, unknown>, read: (value: unknown) => Parsed<T>) {
  return z
    .unknown()
    .meta(json)
    .transform((value, ctx): T => {
      const parsed = read(value);
      if (parsed.ok) return parsed.value;
      const { message, expected, hint } = parsed;
      ctx.issues.push({
        code: 'custom',
        input: value,
        message,
        params: { expected, got: value, ...(hint === undefined ? {} : { hint }) } satisfies LeafParams,
      });
      return z.NEVER;
    });
}

/** A whole number between two bounds. */
export function wholeNumber(what: string, min: number, max: number, description: string) {
  const expected = `a whole number from ${String(min)} to ${String(max)}`;
  return leaf<number>({ type: 'integer', minimum: min, maximum: max, description }, (value) => {
    if (typeof value !== 'number' || !Number.isInteger(value)) {
      return { ok: false, message: `${what} must be a whole number`, expected };
    }
    if (value < min) return { ok: false, message: `${what} must be at least ${String(min)}`, expected };
    if (value > max) return { ok: false, message: `${what} must be at most ${String(max)}`, expected };
    return { ok: true, value };
  });
}

/**
 * A text; a number or a boolean that YAML made of an unquoted word gets a hint.
 * @param isProse it may have several lines
 */
export function text(what: string, description: string, maxLength = 4096, isProse = false) {
  const expected = 'a text';
  return leaf<string>({ type: 'string', minLength: 1, maxLength, description }, (value) => {
    if (typeof value === 'number' || typeof value === 'boolean') {
      return { ok: false, message: `${what} must be a text`, expected, hint: `write '${String(value)}'` };
    }
    if (typeof value !== 'string') return { ok: false, message: `${what} must be a text`, expected };
    if (value === '') return { ok: false, message: `${what} must not be empty`, expected };
    if (hasControlCharacters(isProse ? value.replace(/[\t\n]/g, ' ') : value)) {
      return {
        ok: false,
        message: `${what} has control characters in it`,
        expected: isProse
          ? 'a text without control characters'
          : 'one line of text without control characters',
      };
    }
    if (value.length > maxLength) {
      return {
        ok: false,
        message: `${what} is too long`,
        expected: `at most ${String(maxLength)} characters`,
      };
    }
    return { ok: true, value };
  });
}
