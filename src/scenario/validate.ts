import { z } from 'zod';
import { LabError, type LabErrorDetails } from '../base/errors.ts';
import type { LeafParams } from './leaf.ts';
import { suggest, printable } from '../base/text.ts';
import type { Location, Path, Source } from './source.ts';

/**
 * Check a source against a schema.
 * @throws LabError BAD_SCENARIO for the first mistake in the order of the source
 */
export function validate<S extends z.ZodType>(schema: S, source: Source): z.output<S> {
  const parsed = schema.safeParse(source.value);
  if (parsed.success) return parsed.data;
  const complaints = parsed.error.issues.map((issue) => complaintOf(issue, schema, source));
  // A misspelled key explains a missing one that is complained about at the same place.
  complaints.sort(
    (a, b) => a.location.offset - b.location.offset || Number(b.isUnknownKey) - Number(a.isUnknownKey),
  );
  const first = complaints[0];
  if (first === undefined) throw parsed.error;
  throw mistake(first.location, first.message, first.details);
}

/** The error for a mistake at a place in a scenario. */
export function mistake(location: Location, message: string, details: LabErrorDetails = {}): LabError {
  const { where, excerpt } = location;
  return new LabError('BAD_SCENARIO', message, {
    where,
    ...(excerpt === undefined ? {} : { excerpt }),
    ...details,
  });
}

interface Complaint {
  readonly isUnknownKey: boolean;
  readonly location: Location;
  readonly message: string;
  readonly details: LabErrorDetails;
}

function complaintOf(issue: z.core.$ZodIssue, schema: z.ZodType, source: Source): Complaint {
  const path = issue.path.filter((step) => typeof step !== 'symbol');
  const value = valueAt(source.value, path);
  const location = source.locate(path);
  if (issue.code === 'unrecognized_keys') {
    const key = issue.keys[0] ?? '';
    const known = keysAt(schema, path);
    const within = path.length === 0 ? '' : ` in ${nameOf(path)}`;
    return {
      isUnknownKey: true,
      location: source.locate([...path, key], 'key'),
      message: `unknown key '${printable(key)}'${within}`,
      details: { hint: suggest(key, known) },
    };
  }
  if (issue.code === 'custom') {
    const { expected, got, hint } = issue.params as unknown as LeafParams;
    return {
      isUnknownKey: false,
      location,
      message: issue.message,
      details: { expected, got: describeValue(got), ...(hint === undefined ? {} : { hint }) },
    };
  }
  const wanted =
    issue.code === 'invalid_type' && issue.expected === 'array' ? 'a list' : 'a mapping (key: value)';
  const name = path.length === 0 ? 'the scenario' : nameOf(path);
  return {
    isUnknownKey: false,
    location,
    message: value === undefined ? `${name} is missing` : `${name} must be ${wanted}`,
    details: { expected: wanted, got: describeValue(value) },
  };
}

/** A value in a few words, for "got …". */
export function describeValue(value: unknown): string {
  if (value === undefined || value === null) return 'nothing';
  if (Array.isArray(value)) return value.length === 0 ? 'an empty list' : 'a list';
  if (typeof value === 'string') {
    const short = value.length > 40 ? `${value.slice(0, 40)}…` : value;
    return `'${printable(short)}'`;
  }
  if (typeof value === 'number' || typeof value === 'boolean') return String(value);
  return 'a mapping';
}

/** `vms[0].weight` */
export function nameOf(path: Path): string {
  return path
    .map((step, i) => (typeof step === 'number' ? `[${String(step)}]` : (i > 0 ? '.' : '') + step))
    .join('');
}

/** What stands at a path, or undefined. */
export function valueAt(root: unknown, path: Path): unknown {
  let value = root;
  for (const step of path) {
    if (typeof value !== 'object' || value === null) return undefined;
    value = (value as Record<string | number, unknown>)[step];
  }
  return value;
}

function keysAt(schema: z.ZodType, path: Path): string[] {
  let at: unknown = schema;
  for (const step of [...path, null]) {
    while (at instanceof z.ZodOptional || at instanceof z.ZodPipe)
      at = at instanceof z.ZodOptional ? at.unwrap() : at.out;
    if (step === null) break;
    if (at instanceof z.ZodArray) at = at.element;
    else if (at instanceof z.ZodObject) at = (at.shape as Record<string, unknown>)[step];
  }
  return at instanceof z.ZodObject ? Object.keys(at.shape) : [];
}
