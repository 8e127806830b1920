import { z } from 'zod';
import { atNs, count, flag, pcpu, vcpu, vcpuOrIdle } from '../golden-records.ts';

const credit = z.int().describe('credits: ns of the heaviest vCPU of the runqueue');
const slice = z.int().min(-1).describe('its slice, ns; -1 of the idle one');
const budget = z.int().describe('of a capped VM only: what the vCPU holds, ns');
const pool = z.int().describe("the VM's pool, ns");
const runqueue = count.describe('runqueue');
const load = z.int().min(0).describe('average load, 2^18 for a pCPU');
const outcome = z.literal([0, -22]);

/** The records that there are, kind by kind. All are compared. */
export const recordSchema = z.union([
  z
    .union([
      z.tuple([z.literal('sw'), atNs, pcpu, vcpuOrIdle, credit, vcpuOrIdle, credit, slice]),
      z.tuple([z.literal('sw'), atNs, pcpu, vcpuOrIdle, credit, vcpu, credit, slice, budget, pool]),
    ])
    .describe('a pCPU changes what it runs: from whom, and to whom'),
  z
    .union([
      z.tuple([z.literal('run'), atNs, pcpu, vcpu, credit, slice]),
      z.tuple([z.literal('run'), atNs, pcpu, vcpu, credit, slice, budget, pool]),
    ])
    .describe('a pCPU decided to go on with the vCPU that runs there'),
  z
    .tuple([
      z.literal('reset'),
      atNs,
      runqueue,
      z.array(z.tuple([vcpu, credit.describe('before'), credit.describe('after')])),
    ])
    .describe('all members of a runqueue were given credit'),
  z.tuple([z.literal('wake'), atNs, vcpu, credit]).describe('a vCPU can run again; nothing has changed yet'),
  z.tuple([z.literal('tickle'), atNs, vcpu, pcpu]).describe('a vCPU was queued, and a pCPU asked to look'),
  z.tuple([z.literal('park'), atNs, vcpu, pool]).describe('a vCPU found no budget'),
  z.tuple([z.literal('unpark'), atNs, vcpu]).describe('there is budget again'),
  z.tuple([z.literal('repl'), atNs, z.string(), pool]).describe('a cap period is over: VM'),
  z.tuple([z.literal('pick'), atNs, vcpu, runqueue, pcpu]).describe('a vCPU was placed'),
  z
    .tuple([z.literal('lchk'), atNs, runqueue, runqueue.describe('with the highest number'), load])
    .describe('after a reset: by how much the loads of two runqueues differ'),
  z
    .tuple([z.literal('bal'), atNs, runqueue, runqueue, load, load])
    .describe('balancing: its own runqueue, the other one, and their loads'),
  z
    .tuple([z.literal('migr'), atNs, vcpu, runqueue, runqueue, flag.describe('1: only asked for')])
    .describe('a vCPU goes to another runqueue'),
  z
    .tuple([z.literal('set'), atNs, z.string(), outcome, count, count])
    .describe('VM, outcome, and weight and cap from now on'),
  z
    .tuple([z.literal('global'), atNs, outcome, z.number()])
    .describe('a change of the rate limit, µs: the one from now on, or the one that was refused'),
  z.tuple([z.literal('done'), atNs, vcpu]).describe('a vCPU has done its work'),
]);

/** What their fields are called, behind kind and time. */
export const RECORD_FIELDS = {
  sw: ['pcpu', 'prev', 'prevCredit', 'next', 'nextCredit', 'slice', 'budget', 'pool'],
  run: ['pcpu', 'vcpu', 'credit', 'slice', 'budget', 'pool'],
  reset: ['runqueue', 'vCPUs'],
  wake: ['vcpu', 'credit'],
  tickle: ['vcpu', 'pcpu'],
  park: ['vcpu', 'pool'],
  unpark: ['vcpu'],
  repl: ['vm', 'pool'],
  pick: ['vcpu', 'runqueue', 'pcpu'],
  lchk: ['runqueue', 'last', 'difference'],
  bal: ['runqueue', 'other', 'load', 'otherLoad'],
  migr: ['vcpu', 'from', 'to', 'requested'],
  set: ['vm', 'rc', 'weight', 'cap'],
  global: ['rc', 'ratelimit'],
  done: ['vcpu'],
} as const;
