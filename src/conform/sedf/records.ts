import { z } from 'zod';
import { atNs, count, flag, pcpu, vcpu, vcpuOrIdle } from '../golden-records.ts';

const deadline = z.number().min(0).describe('deadline, ns');
const used = z.int().min(0).describe('what it has had of its slice, ns');
const score = z.int().describe('score in L1');
const stint = z
  .enum(['edf', 'pen', 'util', 'idle'])
  .describe('what it runs in: its reservation, extra time out of L0 or L1, or nothing');

const vcpuTerms = z.tuple([
  vcpu,
  z.int().describe('period, ns'),
  z.int().describe('slice, ns; below 0 where reservations leave nothing for weights'),
  count.describe('weight'),
  count.describe('weight in extra time'),
  flag.describe('whether it may have extra time'),
]);

/** The records that there are, kind by kind. All are compared. */
export const recordSchema = z.union([
  z
    .tuple([
      z.literal('sw'),
      atNs,
      pcpu,
      vcpuOrIdle,
      deadline,
      used,
      score,
      vcpuOrIdle,
      deadline,
      used,
      stint,
    ])
    .describe(
      'a pCPU changes what it runs: from whom, and to whom; as it is when the decision has been taken',
    ),
  z
    .tuple([z.literal('cls'), atNs, pcpu, vcpu, deadline, used, stint])
    .describe('a pCPU goes on with the vCPU that runs there, in something else than before'),
  z
    .tuple([z.literal('miss'), atNs, vcpu, deadline, z.int().describe('slice, ns'), used])
    .describe('a deadline was missed: which one, and what the vCPU had had by then'),
  z
    .tuple([
      z.literal('wake'),
      atNs,
      vcpu,
      z.enum(['extra', 'short', 'long', 'first-extra', 'first-short', 'first-long']),
      deadline,
      z.int().min(0).describe('what it lost, ns'),
      flag.describe('whether it is to have extra time for that'),
    ])
    .describe('a vCPU can run again: where in its period that is, and what it has then'),
  z
    .tuple([z.literal('set'), atNs, z.string(), z.literal([0, -22]), z.array(vcpuTerms)])
    .describe('a request for a VM, its outcome, and what each vCPU of the VMs that have started has then'),
  z.tuple([z.literal('done'), atNs, vcpu]).describe('a vCPU has done its work'),
]);

/** What their fields are called, behind kind and time. */
export const RECORD_FIELDS = {
  sw: ['pcpu', 'prev', 'prevDeadline', 'prevUsed', 'prevScore', 'next', 'nextDeadline', 'nextUsed', 'class'],
  cls: ['pcpu', 'vcpu', 'deadline', 'used', 'class'],
  miss: ['vcpu', 'deadline', 'slice', 'used'],
  wake: ['vcpu', 'kind', 'deadline', 'lost', 'wantsExtra'],
  set: ['vm', 'rc', 'vcpus'],
  done: ['vcpu'],
} as const;
