import { z } from 'zod';
import type { Inferred } from '../../base/schema.ts';
import { ARRANGEMENTS } from '../../core/credit2/runqueues.ts';
import { credit2Type } from '../../core/credit2/type.ts';
import {
  eventFields,
  fileFields,
  lateStartBand,
  lateStartResult,
  ms,
  paramFields,
  scenarioFields,
  vmFields,
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

export const fileSchema = z.object({
  policy: z.literal(credit2Type.type),
  scenario: scenarioSchema,
  ...fileFields,
  result: lateStartResult,
  band: lateStartBand,
});

export type Credit2File = Inferred<typeof fileSchema>;
export type Credit2Scenario = Credit2File['scenario'];
export type Credit2Event = Credit2Scenario['events'][number];
export type Credit2Params = Credit2Scenario['params'];
