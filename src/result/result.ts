/** The result file (`--json`): one object per invocation. Times in ns, shares in percent of one pCPU. */
import { z } from 'zod';
import { bandSchema, distributionSchema, quantilesSchema, workRateSchema } from '../analysis/schema.ts';
import type { Inferred } from '../base/schema.ts';
import { field } from '../base/schema.ts';
import { hostCpuSchema } from '../cpus/host-cpus.ts';
import { scenarioSchema, schedulerSchema } from '../scenario/scenario.ts';
import { certificateSchema } from './verdict.ts';

const count = z.int().min(0);
const ns = z.number().min(0);
const cpu = z.int().min(0);
const NS = { unit: 'ns' };
const SHARE = { unit: '% of one pCPU' };
const OLDER = 'absent: an older file';
const SIMULATED = 'absent: simulated';

export const generatorSchema = z.strictObject({
  name: field(z.literal('creditlab'), 'of the program'),
  version: field(z.string(), 'of the program'),
});

export const hostDescriptionSchema = z.strictObject({
  os: field(z.string(), 'distribution and release'),
  kernel: field(z.string(), 'kernel release'),
  arch: field(z.string(), '`x64` or `arm64`'),
  node: field(z.string(), 'version of Node.js'),
  cpuModel: field(z.string(), 'name of the processor'),
  cpus: field(z.array(hostCpuSchema), 'the allowed CPUs'),
  allowedCpus: field(z.array(cpu), 'CPUs that the process may use and that are online'),
  cgroupQuotaCpus: field(z.number().nullable(), 'CPU time that the control group allows', {
    unit: 'CPUs',
    note: 'null: no limit',
  }),
  memoryBytes: field(z.number(), 'memory of the machine', { unit: 'bytes' }),
  virtualized: field(z.boolean(), 'whether the host is itself a virtual machine'),
});

/** @interface */
export type HostDescription = Inferred<typeof hostDescriptionSchema>;

export const vcpuSchema = z.strictObject({
  id: field(z.string(), '`VM/v0`, also the name of its thread in `top -H` and `perf`', { column: 'vcpu' }),
  tid: field(z.int(), "the vCPU's thread, as the kernel numbers it", { title: 'tid', column: 'tid' }),
  cpuNs: field(ns, 'CPU time of the thread in the window', { ...NS, column: 'cpuNs' }),
  units: field(count, 'steps of the workload that were completed', { title: 'units', column: 'units' }),
  checksum: field(z.union([z.number(), z.string()]).nullable(), 'digest of all results', {
    note: 'null: not known',
    column: 'checksum',
  }),
  checksumOk: field(z.boolean().nullable(), 'whether it is what an undisturbed computation gives', {
    note: 'null: not verified, because it did not stop between two steps, the run failed, or with `--verify none`',
    column: 'checksumOk',
  }),
  verifiedUnits: field(
    count.exactOptional(),
    'of how many steps, from the first one on, the checksum was compared: all of `units`, or fewer where ' +
      'only a prefix was',
    { note: 'absent: of none', column: 'verifiedUnits' },
  ),
  startNs: field(ns.nullable(), 'first time on a pCPU, from the start of the run', {
    ...NS,
    note: 'null: never',
    title: 'start',
    column: 'startNs',
  }),
  endNs: field(ns.nullable(), 'when the work was done, from the start of the run', {
    ...NS,
    note: "null: it wasn't",
    title: 'end',
    column: 'endNs',
  }),
  dispatches: field(count, 'times that the scheduler put the vCPU on a pCPU', {
    title: 'dispatches',
    column: 'dispatches',
  }),
  boosts: field(count, 'times that a wake-up raised the vCPU to BOOST', {
    title: 'boosts',
    column: 'boosts',
  }),
  steals: field(count, 'times that a pCPU took the vCPU from another one', {
    note: 'out of its queue',
    title: 'steals',
    column: 'steals',
  }),
  migrations: field(count, 'changes of pCPU', {
    note: 'without steals; of credit by a tick, to an idle pCPU while it ran',
    title: 'migrations',
    column: 'migrations',
  }),
  stolenNs: field(z.number(), "dispatched but not on the core: taken by the host's other work", {
    ...NS,
    title: 'stolen',
    column: 'stolenNs',
  }),
  deferredPauses: field(count, 'pauses that had to wait for a safe point', {
    title: 'deferred',
    column: 'deferredPauses',
  }),
  overrunNs: field(z.number(), 'how long the vCPU ran on in all deferred pauses', {
    ...NS,
    title: 'overrun',
    column: 'overrunNs',
  }),
  pauses: field(
    count.exactOptional(),
    "times that the scheduler paused it, or would have and couldn't, until `putOffs` was full",
    { note: 'absent: not recorded' },
  ),
  putOffs: field(
    z.array(z.tuple([count, z.number()])).exactOptional(),
    'list of `[pause, ns]`: which of these pauses, counted from 0, were put off, and for how long; the first 4096',
    { note: 'absent: not recorded' },
  ),
  involuntarySwitches: field(count.nullable(), 'times that the kernel took the core from the thread', {
    note: 'null: the kernel keeps no such statistics',
    title: 'invol. switches',
    column: 'involuntarySwitches',
  }),
  runqWaitNs: field(z.number().nullable(), "time that the thread waited in the kernel's run queue", {
    ...NS,
    note: 'null: likewise',
    title: 'run-queue wait',
    column: 'runqWaitNs',
  }),
});

/** @interface */
export type VcpuResult = Inferred<typeof vcpuSchema>;

const SIMULATIONS =
  'in simulations of the same scenario by the same scheduler: median [least–greatest] over 8, with timers as late by ' +
  'chance as they were in the run';
const FORECAST =
  'simulated before the run: for the work as calibrated, with timers as late as they were known to be until then';
const NO_BAND = 'null: there is no band';
const BAND_MARGIN =
  'whether the measured value lies between the least and the greatest prediction, give or take 0.5 % of the time or ' +
  '0.25 points of the share: what switching and the host may take';

export const predictionSchema = z.strictObject({
  wallNs: field(
    bandSchema.nullable(),
    `execution time ${SIMULATIONS}. The work of each vCPU is the CPU time that it really used, so that the ` +
      'band tells ' +
      'what the scheduler does, and not how fast the machine was. None where the time follows from the work whatever ' +
      'the scheduler does',
    { ...NS, note: 'null also if endless or unfinished', title: 'predicted', column: 'vmPredictedWallNs' },
  ),
  sharePercent: field(
    bandSchema.nullable(),
    `share while all VMs compete, ${SIMULATIONS} and the work that the vCPUs really did. None where the ` +
      'share follows ' +
      'from the work whatever the scheduler does',
    {
      ...SHARE,
      note: 'null also where they never do; to be compared with `contendedSharePercent`',
      title: 'predicted',
      column: 'vmPredictedSharePercent',
    },
  ),
  inBand: field(
    z
      .strictObject({
        wallNs: field(z.boolean().nullable(), 'of the execution time', {
          note: NO_BAND,
          column: 'vmWallInBand',
          behind: 'vmPredictedWallNsMax',
        }),
        sharePercent: field(z.boolean().nullable(), 'of `contendedSharePercent`', {
          note: NO_BAND,
          column: 'vmShareInBand',
        }),
      })
      .exactOptional(),
    BAND_MARGIN,
    { note: 'absent: an older file, in which `sharePercent` is of the whole window', title: 'in band' },
  ),
});

/**
 * What the same scheduler does in virtual time, and whether the measurement agrees.
 *
 * @interface
 */
export type JudgedPrediction = Inferred<typeof predictionSchema>;

export const forecastSchema = z.strictObject({
  wallNs: field(bandSchema.nullable(), `execution time, ${FORECAST}`, {
    ...NS,
    note: 'null: endless or unfinished',
    title: 'forecast',
    column: 'vmForecastWallNs',
  }),
  sharePercent: field(bandSchema.nullable(), `share while all VMs compete, ${FORECAST}`, {
    ...SHARE,
    note: 'null: they never do',
    title: 'forecast',
    column: 'vmForecastSharePercent',
  }),
});

/**
 * Of several simulations, with timers late by chance.
 *
 * @interface
 */
export type VmPrediction = Inferred<typeof forecastSchema>;

const share = z.number().nullable().exactOptional();

const UNDECLARED = "null: the scheduler's VMs have none";

export const vmSchema = z.strictObject({
  name: field(z.string(), 'of the VM', { column: 'vm' }),
  weight: field(z.int().nullable(), 'share of CPU time relative to the other VMs, per vCPU', {
    note: `at the start; ${UNDECLARED}`,
    title: 'weight',
    column: 'vmWeight',
  }),
  cap: field(z.int().nullable(), 'most CPU time for the whole VM; 0 is none', {
    ...SHARE,
    note: `at the start; ${UNDECLARED}`,
    title: 'cap',
    column: 'vmCap',
  }),
  cpuNs: field(ns, 'CPU time consumed in the window', { ...NS, title: 'CPU time', column: 'vmCpuNs' }),
  sharePercent: field(z.number(), 'CPU time over the window', {
    ...SHARE,
    note: 'more than 100 is possible with several vCPUs',
    title: 'share',
    column: 'vmSharePercent',
  }),
  idealSharePercent: field(
    share,
    'share under an ideal proportional share, for the CPU time that the work really took',
    { ...SHARE, note: `null: not known; ${OLDER}`, title: 'ideal', column: 'vmIdealSharePercent' },
  ),
  contendedSharePercent: field(
    share,
    'CPU time over the time for which all VMs compete: from the start of the last one until the first vCPU has done ' +
      'its work or a VM is paused',
    {
      ...SHARE,
      note: `null: they never do; ${OLDER}`,
      title: 'contended',
      column: 'vmContendedSharePercent',
    },
  ),
  idealContendedSharePercent: field(
    share,
    'share under an ideal proportional share while all VMs compete, for the CPU time that the work really took',
    {
      ...SHARE,
      note: `null: not known, or they never all compete in it; ${OLDER}`,
      title: 'ideal',
      column: 'vmIdealContendedSharePercent',
    },
  ),
  workSharePercent: field(
    share,
    'work done, in percent of what one pCPU does alone in the same time; below the share where caches, memory or ' +
      'clock held it up',
    {
      ...SHARE,
      note:
        'units × CPU time of a unit, as calibrated or as in the run if faster, over `windowNs`; ' +
        'null or absent: not calibrated',
      title: 'work',
      column: 'vmWorkSharePercent',
    },
  ),
  wallNs: field(
    ns.nullable(),
    'execution time: from the start of the VM until its last vCPU finished its work',
    {
      ...NS,
      note: 'stops of the process left out; null: endless or not done',
      title: 'time',
      column: 'vmWallNs',
    },
  ),
  idealWallNs: field(
    ns.nullable(),
    'execution time under an ideal proportional share with the same weights and caps, for the CPU time that the work ' +
      'really took (for unfinished work: as calibrated)',
    { ...NS, note: 'null: endless', title: 'ideal time', column: 'vmIdealWallNs' },
  ),
  predicted: field(
    predictionSchema.nullable().exactOptional(),
    'what the same scheduler does in virtual time with the CPU time that the work took, and as late as it ' +
      'was in the run',
    {
      note: "null or absent: not predicted, because the run is incomplete, simulated, or its work's length isn't known",
    },
  ),
  forecast: field(
    forecastSchema.nullable().exactOptional(),
    'the same as it was computed before the run. Of every execution time, and of shares while all compete',
    { note: 'null or absent: none' },
  ),
  vcpus: field(z.array(vcpuSchema), 'one object per vCPU'),
});

/** @interface */
export type VmResult = Inferred<typeof vmSchema>;

export const pcpuSchema = z.strictObject({
  id: field(cpu, 'host CPU'),
  busyNs: field(ns, 'CPU time that the vCPUs consumed on the pCPU', { ...NS, title: 'busy' }),
  switches: field(count, 'times that the pCPU changed its vCPU', {
    note: 'to and from idle included',
    title: 'switches',
  }),
  ownThreadsNs: field(
    ns.nullable().exactOptional(),
    "CPU time that the process's threads other than the vCPUs consumed on the pCPU: main, the loop, V8's helpers",
    {
      ...NS,
      note: `null: the kernel doesn't tell; ${SIMULATED}. In the CSV summed over all pCPUs`,
      title: 'own threads',
      column: 'ownThreadsNs',
    },
  ),
  stolenNs: field(ns.exactOptional(), "time in which a vCPU held it and wasn't on the core", {
    ...NS,
    note: SIMULATED,
  }),
});

/** @interface */
export type PcpuResult = Inferred<typeof pcpuSchema>;

export const latencySchema = z.strictObject({
  timer: field(distributionSchema, 'from when a timer was due', NS),
  exit: field(distributionSchema, 'from the instant at which a vCPU blocked or was done', NS),
  wake: field(distributionSchema, 'from when a virtual interrupt was due', NS),
  handOver: field(
    distributionSchema,
    'from telling a pCPU on which a vCPU runs until the next one computes there; pauses put off are left out',
    NS,
  ),
  gap: field(distributionSchema, 'the part of a hand-over in which neither computes', NS),
  start: field(
    distributionSchema,
    'from telling a pCPU on which none runs until the vCPU computes there',
    NS,
  ),
});

/**
 * How late the machine was: the loop with what it waited for (timer, exit, wake: a value per wait, since all that is
 * due at once is late together), and the cores with what the loop told them.
 *
 * @interface
 */
export type LoopLatency = Inferred<typeof latencySchema>;

export const holdUpsSchema = z.strictObject({
  count: field(count, 'how many'),
  longestNs: field(ns, 'the longest', NS),
  totalNs: field(ns, 'of the 32 longest', NS),
});

/**
 * Times in which the host didn't let the scheduler run; stops of the whole process (Ctrl-Z) are none.
 *
 * @interface
 */
export type HoldUps = Inferred<typeof holdUpsSchema>;

export const loopSchema = z.strictObject({
  tickLatenessNs: field(quantilesSchema, 'how late a timer of the scheduler was served', {
    ...NS,
    note:
      'from when a timer (tick, slice, accounting) was due until its pCPU had been told; a value per pCPU and ' +
      'instant',
    title: 'tick lateness',
  }),
  latencyNs: field(
    latencySchema.exactOptional(),
    'how late the loop came to what it waited for, a value per wait, and the cores to what they were told',
    { ...NS, note: SIMULATED },
  ),
  switchGapNs: field(
    quantilesSchema,
    "on one pCPU, from the record that the outgoing vCPU's thread pauses to the record that the next one's goes on; " +
      'without interrupting the one and signalling the other',
    { ...NS, title: 'switch gap' },
  ),
  decisionNs: field(quantilesSchema, 'time to choose the next vCPU', {
    ...NS,
    note: 'the reading of CPU clocks included',
    title: 'decision',
  }),
  dispatchNs: field(quantilesSchema, 'time to tell the core of a change, by a signal or a wake-up', {
    ...NS,
    title: 'dispatch',
  }),
  cpuNs: field(ns, 'CPU time of the hypervisor thread', { ...NS, title: "loop's CPU time" }),
  factsDropped: field(
    count,
    'records of pauses and resumes that were lost because the reader was too slow; 0 in a good run',
  ),
  intentsDropped: field(count.exactOptional(), "the same of the scheduler's decisions", {
    note: 'absent: nothing was recorded',
  }),
  heldUp: field(
    holdUpsSchema.exactOptional(),
    'waits that ended more than 200 ms late, which are no part of the lateness above',
    { note: SIMULATED },
  ),
});

/** @interface */
export type LoopResult = Inferred<typeof loopSchema>;

export const hostEventsSchema = z.strictObject({
  lostCpus: field(
    z.array(cpu),
    'host CPUs of the pCPUs that were taken away during the run: offline, or out of what the process may use',
  ),
  movedVcpus: field(z.array(z.string()), 'vCPUs whose thread somebody else moved away from its pCPU'),
  pinFailures: field(count, 'times that a vCPU could not be pinned to its pCPU'),
  refusedSignals: field(count, 'signals to pause a vCPU that the kernel refused: it paused late'),
  refusedTimers: field(
    count,
    'timers that could not be set: a pause that was put off was not looked at again before the end of the step',
  ),
  signalTaken: field(
    z.boolean(),
    'whether somebody else in the process took the pause signal during the run: vCPUs paused between two steps only',
  ),
  throttled: field(
    z
      .strictObject({
        periods: field(count, 'in which it was used up'),
        ns: field(ns, 'for which it stopped the group, summed over all CPUs', NS),
      })
      .nullable(),
    "what a control group's quota did",
    { note: 'null: no control group tells' },
  ),
});

/** @interface */
export type HostEvents = Inferred<typeof hostEventsSchema>;

export const runSchema = z.strictObject({
  order: field(z.int().min(1).exactOptional(), "as which of the command's runs it was made, from 1", {
    note: SIMULATED,
    column: 'order',
  }),
  machine: field(
    z.enum(['hardware', 'simulated']).exactOptional(),
    '`hardware` (also when absent) or `simulated`: in virtual time, where nothing is measured and all times are exact',
    { column: 'machine', otherwise: 'hardware' },
  ),
  complete: field(z.boolean(), 'whether it came to its end', {
    note: 'false: it was interrupted or failed, and this is what was measured until then',
    column: 'complete',
  }),
  windowNs: field(
    ns,
    'length of the measurement: from the common start until the run ended, without the time for which the ' +
      'process was stopped',
    { ...NS, column: 'windowNs' },
  ),
  contendedNs: field(
    ns.exactOptional(),
    'for how long of it all VMs competed: from the start of the last one until the first vCPU had done its ' +
      'work or a VM was paused',
    { ...NS, note: `0: never all at once; ${OLDER}`, column: 'contendedNs' },
  ),
  bandsAreWide: field(
    z.boolean().exactOptional(),
    'true: the scheduler came late in this run, or others took time from its vCPUs, beyond what its ' +
      'certificate calls ' +
      'good, and the bands of its predictions are made from that; to lie in one says little',
    { note: 'absent: not predicted, or an older file', column: 'bandsAreWide' },
  ),
  vms: field(z.array(vmSchema), "one object per VM, in the scenario's order"),
  pcpus: field(z.array(pcpuSchema), 'one object per pCPU'),
  loop: field(loopSchema, "how well the scheduler's own loop did"),
  workRate: field(workRateSchema.nullable().exactOptional(), "how steadily the cores did the vCPUs' work", {
    note: 'null or absent: too short to say, or simulated',
  }),
  hostEvents: field(hostEventsSchema.exactOptional(), "what the host did to the lab's means", {
    note: SIMULATED,
  }),
  certificate: field(certificateSchema.exactOptional(), 'whether the figures can be trusted', {
    note: SIMULATED,
  }),
  warnings: field(
    z.array(z.string()),
    'sentences: the process was stopped, the host held up the scheduler, a control group allows too little, …',
  ),
});

/** @interface */
export type RunResult = Inferred<typeof runSchema>;

export const resultSchema = z
  .strictObject({
    format: field(z.literal('creditlab-result'), '`creditlab-result`'),
    version: field(z.literal(2), '2'),
    generator: field(generatorSchema, 'what wrote it'),
    startedAt: field(z.iso.datetime(), 'date and time of the start, ISO 8601, UTC'),
    host: field(hostDescriptionSchema, 'the machine'),
    scenario: field(scenarioSchema, 'the scenario with every default filled in'),
    scheduler: field(schedulerSchema, 'the same as `scenario.scheduler`'),
    runs: field(z.array(runSchema), 'one object per run (`--repeat`)'),
  })
  .meta({ title: 'creditlab result', description: 'One scenario, run once or several times. Times in ns.' });

/** @interface */
export type Result = Inferred<typeof resultSchema>;
