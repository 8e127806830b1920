/**
 * The result files as schemas, from which `schema/*.json` is written. That they say the same as the types in result.ts
 * is checked by the compiler, below.
 */
import { z } from 'zod';
import type { RowComparison } from './compare-rows.ts';
import type { Scenario, VmSpec } from '../scenario/scenario.ts';
import { LAB_RESULT_FORMAT, LAB_RESULT_VERSION, type LabResult } from './lab-result.ts';
import {
  type HostEvents,
  type HostFacts,
  RESULT_FORMAT,
  RESULT_VERSION,
  type Result,
  type RunResult,
  type VcpuResult,
  type VmResult,
} from './result.ts';

const count = z.int().min(0);
const ns = z.number().min(0);
const cpu = z.int().min(0);

const work = z.union([
  z.strictObject({ kind: z.literal('cpu'), ns: ns }),
  z.strictObject({ kind: z.literal('units'), units: z.int().min(1) }),
]);

const parameters = z
  .record(z.string(), z.number())
  .describe('what the policy declares, by field: times in ns, percent of one pCPU, or numbers');

const vmSpec = z.strictObject({
  name: z.string(),
  weight: z.int().min(1),
  cap: z.int().min(0).describe('percent of one pCPU for the whole VM; 0 = none'),
  parameters: parameters.optional(),
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
    parameters: parameters.optional(),
  }),
  z.strictObject({ atNs: ns, kind: z.enum(['pause', 'unpause']), vm: z.string() }),
  z.strictObject({ atNs: ns, kind: z.literal('tune'), parameters }),
]);

const scheduler = z.strictObject({
  type: z.string().describe('of the policy'),
  parameters,
  instants: z.enum(['due', 'late']).optional().describe('which instant the policy is told; absent: due'),
});

const scenario = z.strictObject({
  name: z.string(),
  description: z.string().optional(),
  pcpus: z.array(cpu).describe('host CPUs; index in this list = pCPU number'),
  topology: z
    .strictObject({ cores: z.array(z.int()), sockets: z.array(z.int()) })
    .optional()
    .describe('index pCPU: its core and its socket; absent: one socket, no SMT'),
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

const buckets = z
  .array(z.tuple([z.number(), count]))
  .describe(
    '[from, how many]: each bucket reaches to 2^(1/8) times its lower bound, empty ones are left out',
  );

const distribution = z.strictObject({ ...quantiles.shape, buckets });

const vcpu = z.strictObject({
  id: z.string().describe('as threads are named: VM/v0'),
  tid: z.int(),
  cpuNs: ns,
  units: count,
  checksum: z.union([z.number(), z.string()]).nullable(),
  checksumOk: z.boolean().nullable().describe('null: not verified'),
  verifiedUnits: count
    .optional()
    .describe('of how many steps, from the first on, the checksum was compared; absent: of none'),
  startNs: ns.nullable(),
  endNs: ns.nullable(),
  dispatches: count,
  boosts: count,
  steals: count,
  migrations: count,
  stolenNs: z.number().describe("dispatched but not on the core: taken by the host's other work"),
  deferredPauses: count,
  overrunNs: z.number(),
  pauses: count.optional().describe('how often the scheduler paused it; absent: not recorded'),
  putOffs: z
    .array(z.tuple([count, z.number()]))
    .optional()
    .describe(
      '[which of these pauses, from 0; ns]: those put off, and for how long; the first 4096; absent: not recorded',
    ),
  involuntarySwitches: count.nullable().describe('null: the kernel keeps no such statistics'),
  runqWaitNs: z.number().nullable().describe('null: likewise'),
});

const band = z.strictObject({ median: z.number(), min: z.number(), max: z.number() });

const vm = z.strictObject({
  name: z.string(),
  weight: z.int(),
  cap: z.int(),
  cpuNs: ns,
  sharePercent: z.number().describe('of one pCPU over the window'),
  idealSharePercent: z
    .number()
    .nullable()
    .optional()
    .describe('the same under an ideal proportional share; null: not known'),
  contendedSharePercent: z
    .number()
    .nullable()
    .optional()
    .describe('of one pCPU over the time for which all VMs compete; null: they never do'),
  idealContendedSharePercent: z
    .number()
    .nullable()
    .optional()
    .describe('the same under an ideal proportional share; null: not known, or they never do'),
  workSharePercent: z
    .number()
    .nullable()
    .optional()
    .describe('of what one pCPU does alone in the window; null or absent: not calibrated'),
  wallNs: ns.nullable().describe('execution time; null if endless or unfinished'),
  idealWallNs: ns.nullable().describe('the same under an ideal proportional share; null if endless'),
  predicted: z
    .strictObject({
      wallNs: band.nullable(),
      sharePercent: band.nullable().describe('while all VMs compete'),
      inBand: z
        .strictObject({ wallNs: z.boolean().nullable(), sharePercent: z.boolean().nullable() })
        .optional()
        .describe('whether what was measured lies in the band; null: there is no band'),
    })
    .nullable()
    .optional()
    .describe('what simulations of the same scenario gave; null or absent: not predicted'),
  forecast: z
    .strictObject({ wallNs: band.nullable(), sharePercent: band.nullable() })
    .nullable()
    .optional()
    .describe('the same, computed before the run; null or absent: none'),
  vcpus: z.array(vcpu),
});

const verdict = z.enum(['good', 'usable', 'do not trust']);

const hostEvents = z.strictObject({
  lostCpus: z.array(cpu).describe('host CPUs that were taken away during the run'),
  movedVcpus: z.array(z.string()).describe('vCPUs whose thread somebody else moved away from its pCPU'),
  pinFailures: count.describe('times that a vCPU could not be pinned to its pCPU'),
  refusedSignals: count.describe('signals that the kernel refused: a vCPU paused late'),
  refusedTimers: count.describe('timers that could not be set: likewise'),
  signalTaken: z.boolean().describe('somebody else in the process took the pause signal during the run'),
  throttled: z
    .strictObject({ periods: count, ns })
    .nullable()
    .describe("what a control group's quota did, in periods and in time of all CPUs; null: not told"),
});

const run = z.strictObject({
  machine: z.enum(['hardware', 'simulated']).optional().describe('absent: hardware'),
  windowNs: ns,
  contendedNs: ns.optional().describe('for how long of it all VMs competed; 0: never'),
  bandsAreWide: z
    .boolean()
    .optional()
    .describe('true: the bands of the predictions are made from lateness or stolen time beyond what is good'),
  complete: z.boolean().describe('false: interrupted or failed; what was measured until then is here'),
  order: z.int().min(1).optional().describe('as which of all runs it was made, from 1; absent: simulated'),
  vms: z.array(vm),
  pcpus: z.array(
    z.strictObject({
      id: cpu,
      busyNs: ns,
      switches: count,
      ownThreadsNs: ns
        .nullable()
        .optional()
        .describe("CPU time of this process's threads that are no vCPUs; null: not known; absent: simulated"),
      stolenNs: ns.optional().describe("a vCPU held it and wasn't on the core; absent: simulated"),
    }),
  ),
  loop: z.strictObject({
    tickLatenessNs: quantiles.describe('from when a timer was due until its pCPU had been told'),
    latencyNs: z
      .strictObject({
        timer: distribution,
        exit: distribution.describe('from the instant at which a vCPU blocked or was done'),
        wake: distribution.describe('of virtual interrupts'),
        handOver: distribution.describe(
          'from telling a pCPU that runs a vCPU until the next one computes there',
        ),
        gap: distribution.describe('the part of a hand-over in which neither computes'),
        start: distribution.describe('from telling a pCPU on which none runs until the vCPU computes there'),
      })
      .optional()
      .describe(
        'how late the loop came to what it waited for (a value per wait), and the cores to what they were told; absent: simulated',
      ),
    switchGapNs: quantiles,
    decisionNs: quantiles,
    dispatchNs: quantiles,
    cpuNs: ns,
    factsDropped: count,
    intentsDropped: count.optional(),
    heldUp: z
      .strictObject({ count, longestNs: ns, totalNs: ns.describe('of the 32 longest') })
      .optional()
      .describe('waits that ended more than 200 ms late; absent: simulated'),
  }),
  workRate: z
    .strictObject({ samples: count, low: z.number(), high: z.number(), driftPercent: z.number() })
    .nullable()
    .optional()
    .describe("work done per CPU time over the run, as multiples of each vCPU's median"),
  hostEvents: hostEvents.optional().describe("what the host did to the lab's means; absent: simulated"),
  certificate: z
    .strictObject({
      verdict,
      reasons: z.array(z.string()),
      checks: z.array(
        z.strictObject({ key: z.string(), title: z.string(), found: z.string().nullable(), verdict }),
      ),
    })
    .optional()
    .describe('whether the figures can be trusted; absent when simulated'),
  warnings: z.array(z.string()),
});

const interval = z.strictObject({ low: z.number(), high: z.number() });
const p = z.number().min(0).max(1);

const comparison = z.strictObject({
  vm: z.string(),
  row: z.string(),
  base: z.string().describe('the first row that runs the VM'),
  metric: z.enum(['wallNs', 'sharePercent']),
  runs: count,
  baseRuns: count,
  median: z.number(),
  baseMedian: z.number(),
  difference: z.number().describe('of the medians'),
  differenceInterval: interval.nullable().describe('95 %, by resampling'),
  ratio: z.number().nullable().describe('of the medians'),
  ratioInterval: interval.nullable().describe('95 %, by resampling'),
  cliffsDelta: z.number().min(-1).max(1),
  pValue: p.describe('Mann and Whitney, two-sided'),
  pAdjusted: p.describe('the same in view of all comparisons (Holm)'),
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
    comparisons: z.array(comparison).optional().describe('of rows that were run several times'),
  })
  .meta({
    title: 'creditlab lab result',
    description: 'A lab: several scenarios, each run once or several times. Times in ns.',
  });

/** Read-only, and an optional key is absent rather than undefined: as the types in result.ts are written. */
type Strict<T> = T extends readonly [infer A, infer B]
  ? readonly [A, B]
  : T extends readonly (infer E)[]
    ? readonly Strict<E>[]
    : T extends object
      ? { readonly [K in keyof T]: Strict<Exclude<T[K], undefined>> }
      : T;
type Same<A, B> = [A] extends [B] ? ([B] extends [A] ? true : never) : never;
/**
 * Does not compile when a schema and its type have drifted apart. Part by part, because the compiler takes types for the
 * same once they are nested three deep.
 */
export const schemasMatchTypes: readonly [
  Same<Strict<z.infer<typeof vmSpec>>, VmSpec>,
  Same<Strict<z.infer<typeof host>>, HostFacts>,
  Same<Strict<z.infer<typeof hostEvents>>, HostEvents>,
  Same<Strict<z.infer<typeof vcpu>>, VcpuResult>,
  Same<Strict<z.infer<typeof vm>>, VmResult>,
  Same<Strict<z.infer<typeof run>>, RunResult>,
  Same<Strict<z.infer<typeof comparison>>, RowComparison>,
  Same<Strict<z.infer<typeof scenario>>, Scenario>,
  Same<Strict<z.infer<typeof resultSchema>>, Result>,
  Same<Strict<z.infer<typeof labResultSchema>>, LabResult>,
] = [true, true, true, true, true, true, true, true, true, true];
