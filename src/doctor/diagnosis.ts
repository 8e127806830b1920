/** The file that `creditlab doctor --json` writes. */
import { z } from 'zod';
import type { Inferred } from '../base/schema.ts';
import { field } from '../base/schema.ts';
import { recommendationSchema } from '../cpus/host-cpus.ts';
import { generatorSchema } from '../result/result.ts';

const cpu = z.int().min(0);
const ns = z.number().min(0);
const amount = z.number().min(0);
const NS = { unit: 'ns' };

const findingSchema = z.strictObject({
  key: field(z.string(), 'which topic'),
  title: field(z.string(), 'the same for people'),
  state: field(z.string(), 'what is, in a few words'),
  level: field(
    z.enum(['good', 'notice', 'bad', 'unknown']),
    '`notice`: worth knowing, timings stay usable; `bad`: it will spoil timings; `unknown`: the system does not say',
  ),
  consequence: field(z.string().nullable(), 'what it does to timings', { note: 'null when good or unknown' }),
  remedy: field(z.string().nullable(), 'what to do, with the command where there is one', {
    note: 'null when there is nothing to do',
  }),
});

/** What the doctor has to say about one topic. */
export type Finding = Inferred<typeof findingSchema>;
export type FindingLevel = Finding['level'];

const probeSchema = z.strictObject({
  pcpu: field(cpu, 'host CPU'),
  windowNs: field(ns, 'how long it was measured', NS),
  tickLatenessNs: field(
    z.strictObject({ p50: field(ns, 'the median', NS), p99: field(ns, 'the 99th percentile', NS) }),
    "how late the scheduler's timers were served",
    NS,
  ),
  sliceEndLateNs: field(ns.nullable(), 'how late slices end, timers and hand-overs, by their medians', {
    ...NS,
    note: 'null: no timer was served',
  }),
  shareErrorPoints: field(amount, 'measured against predicted share, the larger one of two VMs', {
    unit: 'points of the pCPU',
  }),
  stolenPercent: field(amount, "of the VMs' time on the core, taken by others", { unit: 'percent' }),
  speedDriftPercent: field(
    amount.nullable(),
    'work per CPU time, of each VM and part of the run: the mean deviation from the median',
    { unit: 'percent', note: 'null: not measured' },
  ),
  expected: field(
    z.strictObject({
      sharePoints: field(amount, 'how far shares may be off', { unit: 'points of the pCPU' }),
      timePercent: field(amount, 'how far execution times may be off', { unit: 'percent' }),
    }),
    'of runs on this machine, not rounded',
  ),
});

export type Probe = Inferred<typeof probeSchema>;
/** What a run shows of a machine, whatever ran. */
export type Precision = Omit<Probe, 'pcpu' | 'windowNs'>;

export const diagnosisSchema = z
  .strictObject({
    format: field(z.literal('creditlab-doctor'), '`creditlab-doctor`'),
    version: field(z.literal(1), '1'),
    generator: field(generatorSchema, 'what wrote it'),
    examinedAt: field(z.iso.datetime(), 'date and time'),
    examinedPcpus: field(z.array(cpu), 'host CPUs; the first one was probed'),
    fit: field(z.boolean(), 'true if nothing is `bad`'),
    findings: field(z.array(findingSchema), 'one per topic'),
    recommended: field(recommendationSchema, 'the pCPUs to use'),
    probe: field(probeSchema.nullable(), 'a short run', {
      note: 'null: not measured, and then the finding `precision` says why',
    }),
  })
  .meta({ title: 'creditlab doctor', description: 'What on a machine disturbs timings. Times in ns.' });

export type Diagnosis = Inferred<typeof diagnosisSchema>;
