/**
 * What the header and the end line of a run must have for everything that reads a trace: a file that another program
 * wrote is not taken on trust.
 */
import { z } from 'zod';
import { MOST_OWN_FIELDS } from '../core/policy-terms.ts';
import { FIELDS, KIND_NAMES, MAX_READINGS } from './record.ts';

const name = z.string().min(1);

/** A list in which no two entries have the same value under one of these keys. */
function distinct<Entry extends z.ZodType<object>>(entry: Entry, ...keys: readonly (keyof z.infer<Entry>)[]) {
  return z
    .array(entry)
    .refine((list) => keys.every((key) => new Set(list.map((each) => each[key])).size === list.length), {
      error: `two entries have the same ${keys.join(' or ')}`,
    });
}

const reading = z
  .object({
    key: name,
    unit: z.string(),
    description: z.string(),
    kind: z.literal(['level', 'class']),
    classes: distinct(z.object({ value: z.number(), name }), 'value', 'name')
      .min(1)
      .optional(),
    idle: z.number(),
    initial: z.number(),
  })
  .refine(({ kind, classes }) => kind === 'level' || classes !== undefined, {
    error: 'a class without the names of its values',
    path: ['classes'],
  });

const readings = distinct(reading, 'key').max(MAX_READINGS);

const records = distinct(
  z.object({
    kind: name.refine((kind) => !(KIND_NAMES as readonly string[]).includes(kind), {
      error: 'a kind that every trace has',
    }),
    fields: z
      .array(name)
      .max(MOST_OWN_FIELDS)
      .refine((fields) => new Set(fields).size === fields.length, { error: 'two fields have the same name' }),
    description: z.string(),
    title: name.optional(),
    effect: z.literal(['park', 'unpark']).optional(),
    counted: name.optional(),
    mark: name.optional(),
  }),
  'kind',
);

/** Pictures keep these as bytes, and 255 stands for none. */
const byte = z.int().min(0).max(254);

const reason = z.object({
  value: byte,
  key: name,
  title: name,
  lossTitle: name.optional(),
  began: z.string(),
  ended: z.string(),
  after: z.literal(['blocked', 'parked', 'paused', 'preempted', 'requeued']),
});

const policy = z
  .object({
    type: name,
    vcpuReadings: readings,
    vmReadings: readings,
    records,
    reasons: distinct(reason, 'value', 'key'),
    choices: distinct(z.object({ value: byte, key: name, words: z.string() }), 'value', 'key'),
  })
  .refine(
    ({ vcpuReadings }) =>
      vcpuReadings.every(
        ({ key }) =>
          !Object.values(FIELDS)
            .flat()
            .includes(key as never),
      ),
    { error: 'a reading with the name of a field that every trace has', path: ['vcpuReadings'] },
  );

const count = z.int().min(0);

/** Of a policy from a file; what its values mean. */
const parameter = z.object({
  key: name,
  field: name,
  unit: z.literal(['time', 'percent', 'number', 'flag', 'choice']),
  min: z.number(),
  max: z.number(),
  choices: z.array(z.string()).optional(),
  default: z.number(),
  description: z.string(),
});

const vm = z.looseObject({ name: z.string(), vcpus: z.int().min(1), startNs: z.number() });
const event = z.looseObject({ kind: z.string(), atNs: z.number() });

/** Of the scenario, what a trace is read with; the rest is as it was written. */
const scenario = z.looseObject({
  pcpus: z.array(count).min(1),
  scheduler: z.looseObject({}),
  vms: z.array(vm),
  events: z.array(event),
});

const change = z.object({
  event: count.nullable(),
  vm: count.optional(),
  askedNs: z.number(),
  atNs: z.number(),
  actsNs: z.number(),
});

const header = z
  .looseObject({
    generator: z.object({ name: z.string(), version: z.string() }),
    machine: z.literal(['hardware', 'simulated']),
    label: z.string(),
    run: count,
    scenario,
    policy,
    parameters: z.object({ scheduler: z.array(parameter), vm: z.array(parameter) }).optional(),
    vcpus: z.array(z.object({ id: z.string(), vm: count })),
    changes: z.array(change).optional(),
  })
  .refine(
    ({ scenario: { vms }, vcpus }) => {
      const expected = vms.flatMap((vm, index) => Array.from({ length: vm.vcpus }, () => index));
      return expected.length === vcpus.length && vcpus.every(({ vm }, i) => vm === expected[i]);
    },
    { error: "not the vCPUs of the scenario's VMs", path: ['vcpus'] },
  );

const ending = z.object({
  /** null: not known */
  endNs: z.number().nullable(),
  complete: z.boolean(),
  lostIntents: count,
  lostFacts: count,
});

/** How a run ended, as its last line tells. */
export type Ending = z.infer<typeof ending>;

/** The first thing that is wrong with a header, or null. Format and version have been looked at. */
export function headerProblem(value: object): string | null {
  const parsed = header.safeParse(value);
  return parsed.success ? null : firstProblem(parsed.error);
}

/** Older versions wrote neither when something was asked for nor when it could have an effect. */
const growth = z.union([
  z.strictObject({ vm }),
  z.strictObject({ event }),
  z.strictObject({ vm, askedNs: z.number() }),
  z.strictObject({ event, askedNs: z.number(), actsNs: z.number() }),
  z.strictObject({ planned: count, askedNs: z.number(), atNs: z.number(), actsNs: z.number() }),
]);

/** The first thing that is wrong with what a scenario grew by, or null. */
export function growthProblem(value: unknown): string | null {
  const parsed = growth.safeParse(value);
  return parsed.success ? null : firstProblem(parsed.error);
}

/** What an end line tells, or in words the first thing that is wrong with it. */
export function endingOf(value: unknown): Ending | string {
  const parsed = ending.safeParse(value);
  return parsed.success ? parsed.data : firstProblem(parsed.error);
}

function firstProblem({ issues: [{ path, message }] }: z.ZodError): string {
  return path.length === 0 ? message : `${path.map(String).join('.')}: ${message}`;
}
