/**
 * What the interface tells, as a schema: docs/http.md and the JSON Schemas are made from it. The types are those of
 * src/control/state.ts; that both say the same is checked by the compiler at the end.
 */
import { z } from 'zod';
import { field, type Inferred } from '../base/schema.ts';
import { COMMAND_NAMES, DOORS } from '../control/commands.ts';
import type { Change, HostState, LiveSlice, StepResponse, StreamMessage } from '../control/state.ts';

const ns = z.number();
const count = z.int().min(0);
const NS = { unit: 'ns' };
const SHARE = { unit: '% of one pCPU' };
const parameters = z.record(z.string(), z.number());

export const changeSchema = z.strictObject({
  number: field(z.int().min(1), 'counts from 1'),
  command: field(z.enum(COMMAND_NAMES), 'its name'),
  door: field(z.enum(DOORS), 'where it came from: `scenario`, `command`, `page`, `http` or `library`'),
  vm: field(z.string().nullable(), 'name of the VM', { note: 'null: the scheduler, or the run' }),
  values: field(z.record(z.string(), z.unknown()), 'what was given, as a scenario file would have it'),
  askedNs: field(ns, 'when it was asked for', NS),
  atNs: field(ns, 'when the policy was told', NS),
  actsNs: field(ns, 'from when on it can have an effect: for a weight the next accounting', NS),
  words: field(z.string(), 'a sentence'),
});

const vcpuStateSchema = z.strictObject({
  id: field(z.string(), '`VM/v0`'),
  number: field(count, 'counts from 0 over the vCPUs of all VMs that there ever were'),
  activity: field(
    z.enum(['running', 'waiting', 'parked', 'blocked', 'paused', 'done']),
    '`running`, `waiting`, `parked`, `blocked`, `paused` or `done`',
  ),
  pcpu: field(z.int(), 'the pCPU (not the host CPU) that it is assigned to'),
  cpuNs: field(ns, 'CPU time that it has used', NS),
  pin: field(z.array(count).nullable(), 'host CPUs that it may run on', { note: 'null: all' }),
  readings: field(z.array(z.number()), 'in the order of `terms.vcpuReadings`'),
});

const workloadSchema = z.strictObject({
  spec: field(z.string(), 'as it was given'),
  size: field(z.number().nullable(), 'problem size', { note: 'null: its own' }),
});

export const vmStateSchema = z.strictObject({
  id: field(z.int().min(1), 'counts from 1, and is never used again'),
  name: field(z.string(), 'of the VM'),
  phase: field(
    z.enum(['preparing', 'planned', 'running', 'paused', 'done', 'failed', 'destroyed']),
    '`preparing` (its threads warm up), `planned`, `running`, `paused`, `done` (its work is finished), `failed` ' +
      '(a program failed: that vCPU stands still) or `destroyed`',
  ),
  parameters: field(parameters, 'what the policy declares for VMs, by field: `weight`, `cap`'),
  workload: field(workloadSchema, 'what its vCPUs compute'),
  startNs: field(ns, 'when it starts or started', NS),
  endNs: field(ns.nullable(), 'when it was destroyed', { ...NS, note: "null: it wasn't" }),
  cpuNs: field(ns, 'CPU time that it has used', NS),
  sharePercent: field(z.number(), 'over the last second', SHARE),
  wholeSharePercent: field(z.number(), 'since it started', SHARE),
  entitledPercent: field(z.number().nullable(), 'what it is entitled to now', {
    ...SHARE,
    note: "null: the policy doesn't say",
  }),
  vcpus: field(z.array(vcpuStateSchema), 'one object per vCPU'),
});

const schedulerStateSchema = z.strictObject({
  type: field(z.string(), 'of the policy'),
  parameters: field(parameters, 'by field: `tsliceNs`'),
});

const parameterSchema = z.looseObject({
  key: field(z.string(), 'as in scenario files'),
  field: field(z.string(), 'as in `parameters`'),
  unit: field(
    z.enum(['time', 'percent', 'number', 'flag', 'choice']),
    '`time` (ns), `percent` (of one pCPU), `number`, `flag` (0 or 1; true or false in commands), ' +
      'or `choice` (a place in `choices`)',
  ),
  min: field(z.number(), 'the least value'),
  max: field(z.number(), 'the greatest value'),
  default: field(z.number(), 'where it is not given'),
  description: field(z.string(), 'a sentence'),
  isTunable: field(z.boolean(), 'whether it may change while a run is under way'),
});

const takenSchema = z.strictObject({
  scheduler: field(z.array(parameterSchema), 'the scheduler'),
  vm: field(z.array(parameterSchema), 'each VM'),
});

const pcpuStateSchema = z.strictObject({
  cpu: field(count, 'host CPU'),
  current: field(z.string().nullable(), 'the vCPU that runs there', { note: 'null: none' }),
  queue: field(z.array(z.string()), 'vCPUs that wait there, the next one first'),
  busyPercent: field(z.number(), 'of the last second', { unit: '%' }),
  othersPercent: field(z.number().nullable(), 'what other programs took of the last second', {
    unit: '%',
    note: 'null: not known',
  }),
  ownThreadsPercent: field(z.number().nullable(), "what this process's own other threads took of it", {
    unit: '%',
    note: 'null: not known',
  }),
});

const certificateStateSchema = z.strictObject({
  verdict: field(z.string(), '`good`, `fair` or `poor`'),
  sentences: field(z.array(z.string()), 'why'),
});

export const hostStateSchema = z
  .strictObject({
    version: field(z.literal(1), '1'),
    name: field(z.string(), 'of the host'),
    machine: field(z.enum(['hardware', 'simulated']), '`hardware` or `simulated`'),
    phase: field(z.enum(['starting', 'running', 'ended']), '`starting`, `running` or `ended`'),
    nowNs: field(ns, 'since the start of the run', NS),
    scheduler: field(schedulerStateSchema, 'the policy and its parameters'),
    terms: field(
      z.looseObject({ type: field(z.string(), 'of the policy') }),
      "what the policy's numbers mean, as in the header of a trace: `vcpuReadings`, `vmReadings`, `records`, " +
        '`reasons`, `choices`',
    ),
    parameters: field(takenSchema, 'what the policy takes, with limits and units'),
    workloads: field(z.array(z.string()), 'the built-in workloads'),
    schedulers: field(z.array(z.string()), "under which the VMs can run again (`rerun`); empty: they can't"),
    pcpus: field(z.array(pcpuStateSchema), 'one object per pCPU'),
    vms: field(
      z.array(vmStateSchema),
      'in order of their IDs; destroyed ones too, until there are more than 100',
    ),
    changes: field(z.array(changeSchema), 'the latest 100'),
    certificate: field(certificateStateSchema.nullable(), 'how far the numbers can be trusted until now', {
      note: 'null: a simulation, or not known yet',
    }),
  })
  .meta({ title: 'creditlab host state', description: 'What a host tells of itself. Times in ns.' });

export const liveSliceSchema = z.strictObject({
  pcpu: field(count, 'the pCPU'),
  vcpu: field(z.int().min(-1), 'its `number`', { note: '−1: the pCPU idled' }),
  fromNs: field(ns, 'when it began', NS),
  toNs: field(ns.nullable(), 'when it ended', { ...NS, note: 'null: it goes on' }),
  reason: field(z.string(), 'why it began and, of one that ended, why it ended: keys of `terms.reasons`'),
});

export const stepResponseSchema = z.strictObject({
  number: field(z.int().min(1), 'of the change'),
  vm: field(z.string(), 'name of the VM'),
  fromPercent: field(z.number(), 'the share before', SHARE),
  toPercent: field(z.number(), 'the share after', SHARE),
  delayNs: field(ns.nullable(), 'until the share leaves its old value', { ...NS, note: "null: it didn't" }),
  overshootPoints: field(z.number(), 'how far it went beyond the new value', { unit: 'points' }),
  settlingNs: field(ns.nullable(), 'until it stays within 1 point of the new value', {
    ...NS,
    note: "null: it didn't, before the next change or the end",
  }),
});

export const streamMessageSchema = z
  .discriminatedUnion('kind', [
    z.strictObject({ kind: z.literal('state'), state: hostStateSchema }),
    z.strictObject({ kind: z.literal('slices'), untilNs: ns, slices: z.array(liveSliceSchema) }),
    z.strictObject({ kind: z.literal('shares'), atNs: ns, percent: z.array(z.number()) }),
    z.strictObject({ kind: z.literal('change'), change: changeSchema }),
    z.strictObject({ kind: z.literal('words'), atNs: ns, text: z.string() }),
    z.strictObject({ kind: z.literal('step'), response: stepResponseSchema }),
    z.strictObject({ kind: z.literal('end'), atNs: ns }),
  ])
  .meta({ title: 'creditlab stream message', description: 'A message of GET /api/stream. Times in ns.' });

export const errorSchema = z
  .strictObject({
    error: field(
      z.strictObject({
        code: field(z.string(), 'for programs: `BAD_OPTION`, `NO_TOKEN`, …'),
        message: field(z.string(), 'for people'),
        where: field(z.string().exactOptional(), 'where the mistake is'),
        expected: field(z.string().exactOptional(), 'what would have been right'),
        got: field(z.string().exactOptional(), 'what came'),
        hint: field(z.string().exactOptional(), 'what to do about it'),
      }),
      'what went wrong',
    ),
  })
  .meta({ title: 'creditlab error', description: 'The body of an answer that refuses.' });

/** Terms are told by traces, parameters by schedulers.md: not once more here. */
type Told<State> = Omit<State, 'terms' | 'parameters'>;
type Same<A, B> = [A, B] extends [B, A] ? true : never;
const isSame: [
  Same<Inferred<typeof changeSchema>, Change>,
  Same<Told<Inferred<typeof hostStateSchema>>, Told<HostState>>,
  Same<Inferred<typeof liveSliceSchema>, LiveSlice>,
  Same<Inferred<typeof stepResponseSchema>, StepResponse>,
  Same<
    Exclude<Inferred<typeof streamMessageSchema>, { kind: 'state' }>,
    Exclude<StreamMessage, { kind: 'state' }>
  >,
] = [true, true, true, true, true];
void isSame;
