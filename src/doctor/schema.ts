/** What `creditlab doctor --json` writes, as a schema, from which `schema/doctor.schema.json` is written. */
import { z } from 'zod';
import { DIAGNOSIS_FORMAT, DIAGNOSIS_VERSION, type Diagnosis } from './diagnosis.ts';

const cpu = z.int().min(0);
const ns = z.number().min(0);
const amount = z.number().min(0);

const finding = z.strictObject({
  key: z.string(),
  title: z.string(),
  state: z.string().describe('what is'),
  level: z.enum(['good', 'notice', 'bad', 'unknown']),
  consequence: z.string().nullable().describe('what it does to timings; null when good or unknown'),
  remedy: z.string().nullable().describe('what to do; null when there is nothing to do'),
});

const probe = z.strictObject({
  pcpu: cpu,
  windowNs: ns,
  tickLatenessNs: z.strictObject({ p50: ns, p99: ns }),
  shareErrorPoints: amount.describe('measured against predicted share, the larger one of two VMs'),
  stolenPercent: amount.describe("of the VMs' time on the core"),
  speedDriftPercent: amount.nullable().describe('null: not measured'),
  expected: z.strictObject({ sharePoints: amount, timePercent: amount }).describe('of runs on this machine'),
});

export const diagnosisSchema = z
  .strictObject({
    format: z.literal(DIAGNOSIS_FORMAT),
    version: z.literal(DIAGNOSIS_VERSION),
    generator: z.strictObject({ name: z.literal('creditlab'), version: z.string() }),
    examinedAt: z.iso.datetime(),
    examinedPcpus: z.array(cpu),
    fit: z.boolean().describe('nothing was found that spoils timings'),
    findings: z.array(finding),
    recommended: z.strictObject({ pcpus: z.array(cpu), why: z.string() }),
    probe: probe.nullable(),
  })
  .meta({ title: 'creditlab doctor', description: 'What on a machine disturbs timings. Times in ns.' });

type Plain<T> = T extends readonly (infer E)[]
  ? readonly Plain<E>[]
  : T extends object
    ? { readonly [K in keyof T]: Plain<T[K]> }
    : T;
type Same<A, B> = [A] extends [B] ? ([B] extends [A] ? true : never) : never;
/** Does not compile when the schema and the type have drifted apart. */
export const schemaMatchesType: Same<Plain<z.infer<typeof diagnosisSchema>>, Diagnosis> = true;
