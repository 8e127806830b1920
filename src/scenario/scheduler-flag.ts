/** `--scheduler TYPE[:key=value,…]`: which scheduler, and what it is given. */
import { nearestName } from '../base/text.ts';
import type { PolicyType } from '../core/policy-type.ts';
import { allPolicyTypes, knownPolicyType, POLICY_TYPES } from '../policies.ts';
import { isPolicyPath, typeIn } from '../policy-file/policy-path.ts';
import { complaint, pairsOf, type Pair, type Spot } from './flag-spot.ts';
import { parametersOf, readParameter, typedValue } from './parameters.ts';
import { nameOfFile } from './policies-of.ts';
import { RESERVED_KEYS } from './schema.ts';

const OPTION = '--scheduler';
const FORM = 'TYPE or TYPE:key=value,key=value, as in credit:tslice=5ms,ratelimit=0';
const TYPES = POLICY_TYPES.map(({ type }) => type);

/** What every scheduler has beside its parameters. */
const COMMON = RESERVED_KEYS.scheduler.filter((key) => key !== 'type');

/**
 * The option as the mapping that a scenario file has.
 * @param spots is told where each value stands
 * @param isSimulated parameters of simulations are left to simulationValues(), else they are refused
 * @throws LabError BAD_OPTION for a scheduler that isn't there, or a key that it doesn't have
 */
export function schedulerFromFlag(
  text: string,
  spots: Map<string, Spot>,
  isSimulated: boolean,
): Record<string, unknown> {
  const { policy, pairs } = parse(text, isSimulated);
  const scheduler: Record<string, unknown> = { type: policy.type };
  spots.set('scheduler.type', spotAt(text, 0));
  for (const { key, value, start, valueStart } of pairs) {
    const parameter = parametersOf('scheduler', policy).find((each) => each.key === key);
    if (parameter === undefined && !COMMON.includes(key)) continue;
    spots.set(`scheduler.${key}`, { ...spotAt(text, valueStart), keyStart: start });
    scheduler[key] = parameter === undefined ? value : typedValue(parameter, value);
  }
  return scheduler;
}

/**
 * What the option gives to parameters of simulations, by field.
 * @throws LabError BAD_OPTION
 */
export function simulationValues(text: string | undefined): Record<string, number> {
  if (text === undefined) return {};
  const { policy, pairs } = parse(text, true);
  const values: Record<string, number> = {};
  for (const { key, value, valueStart } of pairs) {
    const parameter = parametersOf('simulation', policy).find((each) => each.key === key);
    if (parameter === undefined) continue;
    const read = readParameter(parameter, typedValue(parameter, value));
    if (!read.ok) {
      const { message, expected, hint } = read;
      const got = value === '' ? 'nothing' : `'${value}'`;
      throw complaint(spotAt(text, valueStart), message, {
        expected,
        got,
        ...(hint !== undefined && { hint }),
      });
    }
    values[parameter.field] = read.value;
  }
  return values;
}

function parse(text: string, isSimulated: boolean): { policy: PolicyType; pairs: Pair[] } {
  const type = typeIn(text);
  const policy = knownPolicyType(nameOfFile(type, process.cwd()) ?? type);
  if (policy === null) throw unknownType(text, type);
  const colon = type.length;
  if (text.length === colon) return { policy, pairs: [] };
  const keys = keysOf(policy, isSimulated);
  const flags = policy.parameters.filter(({ unit }) => unit === 'flag').map(({ key }) => key);
  const pairs: Pair[] = [];
  for (const pair of pairsOf(spotAt(text, colon + 1), { keys, flags, form: FORM })) {
    if (!keys.includes(pair.key)) throw unknownKey(text, pair, policy, keys);
    pairs.push(pair);
  }
  return { policy, pairs };
}

function keysOf(policy: PolicyType, isSimulated: boolean): string[] {
  const ofSimulations = isSimulated ? parametersOf('simulation', policy) : [];
  return [...parametersOf('scheduler', policy), ...ofSimulations].map(({ key }) => key).concat(COMMON);
}

function unknownType(text: string, type: string) {
  const got = text === '' ? 'nothing' : `'${type}'`;
  const [key, value] = text.split('=');
  const owner = value === undefined ? undefined : POLICY_TYPES.find((each) => hasKey(each, key));
  if (owner !== undefined) {
    return complaint(spotAt(text, 0), 'the scheduler itself is missing', {
      expected: FORM,
      got,
      hint: `write ${OPTION} ${owner.type}:${text}`,
    });
  }
  if (isPolicyPath(type)) {
    return complaint(spotAt(text, 0), 'this policy module was not loaded', {
      expected: `one of: ${TYPES.join(', ')}`,
      got,
      hint: 'creditlab run, sim, lab and up load one',
    });
  }
  const near = nearestName(type, TYPES);
  return complaint(spotAt(text, 0), 'unknown scheduler', {
    expected: `one of: ${TYPES.join(', ')}; or the path of a policy module, such as ./mine.mjs`,
    got,
    hint: near === null ? 'docs/schedulers.md says what each does' : `did you mean '${near}'?`,
  });
}

function unknownKey(text: string, { key, value, start }: Pair, policy: PolicyType, keys: readonly string[]) {
  const { type } = policy;
  const others = allPolicyTypes()
    .filter((each) => hasKey(each, key))
    .map((each) => each.type);
  const isKnown = others.length > 0;
  const message = isKnown ? `the scheduler ${type} has no '${key}'` : `unknown key '${key}' of ${type}`;
  const details = { expected: `one of: ${keys.join(', ')}`, got: `'${key}'` };
  const spot = spotAt(text, start);
  if (others.includes(type)) {
    return complaint(spot, `'${key}' is for virtual time`, {
      ...details,
      hint: `'creditlab sim' and 'creditlab conform --write' take it`,
    });
  }
  const near = nearestName(key, keys);
  const have = others.length === 1 ? 'has' : 'have';
  const hints = [
    ...(isKnown ? [`${others.join(', ')} ${have} it: write ${OPTION} ${others[0]}:${key}=${value}`] : []),
    ...(policy.vmParameters.some((each) => each.key === key)
      ? [`it is a VM's: write --vm NAME:${key}=${value}`]
      : []),
    ...(near === null ? [] : [`did you mean '${near}'?`]),
  ];
  const hint = hints.length === 0 ? `docs/schedulers.md says what ${type} has` : hints.join('; ');
  return complaint(spot, message, { ...details, hint });
}

function hasKey(policy: PolicyType, key: string): boolean {
  return keysOf(policy, true).includes(key) && !COMMON.includes(key);
}

function spotAt(text: string, start: number): Spot {
  return { option: OPTION, text, start, order: -1 };
}
