import { z } from 'zod';
import type { Inferred } from '../base/schema.ts';
import { field } from '../base/schema.ts';

export const workloadRefSchema = z.strictObject({
  spec: field(z.string(), "as the user wrote it: a built-in's name, a path, or a package"),
  url: field(z.string(), 'file URL of the module'),
  size: field(z.int().min(1).nullable(), 'problem size', { note: "null: the workload's default" }),
});

/**
 * What each vCPU computes.
 *
 * @interface
 */
export type WorkloadRef = Inferred<typeof workloadRefSchema>;

export const workSchema = z.union([
  z.strictObject({
    kind: z.literal('cpu'),
    ns: field(z.number().min(0), 'CPU time that it takes alone, calibrated before the run', { unit: 'ns' }),
  }),
  z.strictObject({
    kind: z.literal('units'),
    units: field(z.int().min(1), 'steps of the workload'),
  }),
]);

/** Fixed work: seconds of solo CPU (calibrated on this machine before the run) or a number of steps. */
export type Work = Inferred<typeof workSchema>;
