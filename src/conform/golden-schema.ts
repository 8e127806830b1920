/** What a golden file must look like, so that one that doesn't is refused before anything is run. */
import { z } from 'zod';
import { recordSchema } from './golden-records.ts';

const ms = z.number().min(0);
const count = z.int().min(0);

const vcpu = z.strictObject({
  type: z.enum(['hog', 'finite', 'io', 'periodic', 'yield']),
  work_ms: ms.optional(),
  run_ms: ms.optional(),
  sleep_ms: ms.optional(),
  period_ms: ms.optional(),
  count: count.optional(),
  pin: z.array(count).optional(),
});

const event = z.strictObject({
  at_ms: ms,
  vm: z.string().optional(),
  weight: count.optional(),
  cap: count.optional(),
  action: z.enum(['pause', 'unpause']).optional(),
  global: z
    .strictObject({ tslice_ms: ms.optional(), ratelimit_us: ms.optional(), migr_delay_us: ms.optional() })
    .optional(),
});

const percent = z.number().min(0);
const band = z.tuple([z.number(), z.number()]).describe('least and greatest');

/** Another parameter would be one that the simulator doesn't heed. */
const params = z.strictObject({
  tslice_ms: ms.optional(),
  ratelimit_us: ms.optional(),
  lb_ratelimit_us: ms.optional(),
  migr_delay_us: ms.optional(),
  acct_phase_us: ms.optional().describe('the first accounting comes that much later'),
  tick_phase_us: ms.optional().describe('ticks of pCPU p come p times that later'),
  stop_when_done: z.number().optional().describe('not 0: the run ends when all finite work is done'),
  start_ms: ms.optional().describe('the machine boots that long before t = 0; absent: 900'),
  sample_ms: ms.optional().describe('time between two samples; absent: 1000'),
  trace_ms: ms.optional().describe('how much was to be traced; trace_until_ns says how much was'),
});
export type GoldenParam = keyof z.infer<typeof params>;

const golden = z.object({
  scenario: z.object({
    name: z.string(),
    pcpus: z.int().min(1),
    duration_ms: ms,
    vms: z.array(
      z.strictObject({
        name: z.string(),
        weight: z.int().min(1),
        cap: count,
        start_ms: ms.optional(),
        vcpus: z.array(vcpu),
      }),
    ),
    events: z.array(event),
    params,
  }),
  // Record by record below: traces are long.
  trace: z.array(z.unknown()),
  trace_until_ns: z.number().describe('the trace has all records up to and including that instant'),
  result: z.object({
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
      .record(
        z.string(),
        z.object({
          cpu_ns: z.number().min(0).optional(),
          pct_of_one_pcpu: percent.optional().describe('of the whole run'),
          pct_of_used: percent.optional().describe('of the CPU time of all VMs'),
          steady_pct_of_one_pcpu: percent.optional().describe('from 3 s to the last sample'),
          done_ms: ms.optional(),
        }),
      )
      .describe('by name of VM; a quantity that has no meaning for the run is absent'),
    samples_cum_cpu_ns: z.array(z.array(z.number())).describe('the instant, then the CPU time of each vCPU'),
  }),
  band: z
    .record(
      z.string(),
      z.object({
        pct_of_one_pcpu: band.optional(),
        steady_pct_of_one_pcpu: band.optional(),
        done_ms: band.optional(),
      }),
    )
    .describe('by name of VM: where variants of the run lay, with jitter and other phases of accounting'),
});

/** The whole file, each record included. */
export const goldenSchema = golden.extend({ trace: z.array(recordSchema) }).meta({
  title: 'creditlab golden file',
  description: 'A scenario, and what the genuine scheduler did with it in virtual time. Times from t = 0.',
});

/** The first thing that is wrong with it, or null. */
export function goldenFault(value: unknown): { readonly what: string; readonly expected?: string } | null {
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
