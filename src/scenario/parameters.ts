/**
 * The parameters of policies, as scenario files and options write them. All of it is made from what the policies
 * declare: fields of the schema, descriptions, and complaints.
 */
import { counted } from '../base/text.ts';
import { flagOf, isAllowed, limitOf } from '../core/parameters.ts';
import type { ParameterValues } from '../core/policy.ts';
import type { Parameter, PolicyType } from '../core/policy-type.ts';
import { allPolicyTypes, scenarioParameters } from '../policies.ts';
import { formatDuration, parseDuration, type Parsed, timeJson } from './duration.ts';
import { numberOrText } from './flag-spot.ts';
import { leaf } from './leaf.ts';
import type { Path, Source } from './source.ts';
import { describeValue, mistake, valueAt } from './validate.ts';

/** Whose parameter it is: a scheduler's, in scenario files or in simulations only, or a VM's. */
export type Owner = 'scheduler' | 'simulation' | 'vm';

/** A key, with the policies that declare it. */
export interface Declared {
  readonly key: string;
  readonly by: readonly { readonly policy: PolicyType; readonly parameter: Parameter }[];
}

/** All that may be said of a scheduler or a VM, key by key, whatever the policy. */
export function declaredKeys(
  owner: Owner,
  policies: readonly PolicyType[] = allPolicyTypes(),
): readonly Declared[] {
  const all = policies.flatMap((policy) =>
    parametersOf(owner, policy).map((parameter) => ({ policy, parameter })),
  );
  const keys = [...new Set(all.map(({ parameter }) => parameter.key))];
  return keys.map((key) => ({ key, by: all.filter(({ parameter }) => parameter.key === key) }));
}

/** Those that a policy declares for a scheduler or a VM. */
export function parametersOf(owner: Owner, policy: PolicyType): readonly Parameter[] {
  switch (owner) {
    case 'scheduler':
      return scenarioParameters(policy);
    case 'simulation':
      return policy.parameters.filter(({ scope }) => scope === 'simulation');
    case 'vm':
      return policy.vmParameters;
  }
}

/**
 * The fields of the schema for them. TypeScript can't know their names; takeParameters() reads them.
 * @param which default: all
 */
export function parameterFields(
  owner: Owner,
  which: (parameter: Parameter) => boolean = () => true,
): Record<never, never> {
  const keys = declaredKeys(owner).filter(({ by }) => by.some(({ parameter }) => which(parameter)));
  return Object.fromEntries(keys.map((declared) => [declared.key, fieldOf(declared)]));
}

function fieldOf(declared: Declared) {
  const [{ parameter: first }] = declared.by;
  const description = describeKey(declared);
  const most = Math.max(...declared.by.map(({ parameter }) => parameter.max));
  const least = Math.min(...declared.by.map(({ parameter }) => leastOf(parameter)));
  const json = {
    time: timeJson(description),
    // YAML of today reads `on` and `off` as texts.
    flag: { enum: [true, false, 'on', 'off'], description },
    choice: { type: 'string', enum: [...(first.choices ?? [])], description },
    number: { type: 'integer', minimum: least, maximum: most, description },
    percent: { type: 'integer', minimum: least, maximum: most, description },
  }[first.unit];
  const expected = [...new Set(declared.by.map(({ parameter }) => expectedOf(parameter)))].join(', or ');
  return leaf<number>(json, (value) => parseValue(first, value, expected)).optional();
}

/** A value in the parameter's unit, whatever the bounds: they are those of the policy that is chosen. */
function parseValue(parameter: Parameter, value: unknown, expected: string): Parsed<number> {
  const { key, unit, choices = [] } = parameter;
  if (unit === 'time') return parseDuration(value);
  if (unit === 'flag') {
    if (typeof value === 'boolean') return { ok: true, value: value ? 1 : 0 };
    if (value === 'on' || value === 'off') return { ok: true, value: value === 'on' ? 1 : 0 };
    return { ok: false, message: `${key} must be true or false`, expected };
  }
  if (unit === 'choice') {
    const place = choices.findIndex((name) => name === value);
    if (place >= 0) return { ok: true, value: place };
    return { ok: false, message: `there is no such ${key}`, expected };
  }
  if (typeof value === 'number' && Number.isInteger(value)) return { ok: true, value };
  return { ok: false, message: `${key} must be a whole number`, expected };
}

/** @returns the value in the parameter's unit, or what is wrong with it */
export function readParameter(parameter: Parameter, value: unknown): Parsed<number> {
  const expected = expectedOf(parameter);
  const parsed = parseValue(parameter, value, expected);
  if (!parsed.ok || isAllowed(parameter, parsed.value)) return parsed;
  return { ok: false, message: rangeProblem(parameter, parsed.value), expected };
}

/** What is wrong with a value that the parameter doesn't take. */
function rangeProblem(parameter: Parameter, value: number): string {
  const { key, unit, max } = parameter;
  const least = leastOf(parameter);
  if (unit !== 'time' && value < least) return `${key} must be at least ${String(least)}`;
  if (unit !== 'time' && value > max) return `${key} must be at most ${String(max)}`;
  return `${key} is out of range`;
}

function leastOf({ min, zero }: Parameter): number {
  return zero === undefined ? min : 0;
}

function expectedOf(parameter: Parameter): string {
  const range = rangeText(parameter);
  switch (parameter.unit) {
    case 'time':
    case 'flag':
    case 'choice':
      return range;
    case 'percent':
      return `a whole number of percent, ${range}`;
    case 'number':
      return `a whole number from ${range}`;
  }
}

/** `0 (off) or 100us to 500ms` */
export function rangeText(parameter: Parameter): string {
  const { unit, choices = [], min, max, step, zero, maxPerVcpu } = parameter;
  if (unit === 'flag') return 'true or false';
  if (unit === 'choice') return `one of ${choices.join(', ')}`;
  const most = maxPerVcpu === undefined ? valueText(parameter, max) : `${String(maxPerVcpu)} × vCPUs`;
  const gap = min > (step ?? 1) ? ` or ${valueText(parameter, min)}` : '';
  const range =
    zero === undefined ? `${valueText(parameter, min)} to ${most}` : `0 (${zero})${gap} to ${most}`;
  return step === undefined ? range : `${range}, in steps of ${valueText(parameter, step)}`;
}

/** A value as a scenario file has it. */
export function valueText({ unit, choices = [] }: Parameter, value: number): string {
  if (unit === 'flag') return String(value !== 0);
  if (unit === 'choice') return choices[value];
  return unit === 'time' && value !== 0 ? formatDuration(value) : String(value);
}

/** The same for those who write such a file. */
export function fileValue(parameter: Parameter, value: number): string | number | boolean {
  if (parameter.unit === 'flag') return value !== 0;
  const isText = parameter.unit === 'time' || parameter.unit === 'choice';
  return isText ? valueText(parameter, value) : value;
}

/** What somebody typed, as a scenario file has it. What isn't understood stays text: the schema complains of it. */
export function typedValue({ unit }: Parameter, text: string): string | number | boolean {
  if (unit === 'time' || unit === 'choice') return text;
  if (unit !== 'flag') return numberOrText(text);
  const flag = flagOf(text);
  return flag === null ? text : flag !== 0;
}

/** What it is, within which bounds, and whose. Without the end of the sentence. */
export function describeParameter(parameter: Parameter): string {
  const { description, atMost } = parameter;
  const bound = atMost === undefined ? [] : [`at most ${atMost}`];
  return [description, rangeText(parameter), ...bound].join(', ');
}

/** A key as some policies declare it alike. */
export interface Alike {
  readonly parameter: Parameter;
  /** of these policies */
  readonly types: readonly string[];
}

/** What policies declare of one key: those with the same words, range and default together. */
export function alike({ by }: Declared): readonly Alike[] {
  const found = new Map<string, { parameter: Parameter; types: string[] }>();
  for (const { policy, parameter } of by) {
    const text = `${describeParameter(parameter)}, ${String(parameter.default)}`;
    const known = found.get(text);
    if (known === undefined) found.set(text, { parameter, types: [policy.type] });
    else known.types.push(policy.type);
  }
  return [...found.values()];
}

function describeKey(declared: Declared): string {
  return alike(declared)
    .map(({ parameter, types }) => {
      const noun = types.length === 1 ? 'scheduler' : 'schedulers';
      const whose = types.length < allPolicyTypes().length ? ` Of the ${noun} ${types.join(', ')}.` : '';
      return `${describeParameter(parameter)}. Default ${valueText(parameter, parameter.default)}.${whose}`;
    })
    .join(' ');
}

/** Where a mapping stands, for complaints about what is in it. */
export interface Place {
  readonly path: Path;
  readonly source: Source;
}

/**
 * The values that a mapping gives to the parameters of a policy, by field.
 * @throws LabError BAD_SCENARIO for one that this policy doesn't have, or doesn't take
 */
export function takeParameters(
  input: object,
  owner: Owner,
  policy: PolicyType,
  { path, source }: Place,
): Record<string, number> {
  const given = input as Readonly<Record<string, number | undefined>>;
  const values: Record<string, number> = {};
  const all = declaredKeys(owner);
  for (const { key, by } of all) {
    const value = given[key];
    if (value === undefined) continue;
    const parameter = by.find((each) => each.policy === policy)?.parameter;
    if (parameter === undefined) {
      const others = by.map((each) => each.policy.type);
      const own = parametersOf(owner, policy).map((each) => each.key);
      throw mistake(source.locate([...path, key], 'key'), `the scheduler ${policy.type} has no '${key}'`, {
        expected:
          own.length === 0
            ? `none of: ${all.map((each) => each.key).join(', ')}`
            : `one of: ${own.join(', ')}`,
        hint: `leave it out, or choose a scheduler that has it: ${others.join(', ')}`,
      });
    }
    if (!isAllowed(parameter, value)) {
      throw mistake(source.locate([...path, key]), rangeProblem(parameter, value), {
        expected: expectedOf(parameter),
        got: describeValue(valueAt(source.value, [...path, key])),
      });
    }
    values[parameter.field] = value;
  }
  return values;
}

/** @throws LabError BAD_SCENARIO for one that can't change while a run is under way */
export function requireTunable(
  declared: readonly Parameter[],
  values: ParameterValues,
  { path, source }: Place,
): void {
  for (const { key, field, isTunable } of declared) {
    if (isTunable || values[field] === undefined) continue;
    throw mistake(source.locate([...path, key], 'key'), `${key} can't change while a run is under way`, {
      expected: `one of: ${tunableKeys(declared).join(', ')}`,
    });
  }
}

export function tunableKeys(declared: readonly Parameter[]): string[] {
  return declared.filter(({ isTunable }) => isTunable).map(({ key }) => key);
}

/** @throws LabError BAD_SCENARIO for one that exceeds another one that it must not exceed */
export function checkLimits(
  declared: readonly Parameter[],
  values: ParameterValues,
  { path, source }: Place,
): void {
  for (const parameter of declared) {
    const limit = limitOf(declared, parameter);
    if (limit === null) continue;
    const value = values[parameter.field] ?? parameter.default;
    const most = values[limit.field] ?? limit.default;
    if (value <= most) continue;
    const { key } = parameter;
    // The one that was written explains more than the one that wasn't.
    const written = valueAt(source.value, [...path, key]) !== undefined ? key : limit.key;
    throw mistake(source.locate([...path, written]), `${key} is more than ${limit.key}`, {
      expected: `at most ${valueText(limit, most)}, the ${limit.key}`,
      got: valueText(parameter, value),
    });
  }
}

/**
 * @param before the VM's parameters, which are to change; null: it begins
 * @throws LabError BAD_SCENARIO for values that don't go together
 */
export function checkTogether(
  { misfitOf, valuesAfter, vmParameters }: PolicyType,
  values: ParameterValues,
  before: ParameterValues | null,
  place: Place,
): void {
  const misfit = misfitOf?.(values, before) ?? null;
  if (misfit === null) {
    checkLimits(
      vmParameters,
      before === null ? values : (valuesAfter?.(before, values) ?? { ...before, ...values }),
      place,
    );
    return;
  }
  const { path, source } = place;
  const key = vmParameters.find(({ field }) => field === misfit.field)?.key ?? misfit.field;
  throw mistake(source.locate([...path, key]), misfit.message, { expected: misfit.expected });
}

/** @throws LabError BAD_SCENARIO for one that is more than the VM's vCPUs could ever use */
export function checkPerVcpu(
  declared: readonly Parameter[],
  values: ParameterValues,
  vcpus: number,
  { path, source }: Place,
): void {
  for (const { key, field, maxPerVcpu, zero } of declared) {
    const value = values[field];
    if (maxPerVcpu === undefined || value === undefined || value <= maxPerVcpu * vcpus) continue;
    const product = `${String(maxPerVcpu)} × ${counted(vcpus, 'vCPU')}`;
    const none = zero === undefined ? '' : `, or 0 for ${zero}`;
    throw mistake(source.locate([...path, key]), `${key} is higher than the VM could use`, {
      expected: `at most ${String(maxPerVcpu * vcpus)} (${product})${none}`,
      got: String(value),
    });
  }
}

/** Parameters of a VM, with those by name that the ideal and the tables go by. */
export interface NamedParameters {
  readonly weight?: number;
  readonly cap?: number;
  /** the others, by field; absent: there are none */
  readonly parameters?: Readonly<Record<string, number>>;
}

export function named(values: ParameterValues): NamedParameters {
  const { weight, cap } = values;
  const others = Object.entries(values).flatMap(([field, value]) =>
    field === 'weight' || field === 'cap' || value === undefined ? [] : [[field, value] as const],
  );
  return {
    ...(weight !== undefined && { weight }),
    ...(cap !== undefined && { cap }),
    ...(others.length > 0 && { parameters: Object.fromEntries(others) }),
  };
}

/** The other way round: those that are declared, by field. */
export function byField(
  declared: readonly Parameter[],
  { weight, cap, parameters }: NamedParameters,
): Record<string, number> {
  const values = {
    ...parameters,
    ...(weight !== undefined && { weight }),
    ...(cap !== undefined && { cap }),
  };
  return Object.fromEntries(
    Object.entries(values).filter(([field]) => declared.some((each) => each.field === field)),
  );
}
