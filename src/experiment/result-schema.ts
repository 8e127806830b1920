/**
 * The result files as schemas, from which `schema/*.json` is written. That they say the same as the types in result.ts
 * is checked by the compiler, below.
 */
import { z } from 'zod';
import type { Scenario } from '../scenario/scenario.ts';
import { LAB_RESULT_FORMAT, LAB_RESULT_VERSION, type LabResult } from './lab-result.ts';
import { RESULT_FORMAT, RESULT_VERSION, type Result } from './result.ts';

const count = z.int().min(0);
const ns = z.number().min(0);
const cpu = z.int().min(0);

const work = z.union([
  z.strictObject({ kind: z.literal('cpu'), ns: ns }),
  z.strictObject({ kind: z.literal('units'), units: z.int().min(1) }),
]);

const vmSpec = z.strictObject({
  name: z.string(),
  weight: z.int().min(1).max(65535),
  cap: z.int().min(0).describe('percent of one pCPU for the whole VM; 0 = none'),
  vcpus: z.int().min(1),
  startNs: ns,
  pin: z.array(cpu).nullable().describe('host CPUs; null: all of the scenario'),
  workload: z.strictObject({ spec: z.string(), url: z.string(), size: z.int().min(1).nullable() }),
  work: work.nullable().describe('per vCPU; null: runs to the end'),
});

const event = z.union([
  z.strictObject({
    atNs: ns,
    kind: z.literal('set'),
    vm: z.string(),
    weight: z.int().optional(),
    cap: z.int().optional(),
  }),
  z.strictObject({ atNs: ns, kind: z.enum(['pause', 'unpause']), vm: z.string() }),
  z.strictObject({ atNs: ns, kind: z.literal('tune'), tsliceNs: ns.optional(), ratelimitNs: ns.optional() }),
]);

const scheduler = z.strictObject({
  type: z.literal('credit'),
  tsliceNs: ns,
  ratelimitNs: ns,
  lbRatelimitNs: ns,
  migrationDelayNs: ns,
});

const scenario = z.strictObject({
  name: z.string(),
  description: z.string().optional(),
  pcpus: z.array(cpu).describe('host CPUs; index in this list = pCPU number'),
  durationNs: ns.nullable().describe('null: until all finite work is done'),
  seed: count,
  scheduler,
  vms: z.array(vmSpec),
  events: z.array(event),
});

const host = z.strictObject({
  os: z.string(),
  kernel: z.string(),
  arch: z.string(),
  node: z.string(),
  cpuModel: z.string(),
  cpus: z.array(
    z.strictObject({
      id: cpu,
      core: z.int(),
      socket: z.int(),
      smtSiblings: z.array(cpu),
      coreType: z.enum(['uniform', 'performance', 'efficiency']),
    }),
  ),
  allowedCpus: z.array(cpu),
  cgroupQuotaCpus: z.number().nullable(),
  memoryBytes: z.number(),
  virtualized: z.boolean(),
});

const quantiles = z.strictObject({ count, p50: z.number(), p99: z.number(), max: z.number() });

const vcpu = z.strictObject({
  id: z.string().describe('as threads are named: VM/v0'),
  tid: z.int(),
  cpuNs: ns,
  units: count,
  checksum: z.union([z.number(), z.string()]).nullable(),
  checksumOk: z.boolean().nullable().describe('null: not verified'),
  startNs: ns.nullable(),
  endNs: ns.nullable(),
  dispatches: count,
  boosts: count,
  steals: count,
  migrations: count,
  stolenNs: z.number().describe("dispatched but not on the core: taken by the host's other work"),
  deferredPauses: count,
  overrunNs: z.number(),
  involuntarySwitches: count,
  runqWaitNs: z.number(),
});

const band = z.strictObject({ median: z.number(), min: z.number(), max: z.number() });

const vm = z.strictObject({
  name: z.string(),
  weight: z.int(),
  cap: z.int(),
  cpuNs: ns,
  sharePercent: z.number().describe('of one pCPU over the window'),
  wallNs: ns.nullable().describe('execution time; null if endless or unfinished'),
  idealWallNs: ns.nullable().describe('the same under an ideal proportional share; null if endless'),
  predicted: z
    .strictObject({ wallNs: band.nullable(), sharePercent: band })
    .nullable()
    .optional()
    .describe('what simulations of the same scenario gave; null or absent: not predicted'),
  vcpus: z.array(vcpu),
});

const run = z.strictObject({
  machine: z.enum(['hardware', 'simulated']).optional().describe('absent: hardware'),
  windowNs: ns,
  complete: z.boolean().describe('false: interrupted or failed; what was measured until then is here'),
  vms: z.array(vm),
  pcpus: z.array(z.strictObject({ id: cpu, busyNs: ns, switches: count })),
  loop: z.strictObject({
    tickLatenessNs: quantiles,
    switchGapNs: quantiles,
    decisionNs: quantiles,
    cpuNs: ns,
    factsDropped: count,
  }),
  warnings: z.array(z.string()),
});

const generator = z.strictObject({ name: z.literal('creditlab'), version: z.string() });

export const resultSchema = z
  .strictObject({
    format: z.literal(RESULT_FORMAT),
    version: z.literal(RESULT_VERSION),
    generator,
    startedAt: z.iso.datetime(),
    host,
    scenario,
    scheduler,
    runs: z.array(run),
  })
  .meta({ title: 'creditlab result', description: 'One scenario, run once or several times. Times in ns.' });

export const labResultSchema = z
  .strictObject({
    format: z.literal(LAB_RESULT_FORMAT),
    version: z.literal(LAB_RESULT_VERSION),
    generator,
    startedAt: z.iso.datetime(),
    host,
    lab: z.strictObject({ name: z.string(), title: z.string() }),
    complete: z.boolean(),
    rows: z.array(z.strictObject({ label: z.string(), scenario, run })),
  })
  .meta({
    title: 'creditlab lab result',
    description: 'A lab: several scenarios, each run once. Times in ns.',
  });

/** Read-only, and an optional key is absent rather than undefined: as the types in result.ts are written. */
type Strict<T> = T extends readonly (infer E)[]
  ? readonly Strict<E>[]
  : T extends object
    ? { readonly [K in keyof T]: Strict<Exclude<T[K], undefined>> }
    : T;
type Same<A, B> = [A] extends [B] ? ([B] extends [A] ? true : never) : never;
/** Does not compile when a schema and its type have drifted apart. */
export const schemasMatchTypes: readonly [
  Same<Strict<z.infer<typeof scenario>>, Scenario>,
  Same<Strict<z.infer<typeof resultSchema>>, Result>,
  Same<Strict<z.infer<typeof labResultSchema>>, LabResult>,
] = [true, true, true];
