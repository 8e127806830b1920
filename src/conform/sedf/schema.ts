import { z } from 'zod';
import type { Inferred } from '../../base/schema.ts';
import { sedfType } from '../../core/sedf/type.ts';
import {
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
import { count } from '../golden-records.ts';

/** A request, as it stands: 0 is not given. */
const request = {
  period_ms: ms.exactOptional(),
  slice_ms: ms.exactOptional(),
  latency_ms: ms.exactOptional(),
  extratime: count.exactOptional().describe('odd: it may have extra time'),
  weight: count.exactOptional(),
};

const scenarioSchema = z.object({
  ...scenarioFields,
  vms: z
    .array(z.strictObject({ ...vmFields, ...request }))
    .describe('with all five numbers of a request, sent when the VM starts, or with none'),
  events: z
    .array(z.strictObject({ ...eventFields, ...request }))
    .describe('requests are sent as the toolstack does: beside what is given stands what it reads back'),
  params: z.strictObject(paramFields),
});

const percent = z.number().min(0);

const resultSchema = z.object({
  ...resultFields,
  vcpus: z.array(
    z.object({
      ...vcpuFigures,
      extra_ns: count.describe('of its CPU time, what was extra time'),
      misses: count,
      wakes_short: count,
      wakes_long: count,
      wakes_extra: count,
    }),
  ),
  vms: z
    .record(
      z.string(),
      z.object({
        ...vmFigures,
        pct_reserved: percent.exactOptional().describe('of one pCPU'),
        pct_extra: percent.exactOptional().describe('of one pCPU'),
      }),
    )
    .describe('by name of VM'),
  pcpus: z.array(z.object({ pcpu: count, busy_ns: z.number().min(0), idle_pct: percent })).exactOptional(),
  decisions: count.exactOptional().describe('not compared: how often a pCPU decided'),
  zero_length_decisions: count.exactOptional().describe('not compared: of these, how many were over at once'),
});

export const fileSchema = z.object({
  policy: z.literal(sedfType.type),
  scenario: scenarioSchema,
  ...fileFields,
  result: resultSchema,
});

export type SedfFile = Inferred<typeof fileSchema>;
export type SedfScenario = SedfFile['scenario'];
export type SedfEvent = SedfScenario['events'][number];
