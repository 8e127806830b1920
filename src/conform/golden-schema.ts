/** The form of a golden file. A file of another form is refused before anything is run. */
import { z } from 'zod';
import type { Inferred } from '../base/schema.ts';
import { type GoldenRecord, recordSchema } from './golden-records.ts';

const ms = z.number().min(0);
const count = z.int().min(0);

const vcpuSchema = z.strictObject({
  type: z.enum(['hog', 'finite', 'io', 'periodic', 'yield']),
  work_ms: ms.exactOptional(),
  run_ms: ms.exactOptional(),
  sleep_ms: ms.exactOptional(),
  period_ms: ms.exactOptional(),
  count: count.exactOptional(),
  pin: z.array(count).exactOptional(),
});

const eventSchema = z.strictObject({
  at_ms: ms,
  vm: z.string().exactOptional(),
  weight: count.exactOptional(),
  cap: count.exactOptional(),
  action: z.enum(['pause', 'unpause']).exactOptional(),
  global: z
    .strictObject({
      tslice_ms: ms.exactOptional(),
      ratelimit_us: ms.exactOptional(),
      migr_delay_us: ms.exactOptional(),
    })
    .exactOptional(),
});

const percent = z.number().min(0);
const band = z.tuple([z.number(), z.number()]).describe('least and greatest');

/** Strict: a parameter that the simulator doesn't know would be ignored silently. */
const paramsSchema = z.strictObject({
  tslice_ms: ms.exactOptional(),
  ratelimit_us: ms.exactOptional(),
  lb_ratelimit_us: ms.exactOptional(),
  migr_delay_us: ms.exactOptional(),
  acct_phase_us: ms.exactOptional().describe('the first accounting comes that much later'),
  tick_phase_us: ms.exactOptional().describe('ticks of pCPU p come p times that later'),
  stop_when_done: z.number().exactOptional().describe('not 0: the run ends when all finite work is done'),
  start_ms: ms.exactOptional().describe('the machine boots that long before t = 0; absent: 900'),
  sample_ms: ms.exactOptional().describe('time between two samples; absent: 1000'),
  trace_ms: ms.exactOptional().describe('how much was to be traced; trace_until_ns says how much was'),
});
export type GoldenParam = keyof z.infer<typeof paramsSchema>;

const scenarioSchema = z.object({
  name: z.string(),
  pcpus: z.int().min(1),
  duration_ms: ms,
  vms: z.array(
    z.strictObject({
      name: z.string(),
      weight: z.int().min(1),
      cap: count,
      start_ms: ms.exactOptional(),
      vcpus: z.array(vcpuSchema),
    }),
  ),
  events: z.array(eventSchema),
  params: paramsSchema,
});

const vmQuantitiesSchema = z.object({
  cpu_ns: z.number().min(0).exactOptional(),
  pct_of_one_pcpu: percent.exactOptional().describe('of the whole run'),
  pct_of_used: percent.exactOptional().describe('of the CPU time of all VMs'),
  steady_pct_of_one_pcpu: percent.exactOptional().describe('from 3 s to the last sample'),
  done_ms: ms.exactOptional(),
});

const resultSchema = z.object({
  end_ns: z.number(),
  vcpus: z.array(
    z.object({
      name: z.string(),
      cpu_ns: z.number(),
      done_ns: z.number().describe('-1: it never was'),
      dispatches: z.number(),
      boosts: z.number(),
      wakes: z.number().describe('how often its own timer woke it'),
    }),
  ),
  vms: z
    .record(z.string(), vmQuantitiesSchema)
    .describe('by name of VM; a quantity that has no meaning for the run is absent'),
  samples_cum_cpu_ns: z.array(z.array(z.number())).describe('the instant, then the CPU time of each vCPU'),
});

const bandsSchema = z.object({
  pct_of_one_pcpu: band.exactOptional(),
  steady_pct_of_one_pcpu: band.exactOptional(),
  done_ms: band.exactOptional(),
});

const golden = z.object({
  scenario: scenarioSchema,
  // Record by record below: traces are long.
  trace: z.custom<readonly GoldenRecord[]>((value) => Array.isArray(value), 'Invalid input: expected array'),
  trace_until_ns: z.number().describe('the trace has all records up to and including that instant'),
  result: resultSchema,
  band: z
    .record(z.string(), bandsSchema)
    .describe('by name of VM: where variants of the run lay, with jitter and other phases of accounting'),
});

/** A golden file: a scenario, and what the genuine scheduler did with it in virtual time. */
export type GoldenFile = Inferred<typeof golden>;
export type GoldenScenario = Inferred<typeof scenarioSchema>;
export type GoldenVcpu = Inferred<typeof vcpuSchema>;
export type GoldenEvent = Inferred<typeof eventSchema>;
export type GoldenResult = Inferred<typeof resultSchema>;
/**
 * What golden files say of a VM as a whole; shares in percent. A quantity that has no meaning for the run is absent.
 */
export type VmQuantities = Inferred<typeof vmQuantitiesSchema>;
export type VmBands = Inferred<typeof bandsSchema>;

/** The whole file, each record included. */
export const goldenSchema = golden.extend({ trace: z.array(recordSchema) }).meta({
  title: 'creditlab golden file',
  description: 'A scenario, and what the genuine scheduler did with it in virtual time. Times from t = 0.',
});

/** The first thing that is wrong with it, or null. */
export function goldenProblem(value: unknown): { readonly what: string; readonly expected?: string } | null {
  const parsed = golden.safeParse(value);
  if (!parsed.success) {
    const [issue] = parsed.error.issues;
    const at = issue.path.map(String).join('.');
    return { what: at === '' ? issue.message : `${at}: ${issue.message}` };
  }
  const { trace, scenario, result } = parsed.data;
  const index = trace.findIndex((record) => !isRecord(record));
  if (index >= 0) return { what: `trace.${String(index)} is no record`, expected: '[kind, time in ns, …]' };
  const vcpus = scenario.vms.reduce((sum, vm) => sum + vm.vcpus.length, 0);
  if (result.vcpus.length === vcpus) return null;
  return { what: `result.vcpus has ${String(result.vcpus.length)} entries`, expected: `${String(vcpus)}` };
}

function isRecord(value: unknown): boolean {
  return Array.isArray(value) && typeof value[0] === 'string' && typeof value[1] === 'number';
}
