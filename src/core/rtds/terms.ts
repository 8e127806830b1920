/** What the numbers of RTDS mean: its readings, the records that only it makes, its reasons and choices. */
import type { PolicyTerms, RecordKind } from '../policy-terms.ts';
import { Choice, CHOICES_OF_ONE_QUEUE, REASONS } from '../reason.ts';
import { DEFAULT_BUDGET_NS, DEFAULT_PERIOD_NS } from './parameters.ts';
import { RtdsChoice, RtdsReason } from './reason.ts';

/** Where RTDS writes what it reads of a vCPU and a VM. */
export const VcpuReading = { budget: 0, deadline: 1, level: 2 } as const;
export const VmReading = { period: 0, budget: 1, extratime: 2 } as const;

/** The records that only RTDS makes, by their places in its terms. */
export const Own = { renew: 0, deplete: 1, refill: 2, tickle: 3, resume: 4 } as const;

const RECORDS: Readonly<Record<keyof typeof Own, Omit<RecordKind, 'kind'>>> = {
  renew: {
    fields: ['vcpu', 'deadline', 'budget', 'level'],
    description: 'its period is over: it has a whole budget, and the next deadline',
    title: 'replenishment',
  },
  deplete: {
    fields: ['vcpu'],
    description: 'it is out of budget',
    title: 'budget used up',
    effect: 'park',
    counted: 'times out of budget',
  },
  refill: {
    fields: ['vcpu'],
    description: 'it has budget again',
    title: 'budget again',
    effect: 'unpark',
  },
  tickle: {
    fields: ['vcpu', 'pcpu'],
    description: 'for this vCPU the pCPU was told to decide anew',
  },
  resume: {
    fields: ['vcpu'],
    description: 'its VM goes on, and it can run',
  },
};

const [sliceOver, tickled, blocked, paused, yielded] = REASONS;

export const RTDS_TERMS: PolicyTerms = {
  type: 'rtds',
  vcpuReadings: [
    {
      key: 'budget',
      unit: 'ms',
      description: 'what it may still run in this period, as it was charged last',
      kind: 'level',
      idle: 0,
      initial: DEFAULT_BUDGET_NS,
    },
    {
      key: 'deadline',
      unit: 'ms',
      description: 'when its period ends; of those on one level the earliest goes first',
      kind: 'level',
      idle: 0,
      initial: 0,
    },
    {
      key: 'level',
      unit: '',
      description: 'how often it has used up its budget in this period and gone on; the lowest goes first',
      kind: 'level',
      idle: 0,
      initial: 0,
    },
  ],
  vmReadings: [
    {
      key: 'period',
      unit: 'ms',
      description: 'how often its vCPUs get a budget',
      kind: 'level',
      idle: 0,
      initial: DEFAULT_PERIOD_NS,
    },
    {
      key: 'budget',
      unit: 'ms',
      description: 'how much each of them gets',
      kind: 'level',
      idle: 0,
      initial: DEFAULT_BUDGET_NS,
    },
    {
      key: 'extratime',
      unit: '',
      description: 'whether they go on when it is used up',
      kind: 'class',
      classes: [
        { value: 1, name: 'extratime' },
        { value: 0, name: 'no extratime' },
      ],
      idle: 0,
      initial: 1,
    },
  ],
  records: (Object.keys(Own) as (keyof typeof Own)[]).map((kind) => ({ kind, ...RECORDS[kind] })),
  reasons: [
    {
      value: RtdsReason.budgetOver,
      key: 'budgetOver',
      title: 'out of budget',
      began: 'the budget of the one before was used up',
      ended: 'its budget was used up',
      after: 'parked',
    },
    {
      value: RtdsReason.levelOver,
      key: 'levelOver',
      title: 'next level',
      began: 'the one before had used up its budget, and had to go behind others',
      ended: 'its budget was used up, and it had to go behind others',
      after: 'requeued',
    },
    {
      ...sliceOver,
      began:
        'the budget that the one before had when it came was over, and its new one is for a later deadline',
      ended: 'the budget that it had when it came was over, and its new one is for a later deadline',
    },
    {
      ...tickled,
      began: 'a vCPU came that goes before, and the pCPU was told to look',
      ended: 'it was preempted by one with an earlier deadline, or on a level before',
    },
    blocked,
    paused,
    yielded,
    {
      value: RtdsReason.moved,
      key: 'moved',
      title: 'moved',
      began: 'the one before may no longer run there',
      ended: 'it may no longer run there',
      after: 'requeued',
    },
  ],
  choices: [
    ...CHOICES_OF_ONE_QUEUE.map((choice) =>
      choice.value === Choice.queue
        ? { ...choice, words: 'of those that may run there it has the earliest deadline on the lowest level' }
        : choice,
    ),
    { value: RtdsChoice.kept, key: 'kept', words: 'nobody who waits goes before it' },
  ],
};
