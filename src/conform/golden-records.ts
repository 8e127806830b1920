/** Records of golden files, whatever the policy: kind, time in ns since t = 0, and what the kind needs. */
import { z } from 'zod';
import type { Inferred } from '../base/schema.ts';

// What records are made of.
export const atNs = z.number().min(0).describe('ns');
export const pcpu = z.int().min(0).describe('pCPU');
export const vcpu = z.string().describe('vCPU, as in A.0');
export const vcpuOrIdle = z.string().describe('vCPU; - is the idle one');
export const count = z.int().min(0);
export const flag = z.literal([0, 1]);

const entrySchema = z.array(z.union([z.string(), z.number()]));

const fieldSchema = z.union([z.string(), z.number(), z.array(entrySchema)]);

export type GoldenField = Inferred<typeof fieldSchema>;

/** Any record, as it is read and compared. */
export const anyRecordSchema = z.tuple([z.string(), z.number()], fieldSchema);

export type GoldenRecord = Inferred<typeof anyRecordSchema>;
