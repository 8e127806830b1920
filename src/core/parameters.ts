/** Values checked against the parameters that a policy declares. */
import type { ParameterValues } from './policy.ts';
import type { Parameter, PolicyType } from './policy-type.ts';

/** Values by field for all of them: those given, and the defaults. @throws RangeError for a value that is refused */
export function completed(
  declared: readonly Parameter[],
  given: ParameterValues = {},
): Record<string, number> {
  refuseUnknown(declared, given);
  const values = Object.fromEntries(
    declared.map(({ field, default: usual }) => [field, given[field] ?? usual]),
  );
  const problem = problemIn(declared, values);
  if (problem !== null) throw new RangeError(problem);
  return values;
}

/**
 * The parameters of a VM by field when some are given.
 * @param before those that it has; default: it begins, and has the defaults
 * @throws RangeError for a value that is refused
 */
export function vmValues(
  { vmParameters, valuesAfter }: Pick<PolicyType, 'vmParameters' | 'valuesAfter'>,
  given: ParameterValues,
  before: ParameterValues = completed(vmParameters),
): Record<string, number> {
  return completed(vmParameters, valuesAfter?.(before, given) ?? { ...before, ...given });
}

/** @throws RangeError for a change of something that isn't declared, or can't change while a run is under way */
export function refuseUntunable(declared: readonly Parameter[], change: ParameterValues): void {
  refuseUnknown(declared, change);
  const fixed = declared.find(({ field, isTunable }) => !isTunable && change[field] !== undefined);
  if (fixed !== undefined) throw new RangeError(`${fixed.field}: it can't change while a run is under way`);
}

/** What is wrong with values, in a sentence, or null. A parameter without a value isn't looked at. */
export function problemIn(declared: readonly Parameter[], values: ParameterValues): string | null {
  for (const parameter of declared) {
    const { field } = parameter;
    const value = values[field];
    if (value === undefined) continue;
    if (!isAllowed(parameter, value)) return `${field}: expected ${rangeOf(parameter)}, got ${value}`;
    const most = limitOf(declared, parameter);
    const limit = most === null ? undefined : values[most.field];
    if (limit !== undefined && value > limit)
      return `${field}: expected at most ${most?.field} (${limit}), got ${value}`;
  }
  return null;
}

/** Whether a value is one that this parameter takes, whatever the others are. */
export function isAllowed({ min, max, step = 1, zero }: Parameter, value: number): boolean {
  if (value === 0 && zero !== undefined) return true;
  return value >= min && value <= max && value % step === 0;
}

const FLAG_WORDS: ReadonlyMap<string, number> = new Map([
  ['true', 1],
  ['yes', 1],
  ['on', 1],
  ['1', 1],
  ['false', 0],
  ['no', 0],
  ['off', 0],
  ['0', 0],
]);

/** A flag as people type it; null: that is none. */
export function flagOf(text: string): number | null {
  return FLAG_WORDS.get(text.trim()) ?? null;
}

/** The parameter that another one must not exceed, or null. */
export function limitOf(declared: readonly Parameter[], { atMost }: Parameter): Parameter | null {
  return declared.find(({ key }) => key === atMost) ?? null;
}

function refuseUnknown(declared: readonly Parameter[], given: ParameterValues): void {
  const unknown = Object.keys(given).find(
    (field) => !declared.some((parameter) => parameter.field === field),
  );
  if (unknown !== undefined) throw new RangeError(`${unknown}: this policy has no such parameter`);
}

function rangeOf({ unit, choices = [], min, max, step = 1, zero }: Parameter): string {
  if (unit === 'flag') return '0 or 1';
  if (unit === 'choice') return choices.map((name, value) => `${value} (${name})`).join(', ');
  const range =
    step === 1 ? `a whole number from ${min} to ${max}` : `a multiple of ${step} from ${min} to ${max}`;
  return zero === undefined || min === 0 ? range : `0 or ${range}`;
}
