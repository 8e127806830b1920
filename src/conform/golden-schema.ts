/** What a golden file must look like, so that one that doesn't is refused before anything is run. */
import { z } from 'zod';

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
    params: z.record(z.string(), z.number()),
  }),
  // Record by record below: traces are long.
  trace: z.array(z.unknown()),
  trace_until_ns: z.number(),
  result: z.object({
    end_ns: z.number(),
    vcpus: z.array(
      z.object({
        name: z.string(),
        cpu_ns: z.number(),
        done_ns: z.number(),
        dispatches: z.number(),
        boosts: z.number(),
        wakes: z.number(),
      }),
    ),
    vms: z.record(z.string(), z.record(z.string(), z.number())),
    samples_cum_cpu_ns: z.array(z.array(z.number())),
  }),
  band: z.record(z.string(), z.record(z.string(), z.tuple([z.number(), z.number()]))),
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
