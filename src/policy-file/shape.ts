/** A module's default export, held against what a policy declares. */
import { nearestName } from '../base/text.ts';
import type { ParameterDefinition, PolicyDefinition, ReadingDefinition } from '../core/define-policy.ts';
import { shown } from '../core/policy-fault.ts';
import { badPolicy } from './policy-path.ts';

const EXAMPLE =
  "export default definePolicy({ description: '…', create: (options, type) => new Mine(type, options) })";
const HINT = `${EXAMPLE}; docs/policies.md has all of it`;

type Check = (value: unknown) => boolean;
/** What may stand there: in words, and a function that knows it. Absent is fine unless it is required. */
type Rule = readonly [expected: string, accepts: Check];
type Rules = Readonly<Record<string, Rule>>;

const text: Rule = ['a text', (value) => typeof value === 'string' && value.trim() !== ''];
const oneLine: Rule = [
  'a sentence in one line, of at most 200 characters',
  (value) => text[1](value) && (value as string).length <= 200 && !/[\u0000-\u001f]/.test(value as string), // eslint-disable-line no-control-regex -- they would upset terminals
];
const func: Rule = ['a function', (value) => typeof value === 'function'];
const whole: Rule = ['a whole number', Number.isSafeInteger];
const finite: Rule = ['a number', Number.isFinite];
const flag: Rule = ['true or false', (value) => typeof value === 'boolean'];
const list: Rule = ['a list', Array.isArray];
const key: Rule = [
  'a word of letters and digits, and - within it',
  (value) => typeof value === 'string' && /^[a-z][a-z0-9]*(-[a-z0-9]+)*$/i.test(value),
];
const name: Rule = [
  'a name of letters and digits',
  (value) => typeof value === 'string' && /^[a-z_]\w*$/i.test(value),
];

function oneOf(...words: readonly string[]): Rule {
  return [`one of ${words.join(', ')}`, (value) => words.some((word) => word === value)];
}

const REQUIRED_OF_POLICY = ['description', 'create'] as const;
const POLICY: Rules & Record<keyof PolicyDefinition, Rule> = {
  description: oneLine,
  create: func,
  parameters: list,
  vmParameters: list,
  vcpuReadings: list,
  vmReadings: list,
  counters: list,
  entitlement: [
    'a function, or a text that says why there is none',
    (value) => func[1](value) || text[1](value),
  ],
  records: list,
  reasons: list,
  choices: list,
  longestWasteNs: func,
  misfitOf: func,
  valuesAfter: func,
};

const REQUIRED_OF_PARAMETER = ['key', 'min', 'max', 'default', 'description'] as const;
const PARAMETER: Rules & Record<keyof ParameterDefinition, Rule> = {
  key,
  field: name,
  unit: oneOf('time', 'percent', 'number', 'flag', 'choice'),
  min: whole,
  max: whole,
  default: whole,
  description: oneLine,
  isTunable: flag,
  choices: ['a list of names', (value) => Array.isArray(value) && value.every(text[1])],
  step: whole,
  zero: text,
  atMost: key,
  maxPerVcpu: whole,
  scope: oneOf('scenario', 'simulation', 'library'),
  isLimit: flag,
  isSlice: flag,
};

const REQUIRED_OF_READING = ['key', 'description'] as const;
const READING: Rules & Record<keyof ReadingDefinition, Rule> = {
  key: name,
  description: oneLine,
  unit: ['a text', (value) => typeof value === 'string'],
  kind: oneOf('level', 'class'),
  classes: list,
  idle: finite,
  initial: finite,
};

const COUNTER: Rules = { key: name, title: text, unit: oneOf('ns'), description: oneLine };

/** Pictures keep these as bytes, and 255 stands for none. */
const byte: Rule = [
  'a whole number from 0 to 254',
  (value) => Number.isInteger(value) && (value as number) >= 0 && (value as number) <= 254,
];
const RECORD: Rules = {
  kind: name,
  fields: [
    'a list of at most six names',
    (value) => Array.isArray(value) && value.length <= 6 && value.every(name[1]),
  ],
  description: oneLine,
  title: text,
  effect: oneOf('park', 'unpark'),
  counted: text,
  mark: text,
};
const REASON: Rules = {
  value: byte,
  key: name,
  title: text,
  lossTitle: text,
  began: text,
  ended: text,
  after: oneOf('blocked', 'parked', 'paused', 'preempted', 'requeued'),
};
const CHOICE: Rules = { value: byte, key: name, words: text };

/** By the list of the policy: what each entry is called, may have and must have, and what no two of them share. */
const LISTS = {
  parameters: ['parameter', PARAMETER, REQUIRED_OF_PARAMETER, ['key', 'field']],
  vmParameters: ['parameter', PARAMETER, REQUIRED_OF_PARAMETER, ['key', 'field']],
  vcpuReadings: ['reading', READING, REQUIRED_OF_READING, ['key']],
  vmReadings: ['reading', READING, REQUIRED_OF_READING, ['key']],
  counters: ['counter', COUNTER, ['key', 'description'], ['key']],
  records: ['record', RECORD, ['kind', 'fields', 'description'], ['kind']],
  reasons: ['reason', REASON, ['value', 'key', 'title', 'began', 'ended', 'after'], ['value', 'key']],
  choices: ['choice', CHOICE, ['value', 'key', 'words'], ['value', 'key']],
} as const;
type ListName = keyof typeof LISTS;

const MOST_READINGS = 4;

/** What scenario files say themselves of a scheduler, of a VM and of an event. A test holds it against the schema. */
export const TAKEN_KEYS: Readonly<Record<'parameters' | 'vmParameters', readonly string[]>> = {
  parameters: ['type', 'instants'],
  vmParameters: [
    ...['name', 'vcpus', 'workload', 'size', 'work', 'start', 'pin'],
    ...['at', 'vm', 'action', 'vcpu', 'scheduler', 'create', 'mark'],
  ],
};

/** What every record of a trace may have. A test holds it against the trace's format. */
export const TAKEN_READINGS: readonly string[] = [
  ...[
    'pcpu',
    'prev',
    'prevReadings',
    'next',
    'nextReadings',
    'reason',
    'choice',
    'vcpu',
    'readings',
    'from',
    'to',
  ],
  ...['vm', 'vmReadings', 'status', 'why', 'cpuNs', 'lateNs', 'pcpuCount'],
];

/** @throws LabError BAD_POLICY: it is none */
export function definitionIn(module: object, file: string): PolicyDefinition {
  const exported: unknown = 'default' in module ? module.default : undefined;
  if (exported === undefined) {
    const names = Object.keys(module);
    throw badPolicy('the policy module has no default export', {
      where: file,
      expected: 'a default export',
      got: names.length === 0 ? 'no exports at all' : `only ${names.join(', ')}`,
      hint: HINT,
    });
  }
  if (typeof exported !== 'object' || exported === null || Array.isArray(exported)) {
    const isClass = typeof exported === 'function';
    throw badPolicy('the default export is no policy', {
      where: file,
      expected: 'an object with description and create',
      got: isClass ? `a ${kindOfFunction(exported)}` : shown(exported),
      hint: HINT,
    });
  }
  const definition = exported as Record<string, unknown>;
  check(definition, { noun: 'policy', rules: POLICY, required: REQUIRED_OF_POLICY, at: 'the policy', file });
  if (kindOfFunction(definition.create) === 'class') {
    throw badPolicy("the policy's create is wrong", {
      where: file,
      expected: 'a function that makes a policy',
      got: 'a class',
      hint: `create: (options, type) => new ${(definition.create as { readonly name: string }).name}(type, options)`,
    });
  }
  for (const which of Object.keys(LISTS) as ListName[]) checkList(definition, which, file);
  for (const which of ['parameters', 'vmParameters'] as const) checkParameters(definition, which, file);
  for (const which of ['vcpuReadings', 'vmReadings'] as const) checkReadings(definition, which, file);
  return exported as PolicyDefinition;
}

interface Checked {
  readonly noun: string;
  readonly rules: Rules;
  readonly required: readonly string[];
  /** how messages name it */
  readonly at: string;
  readonly file: string;
}

function check(value: unknown, { noun, rules, required, at, file }: Checked): void {
  if (typeof value !== 'object' || value === null || Array.isArray(value))
    throw badPolicy(`${at} is no ${noun}`, {
      where: file,
      expected: 'an object',
      got: shown(value),
      hint: HINT,
    });
  const has = value as Readonly<Record<string, unknown>>;
  const known = Object.keys(rules);
  const unknown = Object.keys(has).find((each) => !known.includes(each));
  if (unknown !== undefined) {
    const near = nearestName(unknown, known);
    throw badPolicy(`${at} has an unknown '${unknown}'`, {
      where: file,
      expected: `some of ${known.join(', ')}`,
      ...(near !== null && { hint: `did you mean '${near}'?` }),
    });
  }
  for (const [member, [expected, accepts]] of Object.entries(rules)) {
    const given = has[member];
    if (given === undefined && !required.includes(member)) continue;
    if (accepts(given)) continue;
    throw badPolicy(given === undefined ? `${at} has no ${member}` : `${member} of ${at} is wrong`, {
      where: file,
      expected: `${member}: ${expected}`,
      got: given === undefined ? 'nothing' : shown(given),
      hint: HINT,
    });
  }
}

function checkList(definition: Readonly<Record<string, unknown>>, which: ListName, file: string): void {
  const [noun, rules, required, distinct] = LISTS[which];
  const entries = (definition[which] ?? []) as readonly Readonly<Record<string, unknown>>[];
  for (const [index, entry] of entries.entries()) {
    check(entry, { noun, rules, required, at: `${which}[${index}]`, file });
    for (const member of distinct) {
      const same = entries.findIndex(
        (other) => entry[member] !== undefined && other[member] === entry[member],
      );
      if (same === index || same < 0) continue;
      throw badPolicy(`two ${which} have the same ${member}`, {
        where: file,
        expected: `another ${member} for ${which}[${index}]`,
        got: `${shown(entry[member])} twice`,
      });
    }
  }
}

function checkParameters(
  definition: Readonly<Record<string, unknown>>,
  which: 'parameters' | 'vmParameters',
  file: string,
): void {
  const parameters = (definition[which] ?? []) as readonly ParameterDefinition[];
  for (const [index, parameter] of parameters.entries()) {
    const wrong = (message: string, expected: string, got: string) =>
      badPolicy(`${message} of ${which}[${index}]`, { where: file, expected, got });
    const { key: own, unit = 'number', min, max, default: usual, choices = [], field, zero } = parameter;
    if (TAKEN_KEYS[which].includes(own))
      throw wrong('the key', 'one that scenario files do not have themselves', shown(own));
    if (min > max) throw wrong('the range', 'min up to max', `${min} to ${max}`);
    const isZero = usual === 0 && zero !== undefined;
    if (!isZero && (usual < min || usual > max))
      throw wrong('the default', `one from ${min} to ${max}`, String(usual));
    if (unit === 'time' && field?.endsWith('Ns') === false)
      throw wrong('the field', 'a name that ends in Ns, since it is a time in ns', shown(field));
    if (unit === 'flag' && (min !== 0 || max !== 1))
      throw wrong('the range', 'min 0 and max 1 of a flag', `${min}, ${max}`);
    if (unit !== 'choice') continue;
    if (choices.length === 0 || min !== 0 || max !== choices.length - 1)
      throw wrong('the range', `choices, min 0 and max ${choices.length - 1}`, `${min}, ${max}`);
    if (parameter.isTunable === true) throw wrong('isTunable', 'false: a choice stays', 'true');
  }
  const limit = parameters.find(
    ({ atMost }) => atMost !== undefined && !parameters.some((each) => each.key === atMost),
  );
  if (limit !== undefined) {
    throw badPolicy(`atMost of the parameter ${limit.key} names no other`, {
      where: file,
      expected: `one of ${parameters.map((each) => each.key).join(', ')}`,
      got: shown(limit.atMost),
    });
  }
}

function checkReadings(
  definition: Readonly<Record<string, unknown>>,
  which: 'vcpuReadings' | 'vmReadings',
  file: string,
): void {
  const readings = (definition[which] ?? []) as readonly ReadingDefinition[];
  if (readings.length > MOST_READINGS) {
    throw badPolicy(`${which} are too many`, {
      where: file,
      expected: `at most ${MOST_READINGS}`,
      got: String(readings.length),
    });
  }
  for (const [index, { key: own, kind, classes = [] }] of readings.entries()) {
    if (TAKEN_READINGS.includes(own)) {
      throw badPolicy(`the key of ${which}[${index}] is taken`, {
        where: file,
        expected: 'a name that no field of traces has',
        got: shown(own),
      });
    }
    const areNamed =
      classes.length > 0 && classes.every(({ value, name: of }) => finite[1](value) && text[1](of));
    if (kind === 'class' && !areNamed) {
      throw badPolicy(`the classes of ${which}[${index}] are wrong`, {
        where: file,
        expected: "names of its values: classes: [{ value: 0, name: 'first' }]",
        got: classes.length === 0 ? 'none' : 'others',
      });
    }
  }
}

function kindOfFunction(value: unknown): 'class' | 'function' {
  return /^class\b/.test(Function.prototype.toString.call(value)) ? 'class' : 'function';
}
