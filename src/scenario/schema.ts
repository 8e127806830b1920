/**
 * The scenario file as it is written. What can be checked value by value is checked here; what needs the host or
 * another part of the scenario is checked in resolve.ts.
 */
import { z } from 'zod';
import {
  action,
  cpus,
  eventTime,
  instants,
  pcpus,
  pinOrAll,
  schedulerType,
  schedulerTypeJson,
  time,
  topology,
  vmName,
  work,
} from './fields.ts';
import { labTextFields } from './lab-texts.ts';
import { text, wholeNumber } from './leaf.ts';
import { MAX_INVENTED_VCPUS, MAX_MARK, MAX_SEED, MAX_SIZE } from './limits.ts';
import { parameterFields } from './parameters.ts';
import { POLICY_PATH } from '../policy-file/policy-path.ts';
import { perPolicies } from './per-policies.ts';

const schedulerFields = { type: schedulerType.optional(), instants: instants.optional() };

const { type, ...otherFields } = schedulerFields;

/** What a policy module declares isn't known to editors. */
const OF_ONES_OWN_JSON = {
  type: 'object',
  properties: { type: { type: 'string', pattern: POLICY_PATH.source } },
  required: ['type'],
  description: 'A policy module, with the parameters that it declares.',
};

/** A mapping, or the type alone. */
export const schedulerSchema = perPolicies(() => {
  const mapping = z.strictObject({ type, ...parameterFields('scheduler'), ...otherFields });
  const mappingJson = z.toJSONSchema(mapping, { io: 'input', target: 'draft-7' });
  delete mappingJson.$schema;
  return z
    .unknown()
    .meta({ anyOf: [schedulerTypeJson, mappingJson, OF_ONES_OWN_JSON] })
    .transform(longForm)
    .pipe(mapping);
});

/** `scheduler: credit` is short for `scheduler: { type: credit }`. */
export function longForm(scheduler: unknown): unknown {
  return typeof scheduler === 'string' ? { type: scheduler } : scheduler;
}

/** The keys of a VM that its scheduler declares. */
export const vmParameterFields = perPolicies(() => parameterFields('vm'));

export const workloadName = text(
  'workload',
  "What each vCPU computes: a built-in's name, a module's path (relative to this file), or a package. " +
    'Default primes.',
);

/** What a VM computes. */
export const workloadFields = {
  workload: workloadName.optional(),
  size: wholeNumber(
    'size',
    1,
    MAX_SIZE,
    "The workload's problem size. Default: the workload's own.",
  ).optional(),
  work: work.optional(),
};

const vmFields = {
  name: vmName,
  vcpus: wholeNumber(
    'vcpus',
    1,
    MAX_INVENTED_VCPUS,
    'Number of vCPUs, on real cores at most 1024 in all VMs together. Default 1.',
  ).optional(),
  ...workloadFields,
  start: time('When the VM starts, from the start of the run. Default 0.').optional(),
  pin: cpus
    .meta({ description: 'Host CPUs that the VM may run on, out of pcpus. Default: all of them.' })
    .optional(),
};

const { name, ...otherVmFields } = vmFields;
const vmSchema = perPolicies(() => z.strictObject({ name, ...vmParameterFields(), ...otherVmFields }));

/** A VM that is created while a run is under way: it starts at once. */
export const createdVmSchema = perPolicies(() =>
  vmSchema().omit({ start: true }).meta({ description: 'A VM that starts then.' }),
);

export const vcpuNumber = wholeNumber(
  'vcpu',
  0,
  MAX_INVENTED_VCPUS - 1,
  'Number of the vCPU that is pinned, from 0. Default: all of the VM.',
).optional();

export const markText = text('the mark', 'A note at this instant; it changes nothing.', MAX_MARK);

/** Those parameters of the scheduler that may change while a run is under way. */
export const tunableFields = perPolicies(() =>
  z.strictObject(parameterFields('scheduler', ({ isTunable }) => isTunable)),
);

const eventFields = () => ({
  at: eventTime,
  vm: text('vm', 'Name of the VM that changes.').optional(),
  action: action.optional(),
  vcpu: vcpuNumber,
  pin: pinOrAll.optional(),
  ...workloadFields,
  scheduler: tunableFields().optional(),
  create: createdVmSchema().optional(),
  mark: markText.optional(),
});

/** Keys beside those that policies declare: no parameter can be called so. */
export const RESERVED_KEYS = {
  scheduler: Object.keys(schedulerFields),
  vm: [...Object.keys(vmFields), ...Object.keys(eventFields())],
} as const;

function eventSchema() {
  const { at, vm, ...otherFields } = eventFields();
  return z.strictObject({ at, vm, ...vmParameterFields(), ...otherFields }).meta({
    description:
      'A change at run time: parameters, pins or the workload of a VM; pause, unpause, destroy or create a VM; ' +
      'parameters of the scheduler; or a mark.',
  });
}

export const scenarioFileSchema = perPolicies(() =>
  z
    .strictObject({
      name: text('name', "Name of the scenario. Default: the file's name.", 64).optional(),
      description: text('description', 'What the scenario shows.', 4096, true).optional(),
      pcpus: pcpus.optional(),
      topology: topology.optional(),
      duration: time('Length of the run. Default: until all finite work is done.', (ns) =>
        ns > 0
          ? { ok: true, value: ns }
          : { ok: false, message: 'duration must be more than nothing', expected: 'a time such as 10s' },
      ).optional(),
      seed: wholeNumber('seed', 0, MAX_SEED, "Seed of the workloads' data. Default 1.").optional(),
      scheduler: schedulerSchema().optional(),
      vms: z.array(vmSchema()).meta({ description: 'The virtual machines; events may create others.' }),
      events: z.array(eventSchema()).optional(),
      ...labTextFields,
    })
    .meta({
      title: 'creditlab scenario',
      description: 'Virtual machines that share real CPUs under a scheduler.',
    }),
);

export type ScenarioInput = z.output<ReturnType<typeof scenarioFileSchema>>;
export type VmInput = ScenarioInput['vms'][number];
export type CreatedVmInput = z.output<ReturnType<typeof createdVmSchema>>;
export type EventInput = NonNullable<ScenarioInput['events']>[number];
export type TopologyInput = NonNullable<ScenarioInput['topology']>;
export type SchedulerInput = NonNullable<ScenarioInput['scheduler']>;
