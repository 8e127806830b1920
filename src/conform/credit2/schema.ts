import { z } from 'zod';
import type { Inferred } from '../../base/schema.ts';
import { ARRANGEMENTS } from '../../core/credit2/runqueues.ts';
import { credit2Type } from '../../core/credit2/type.ts';
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
const us = z.number().min(0);
const siblings = z.int().min(1);

const eventSchema = z.strictObject({
  ...eventFields,
  weight: count.exactOptional(),
  cap: count.exactOptional(),
  global: z.strictObject({ ratelimit_us: us }).exactOptional(),
});

const paramsSchema = z.strictObject({
  ratelimit_us: us.exactOptional(),
  runqueue: z.enum(ARRANGEMENTS).exactOptional().describe('which pCPUs share a runqueue; absent: all'),
  cores_per_socket: siblings.exactOptional().describe('absent: 1'),
  threads_per_core: siblings.exactOptional().describe('absent: 1'),
  migrate_resist_us: us.exactOptional(),
  cap_period_ms: ms.exactOptional(),
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
  policy: z.literal(credit2Type.type),
  scenario: scenarioSchema,
  ...fileFields,
  result: resultSchema,
  band: z
    .record(z.string(), bandsSchema)
    .exactOptional()
    .describe('by name of VM: where variants of the run lay, in which VMs start up to 10 ms later'),
});

export type Credit2File = Inferred<typeof fileSchema>;
export type Credit2Scenario = Credit2File['scenario'];
export type Credit2Event = Credit2Scenario['events'][number];
export type Credit2Params = Credit2Scenario['params'];
