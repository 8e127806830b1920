import { z } from 'zod';
import type { Inferred } from '../../base/schema.ts';
import { creditType } from '../../core/credit1/type.ts';
import {
  band,
  eventFields,
  fileFields,
  ms,
  paramFields,
  resultFields,
  scenarioFields,
  vcpuFigures,
  vmFields,
  vmFigures,
} from '../golden-schema.ts';

const count = z.int().min(0);

const eventSchema = z.strictObject({
  ...eventFields,
  weight: count.exactOptional(),
  cap: count.exactOptional(),
  global: z
    .strictObject({
      tslice_ms: ms.exactOptional(),
      ratelimit_us: ms.exactOptional(),
      migr_delay_us: ms.exactOptional(),
    })
    .exactOptional(),
});

/** Strict: a parameter that the simulator doesn't know would be ignored silently. */
const paramsSchema = z.strictObject({
  tslice_ms: ms.exactOptional(),
  ratelimit_us: ms.exactOptional(),
  lb_ratelimit_us: ms.exactOptional(),
  migr_delay_us: ms.exactOptional(),
  acct_phase_us: ms.exactOptional().describe('the first accounting comes that much later'),
  tick_phase_us: ms.exactOptional().describe('ticks of pCPU p come p times that later'),
  ...paramFields,
});

const scenarioSchema = z.object({
  ...scenarioFields,
  vms: z.array(z.strictObject({ ...vmFields, weight: z.int().min(1), cap: count })),
  events: z.array(eventSchema),
  params: paramsSchema,
});

const resultSchema = z.object({
  ...resultFields,
  vcpus: z.array(z.object({ ...vcpuFigures, boosts: z.number() })),
  vms: z
    .record(z.string(), z.object({ ...vmFigures, done_ms: ms.exactOptional() }))
    .describe('by name of VM'),
});

const bandsSchema = z.object({
  pct_of_one_pcpu: band.exactOptional(),
  steady_pct_of_one_pcpu: band.exactOptional(),
  done_ms: band.exactOptional(),
});

export const fileSchema = z.object({
  policy: z.literal(creditType.type).exactOptional(),
  scenario: scenarioSchema,
  ...fileFields,
  result: resultSchema,
  band: z
    .record(z.string(), bandsSchema)
    .describe('by name of VM: where variants of the run lay, with jitter and other phases of accounting'),
});

export type CreditFile = Inferred<typeof fileSchema>;
export type CreditScenario = CreditFile['scenario'];
export type CreditEvent = CreditScenario['events'][number];
export type CreditParams = CreditScenario['params'];
