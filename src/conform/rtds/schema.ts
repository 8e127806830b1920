import { z } from 'zod';
import type { Inferred } from '../../base/schema.ts';
import { rtdsType } from '../../core/rtds/type.ts';
import {
  eventFields,
  fileFields,
  lateStartBand,
  lateStartResult,
  paramFields,
  scenarioFields,
  vmFields,
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

export const fileSchema = z.object({
  policy: z.literal(rtdsType.type),
  scenario: scenarioSchema,
  ...fileFields,
  result: lateStartResult,
  band: lateStartBand,
});

export type RtdsFile = Inferred<typeof fileSchema>;
export type RtdsScenario = RtdsFile['scenario'];
export type RtdsEvent = RtdsScenario['events'][number];
