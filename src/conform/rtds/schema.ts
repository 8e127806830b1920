import { z } from 'zod';
import type { Inferred } from '../../base/schema.ts';
import { rtdsType } from '../../core/rtds/type.ts';
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

const us = z.number().min(0);

const scenarioSchema = z.object({
  ...scenarioFields,
  vms: z.array(z.strictObject({ ...vmFields, period_us: us, budget_us: us, extratime: z.boolean() })),
  events: z.array(
    z.strictObject({
      ...eventFields,
      period_us: us.exactOptional(),
      budget_us: us.exactOptional(),
      extratime: z.boolean().exactOptional(),
    }),
  ),
  params: z.strictObject(paramFields),
});

const resultSchema = z.object({
  ...resultFields,
  vcpus: z.array(z.object(vcpuFigures)),
  vms: z
    .record(z.string(), z.object({ ...vmFigures, last_done_ms: ms.exactOptional() }))
    .describe('by name of VM'),
});

const bandsSchema = z.object({
  pct_of_one_pcpu: band.exactOptional(),
  steady_pct_of_one_pcpu: band.exactOptional(),
  last_done_ms: band.exactOptional(),
});

export const fileSchema = z.object({
  policy: z.literal(rtdsType.type),
  scenario: scenarioSchema,
  ...fileFields,
  result: resultSchema,
  band: z
    .record(z.string(), bandsSchema)
    .exactOptional()
    .describe('by name of VM: where variants of the run lay, in which VMs start up to 10 ms later'),
});

export type RtdsFile = Inferred<typeof fileSchema>;
export type RtdsScenario = RtdsFile['scenario'];
export type RtdsEvent = RtdsScenario['events'][number];
