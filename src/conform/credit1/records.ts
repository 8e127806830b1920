import { z } from 'zod';
import { creditType } from '../../core/credit1/type.ts';
import { atNs, count, flag, pcpu, vcpu, vcpuOrIdle } from '../golden-records.ts';

const [{ classes = [], idle }] = creditType.vcpuReadings;
const priority = z
  .union([...classes.map(({ value }) => value), idle].map((value) => z.literal(value)))
  .describe('BOOST 0, UNDER −1, OVER −2, IDLE −64');
const credit = z.int().describe('credits');

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

/** What the fields of compared kinds are called, behind kind and time. */
export const RECORD_FIELDS = {
  sw: ['pcpu', 'prev', 'prevPri', 'prevCredit', 'next', 'nextPri', 'nextCredit'],
  tick: ['pcpu', 'vcpu', 'pri', 'credit'],
  acct: ['total weight', 'balance', 'vCPUs'],
  park: ['vcpu'],
  unpark: ['vcpu'],
  steal: ['vcpu', 'from', 'to'],
  migrate: ['vcpu', 'from', 'to'],
  done: ['vcpu'],
} as const;

export const KINDS_FOR_READERS = [
  'wake',
  'boost',
  'unboost',
  'acct_start',
  'acct_stop',
  'set',
  'global',
] as const;
