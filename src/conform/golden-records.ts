/** The records of a trace as a schema: kind, time in ns since t = 0, and what the kind needs. */
import { z } from 'zod';
import { policyTypeOf } from '../policies.ts';
import type { Inferred } from '../base/schema.ts';

const atNs = z.number().min(0).describe('ns');
const pcpu = z.int().min(0).describe('pCPU');
const vcpu = z.string().describe('vCPU, as in A.0');
const vcpuOrIdle = z.string().describe('vCPU; - is the idle one');
/** The policy that golden files are of. */
export const GOLDEN_POLICY_TYPE = 'credit';

const [{ classes = [], idle }] = policyTypeOf(GOLDEN_POLICY_TYPE).vcpuReadings;
const priority = z
  .union([...classes.map(({ value }) => value), idle].map((value) => z.literal(value)))
  .describe('BOOST 0, UNDER −1, OVER −2, IDLE −64');
const credit = z.int().describe('credits');
const count = z.int().min(0);
const flag = z.literal([0, 1]);

const acctEntrySchema = z.tuple([z.string(), z.number(), z.number(), z.number(), z.number(), z.number()]);

/** Name, credit, priority, active, parked, last share. */
export type GoldenAcctEntry = Inferred<typeof acctEntrySchema>;

const fieldSchema = z.union([z.string(), z.number(), z.array(acctEntrySchema)]);

export type GoldenField = Inferred<typeof fieldSchema>;

/** Any record, as it is read and compared: kind, time in ns, and what the kind needs. */
export const anyRecordSchema = z.tuple([z.string(), z.number()], fieldSchema);

export type GoldenRecord = Inferred<typeof anyRecordSchema>;

const vcpuState = z.tuple([
  vcpu,
  credit,
  priority,
  flag.describe('active'),
  flag.describe('parked'),
  credit.describe('what the latest accounting that served it gave it'),
]);

/** The records that there are, kind by kind. */
export const recordSchema = z.union([
  z
    .tuple([z.literal('sw'), atNs, pcpu, vcpuOrIdle, priority, credit, vcpuOrIdle, priority, credit])
    .describe('a pCPU changes what it runs: from whom, with which priority and credit, and to whom'),
  z
    .tuple([z.literal('tick'), atNs, pcpu, vcpu, priority, credit])
    .describe('a tick found this vCPU running; priority and credit after it'),
  z
    .tuple([z.literal('acct'), atNs, count, z.int(), z.array(vcpuState)])
    .describe('an accounting ended: total weight, balance, and each vCPU of the VMs that have started'),
  z
    .tuple([z.enum(['park', 'unpark']), atNs, vcpu])
    .describe('an accounting parked a vCPU for its cap, or no longer does'),
  z
    .tuple([z.enum(['steal', 'migrate']), atNs, vcpu, pcpu, pcpu])
    .describe('a vCPU goes from one pCPU to another: taken out of a queue, or moved by a tick'),
  z.tuple([z.literal('done'), atNs, vcpu]).describe('a vCPU has done its work'),
  z
    .tuple([z.literal('wake'), atNs, vcpu, priority])
    .describe('not compared: a blocked vCPU is woken; priority before'),
  z
    .tuple([z.enum(['boost', 'unboost']), atNs, vcpu])
    .describe('not compared: BOOST is given, or taken by a tick'),
  z
    .tuple([z.enum(['acct_start', 'acct_stop']), atNs, vcpu, count])
    .describe(
      'not compared: a vCPU takes part in accounting, or no longer does; active vCPUs of its VM then',
    ),
  z
    .tuple([z.literal('set'), atNs, z.string(), count, count])
    .describe('not compared: VM, weight and cap from now on'),
  z
    .tuple([z.literal('global'), atNs, z.literal([0, -1])])
    .describe("not compared: the scheduler's own parameters were changed (0), or that was refused (−1)"),
]);
