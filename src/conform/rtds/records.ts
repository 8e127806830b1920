import { z } from 'zod';
import { atNs, count, flag, pcpu, vcpu, vcpuOrIdle } from '../golden-records.ts';

const budget = z.int().min(0).describe('budget, ns');
const deadline = z.int().describe('deadline, ns; may be negative before t = 0');
const level = count.describe('level');

/** The records that there are, kind by kind. All are compared. */
export const recordSchema = z.union([
  z
    .tuple([z.literal('sw'), atNs, pcpu, vcpuOrIdle, budget, level, vcpuOrIdle, budget, deadline, level])
    .describe('a pCPU changes what it runs: from whom, as it was charged, and to whom'),
  z
    .tuple([z.literal('run'), atNs, pcpu, vcpu, budget, deadline, level])
    .describe('a pCPU decided to go on with the vCPU that runs there'),
  z
    .tuple([z.literal('repl'), atNs, vcpu, deadline, budget])
    .describe('a vCPU has a new deadline and a whole budget'),
  z
    .tuple([z.literal('wake'), atNs, vcpu, budget, deadline, level])
    .describe('a vCPU can run again; what it had before'),
  z.tuple([z.literal('tickle'), atNs, pcpu]).describe('a pCPU was told to decide anew'),
  z
    .tuple([z.literal('set'), atNs, z.string(), z.literal([0, -22]), z.number(), z.number(), flag])
    .describe(
      'a request for a VM: its outcome; period and budget in µs, and extra time, as they were asked for',
    ),
  z.tuple([z.literal('done'), atNs, vcpu]).describe('a vCPU has done its work'),
]);

/** What their fields are called, behind kind and time. */
export const RECORD_FIELDS = {
  sw: ['pcpu', 'prev', 'prevBudget', 'prevLevel', 'next', 'nextBudget', 'nextDeadline', 'nextLevel'],
  run: ['pcpu', 'vcpu', 'budget', 'deadline', 'level'],
  repl: ['vcpu', 'deadline', 'budget'],
  wake: ['vcpu', 'budget', 'deadline', 'level'],
  tickle: ['pcpu'],
  set: ['vm', 'rc', 'period', 'budget', 'extratime'],
  done: ['vcpu'],
} as const;
