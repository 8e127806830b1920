/** The single values of a scenario file: how each is written, what is allowed, and how it is described to editors. */
import { z } from 'zod';
import { nearestName } from '../base/text.ts';
import { DEFAULT_POLICY_TYPE, knownPolicyType, POLICY_TYPES } from '../policies.ts';
import { isPolicyPath, POLICY_PATH } from '../policy-file/policy-path.ts';
import { parseDuration, type Parsed, TIME_PATTERN, timeJson } from './duration.ts';
import { leaf, wholeNumber } from './leaf.ts';
import { MAX_INVENTED_PCPUS, MAX_NAME } from './limits.ts';
import { parseWork } from './work.ts';

export function time(
  description: string,
  check: (ns: number) => Parsed<number> = (value) => ({ ok: true, value }),
) {
  return leaf<number>(timeJson(description), (value) => {
    const parsed = parseDuration(value);
    return parsed.ok ? check(parsed.value) : parsed;
  });
}

const cpu = wholeNumber('a host CPU', 0, 65535, 'Host CPU number.');

const cpuListExpected = 'a list of host CPUs such as [0, 1]';

export const cpus = z.array(cpu).meta({ description: 'Host CPUs.', minItems: 1, uniqueItems: true });

export const pcpus = leaf<number | number[]>(
  {
    anyOf: [
      { type: 'integer', minimum: 1, maximum: MAX_INVENTED_PCPUS },
      {
        type: 'array',
        items: { type: 'integer', minimum: 0 },
        minItems: 1,
        maxItems: MAX_INVENTED_PCPUS,
        uniqueItems: true,
      },
    ],
    description:
      'Host CPUs handed to the lab, or a number of them, at most 64 on real cores. Default: those that ' +
      '`creditlab doctor` recommends.',
  },
  (value) => {
    const expected = `${cpuListExpected}, or how many`;
    if (typeof value === 'number' && Number.isInteger(value)) {
      if (value >= 1 && value <= MAX_INVENTED_PCPUS) return { ok: true, value };
      return {
        ok: false,
        message: `the number of pCPUs must be from 1 to ${String(MAX_INVENTED_PCPUS)}`,
        expected,
        ...(value === 0 ? { hint: 'for host CPU 0 alone write [0]' } : {}),
      };
    }
    const isCpu = (item: unknown): item is number => Number.isInteger(item) && (item as number) >= 0;
    if (!Array.isArray(value) || !value.every(isCpu)) {
      return { ok: false, message: 'pcpus names no host CPUs', expected };
    }
    return { ok: true, value };
  },
);

const perParent = (what: string, description: string) =>
  wholeNumber(what, 1, MAX_INVENTED_PCPUS, description);

export const topology = z
  .strictObject({
    sockets: perParent('sockets', 'Number of sockets; each is a NUMA node.'),
    cores: perParent('cores', 'Cores in each socket.'),
    threads: perParent('threads', 'Threads in each core: SMT siblings.'),
  })
  .meta({
    description:
      'Where the pCPUs of a simulation are: as many as the product says, thread by thread, core by core, ' +
      "socket by socket. Not for real cores, whose topology is the host's. Default: one socket, no SMT.",
  });

export const vmName = leaf<string>(
  {
    type: 'string',
    pattern: `^[A-Za-z0-9][A-Za-z0-9._-]{0,${String(MAX_NAME - 1)}}$`,
    description: 'Unique name; its threads are called NAME/v0, NAME/v1, …',
  },
  (value) => {
    const expected = `1 to ${String(MAX_NAME)} letters, digits, '.', '_' or '-', beginning with a letter or digit`;
    if (value === undefined) return { ok: false, message: 'the VM has no name', expected };
    if (typeof value === 'number' || typeof value === 'boolean') {
      return { ok: false, message: 'a VM name must be a text', expected, hint: `write '${String(value)}'` };
    }
    if (typeof value !== 'string' || !/^[A-Za-z0-9][A-Za-z0-9._-]*$/.test(value)) {
      return { ok: false, message: 'not a VM name', expected };
    }
    if (value.length > MAX_NAME) {
      return {
        ok: false,
        message: 'the VM name is too long',
        expected,
        hint: 'Linux cuts the name of a thread (NAME/v0) after 15 characters',
      };
    }
    return { ok: true, value };
  },
);

/** The name of one that is there, in a command or an event. */
export const vmReference = leaf<string>(
  { type: 'string', minLength: 1, description: 'Name of the VM; of one that had several lives, the latest.' },
  (value) => {
    const expected = "a VM's name";
    if (value === undefined)
      return { ok: false, message: 'no VM is named', expected: '`vm` with the name of one' };
    if (typeof value === 'string' && value !== '') return { ok: true, value };
    return { ok: false, message: 'vm must be the name of a VM', expected };
  },
);

/** What an event of a scenario file does to a VM with a word alone. */
export const ACTIONS = ['pause', 'unpause', 'destroy'] as const;
export type Action = (typeof ACTIONS)[number];

export const action = leaf<Action>({ enum: ACTIONS, description: 'What to do.' }, (value) => {
  const found = ACTIONS.find((each) => each === value);
  return found !== undefined
    ? { ok: true, value: found }
    : { ok: false, message: 'unknown action', expected: 'pause, unpause or destroy' };
});

/** Host CPUs, or all that the scenario has. */
export const pinOrAll = leaf<readonly number[] | 'all'>(
  {
    anyOf: [
      { const: 'all' },
      { type: 'array', items: { type: 'integer', minimum: 0 }, minItems: 1, uniqueItems: true },
    ],
    description: 'Host CPUs that the VM, or one of its vCPUs, may run on from then on, out of pcpus; or all.',
  },
  (value) => {
    const isCpu = (item: unknown): item is number => Number.isInteger(item) && (item as number) >= 0;
    if (value === 'all' || (Array.isArray(value) && value.every(isCpu))) return { ok: true, value };
    return { ok: false, message: 'pin names no host CPUs', expected: `${cpuListExpected}, or all` };
  },
);

const TYPES = POLICY_TYPES.map(({ type }) => type);

export const schedulerTypeJson = {
  anyOf: [{ enum: TYPES }, { type: 'string', pattern: POLICY_PATH.source }],
  description:
    `The policy: ${POLICY_TYPES.map(({ type, description }) => `${type}: ${description}`).join('. ')}. ` +
    'Or the path of a policy module, relative to this file, such as ./mine.mjs. ' +
    `Default ${DEFAULT_POLICY_TYPE}.`,
};

/** Paths of policy modules have given way to their names before (see policies-of.ts). */
export const schedulerType = leaf<string>(schedulerTypeJson, (value) => {
  if (typeof value === 'string' && knownPolicyType(value) !== null) return { ok: true, value };
  if (typeof value === 'string' && isPolicyPath(value)) {
    return {
      ok: false,
      message: 'this policy module was not loaded',
      expected: `one of: ${TYPES.join(', ')}; or a module that was loaded before`,
      hint: `await loadPolicyType('${value}') of creditlab/policy loads it`,
    };
  }
  const hint = typeof value === 'string' ? nearestName(value, TYPES) : null;
  return {
    ok: false,
    message: 'unknown scheduler',
    expected: `one of: ${TYPES.join(', ')}; or the path of a policy module, such as ./mine.mjs`,
    ...(hint !== null && { hint: `did you mean '${hint}'?` }),
  };
});

export const instants = leaf<'due' | 'late'>(
  {
    enum: ['due', 'late'],
    description:
      'Which instant the policy is told when a timer comes late: the one at which it was due, or the late one. ' +
      'Default due.',
  },
  (value) =>
    value === 'due' || value === 'late'
      ? { ok: true, value }
      : { ok: false, message: 'unknown instants', expected: 'due or late' },
);

export const work = leaf(
  {
    type: 'string',
    pattern: `^(${TIME_PATTERN}|\\d+\\s*units?)$`,
    description: "Work of each vCPU: solo CPU time (3s) or steps ('20000 units'). Absent: runs to the end.",
  },
  parseWork,
);

export const eventTime = leaf<number>(timeJson('When, from the start of the run.'), (value) =>
  value === undefined
    ? { ok: false, message: 'the event has no time', expected: '`at` with a time such as 5s' }
    : parseDuration(value),
);
