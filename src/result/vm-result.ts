/** What a result says of a VM and its vCPUs: what was measured, what was predicted, and what is ideal. */
import { z } from 'zod';
import { bandSchema } from '../analysis/schema.ts';
import type { Inferred } from '../base/schema.ts';
import { field } from '../base/schema.ts';
import { count, ns, NS, OLDER, SHARE } from './quantities.ts';

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
  counters: field(
    z.record(z.string(), count).exactOptional(),
    'what only this scheduler counts, by name, such as the `boosts` of credit',
    { note: `in the CSV a column each; ${OLDER}` },
  ),
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

const UNDECLARED = "absent: the scheduler's VMs have none";

export const vmSchema = z.strictObject({
  name: field(z.string(), 'of the VM', { column: 'vm' }),
  weight: field(z.int().exactOptional(), 'share of CPU time relative to the other VMs, per vCPU', {
    note: `at the start; ${UNDECLARED}`,
    title: 'weight',
    column: 'vmWeight',
  }),
  cap: field(z.int().exactOptional(), 'most CPU time for the whole VM; 0 is none', {
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
      'its work or a VM is paused or destroyed',
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
