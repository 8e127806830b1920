/**
 * A scenario with every default filled in: what the experiment, the simulator and the result file work from.
 * Times in ns from the start of the run; caps in percent of one pCPU.
 */
import { z } from 'zod';
import type { Inferred } from '../base/schema.ts';
import { field } from '../base/schema.ts';
import { workloadRefSchema, workSchema } from '../workload/work.ts';

const ns = z.number().min(0);
const cpu = z.int().min(0);
const ONE_PCPU = '% of one pCPU';

const parametersSchema = field(
  z.record(z.string(), z.number()),
  'what the policy declares, by field: times in ns, caps in percent of one pCPU, or numbers',
);

export const vmSpecSchema = z.strictObject({
  name: field(z.string(), 'of the VM'),
  weight: field(z.int().min(0).exactOptional(), 'share of CPU time relative to the other VMs, per vCPU', {
    note: 'absent: the policy has no weights; 0: the VM has a reservation instead',
  }),
  cap: field(z.int().min(0).exactOptional(), 'most CPU time for the whole VM; 0 is none', {
    unit: ONE_PCPU,
    note: 'absent: the policy has no caps',
  }),
  parameters: field(
    z.record(z.string(), z.number()).exactOptional(),
    'what else the policy declares for VMs, by field',
    {
      note: 'absent: nothing',
    },
  ),
  vcpus: field(z.int().min(1), 'how many'),
  startNs: field(ns, 'when it starts', { unit: 'ns' }),
  pin: field(z.array(cpu).nullable(), 'host CPUs that it may run on', { note: 'null: all of `pcpus`' }),
  workload: field(workloadRefSchema, 'what each vCPU computes'),
  work: field(workSchema.nullable(), 'work of each vCPU', { note: 'null: it runs to the end' }),
});

/** @interface */
export type VmSpec = Inferred<typeof vmSpecSchema>;

const eventSchema = z.union([
  z.strictObject({
    atNs: ns,
    kind: z.literal('set'),
    vm: z.string(),
    weight: z.int().exactOptional(),
    cap: z.int().exactOptional(),
    parameters: parametersSchema.exactOptional(),
  }),
  z.strictObject({ atNs: ns, kind: z.enum(['pause', 'unpause', 'destroy']), vm: z.string() }),
  z.strictObject({
    atNs: ns,
    kind: z.literal('pin'),
    vm: z.string(),
    /** null: all of the VM */
    vcpu: z.int().min(0).nullable(),
    /** host CPUs; null: all of `pcpus` */
    pin: z.array(cpu).nullable(),
  }),
  z.strictObject({
    atNs: ns,
    kind: z.literal('tune'),
    parameters: parametersSchema,
  }),
  z.strictObject({ atNs: ns, kind: z.literal('mark'), text: z.string() }),
]);

/** A change at run time. */
export type ScenarioEvent = Inferred<typeof eventSchema>;

export const schedulerSchema = z.strictObject({
  type: field(z.string(), 'of the policy'),
  parameters: parametersSchema,
  instants: field(
    z.enum(['due', 'late']).exactOptional(),
    'which instant the policy is told: the one at which something was due, or the one at which the loop came to it',
    { note: 'absent: `due`' },
  ),
});

/** @interface */
export type SchedulerSpec = Inferred<typeof schedulerSchema>;

export const scenarioSchema = z.strictObject({
  name: field(z.string(), 'of the scenario'),
  description: field(z.string().exactOptional(), 'what it shows'),
  pcpus: field(z.array(cpu), 'host CPUs; the index in this list is the pCPU number'),
  topology: field(
    z.strictObject({ cores: z.array(z.int()), sockets: z.array(z.int()) }).exactOptional(),
    '`cores` and `sockets`: a number for each pCPU, equal for those that share one',
    { note: 'absent: one socket, no SMT' },
  ),
  durationNs: field(ns.nullable(), 'length of the run', {
    unit: 'ns',
    note: 'null: until all finite work is done',
  }),
  seed: field(z.int().min(0), "of the workloads' data"),
  scheduler: field(schedulerSchema, 'the policy and its parameters'),
  vms: field(z.array(vmSpecSchema), 'the virtual machines'),
  events: field(z.array(eventSchema), 'changes at run time'),
});

/** @interface */
export type Scenario = Inferred<typeof scenarioSchema>;
