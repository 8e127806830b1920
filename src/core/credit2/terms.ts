/** What credit2's numbers mean: its readings, the records that only it makes, its reasons and choices. */
import type { PolicyTerms, RecordKind } from '../policy-terms.ts';
import { CHOICES_OF_ONE_QUEUE, REASONS } from '../reason.ts';
import { DEFAULT_WEIGHT, IDLE_CREDIT, INITIAL_CREDIT } from './constants.ts';
import { Credit2Choice, Credit2Reason } from './reason.ts';

/** Where credit2 writes what it reads of a vCPU and a VM. */
export const VcpuReading = { credit: 0, budget: 1, slice: 2, runqueue: 3 } as const;
export const VmReading = { weight: 0, cap: 1, pool: 2 } as const;

/** The records that only credit2 makes, by their places in its terms. */
export const Own = {
  ready: 0,
  tickle: 1,
  give: 2,
  reset: 3,
  park: 4,
  unpark: 5,
  refill: 6,
  pick: 7,
  weigh: 8,
  balance: 9,
  move: 10,
  ratelimit: 11,
} as const;

const RECORDS: Readonly<Record<keyof typeof Own, Omit<RecordKind, 'kind'>>> = {
  ready: {
    fields: ['vcpu', 'credit'],
    description: 'it can run again: it was woken or unpaused, or its move is done',
  },
  tickle: {
    fields: ['vcpu', 'pcpu'],
    description: 'it waits, and this pCPU is asked to look at the queue',
    title: 'tickle',
  },
  give: {
    fields: ['vcpu', 'before', 'credit'],
    description: 'a reset gives it new credit: what it had, charged until now, and what it has',
  },
  reset: {
    fields: ['queue', 'amount'],
    description: 'all members of a runqueue were given that much new credit, since nobody had any left',
    title: 'reset',
    mark: 'resets',
  },
  park: {
    fields: ['vcpu', 'poolNs'],
    description: "it has no budget, and its VM's pool is empty",
    title: 'park',
    effect: 'park',
    counted: 'parks',
  },
  unpark: { fields: ['vcpu'], description: 'there is budget again', title: 'unpark', effect: 'unpark' },
  refill: {
    fields: ['vm', 'pool'],
    description: 'a cap period is over, and its pool was filled up',
    title: 'pool filled up',
  },
  pick: { fields: ['vcpu', 'runqueue', 'pcpu'], description: 'it was placed' },
  weigh: {
    fields: ['queue', 'last', 'difference'],
    description:
      'after a reset: how far from its own the load of the runqueue is that differs most; Xen looks at the last ' +
      'runqueue to decide how much is too much',
  },
  balance: {
    fields: ['queue', 'other', 'load', 'otherLoad'],
    description: 'that is too much: it looks for vCPUs to exchange',
    title: 'balancing',
  },
  move: {
    fields: ['vcpu', 'fromQueue', 'toQueue', 'isLater'],
    description: 'it goes to another runqueue, at once (0), or when it is off its pCPU (1)',
    title: 'changes its runqueue',
  },
  ratelimit: { fields: ['ratelimitNs'], description: 'a change asks for this rate limit' },
};

const [sliceOver, tickled, blocked, paused, yielded] = REASONS;
const [, nobody] = CHOICES_OF_ONE_QUEUE;

export const CREDIT2_TERMS: PolicyTerms = {
  type: 'credit2',
  vcpuReadings: [
    {
      key: 'credit',
      unit: 'ms',
      description:
        'what it may still run, in the time of the heaviest vCPU of its runqueue; who has most goes first',
      kind: 'level',
      idle: IDLE_CREDIT,
      initial: INITIAL_CREDIT,
    },
    {
      key: 'budget',
      unit: 'ms',
      description: "what it holds of its VM's pool; 0 if the VM has no cap",
      kind: 'level',
      idle: 0,
      initial: 0,
    },
    {
      key: 'slice',
      unit: 'ms',
      description: 'how long its latest slice is',
      kind: 'level',
      idle: 0,
      initial: 0,
    },
    {
      key: 'runqueue',
      unit: '',
      description: 'the runqueue that it is in',
      kind: 'level',
      idle: 0,
      initial: 0,
    },
  ],
  vmReadings: [
    {
      key: 'weight',
      unit: '',
      description: 'its part beside others',
      kind: 'level',
      idle: 0,
      initial: DEFAULT_WEIGHT,
    },
    {
      key: 'cap',
      unit: '%',
      description: 'of one pCPU, for all its vCPUs together; 0 is no cap',
      kind: 'level',
      idle: 0,
      initial: 0,
    },
    {
      key: 'pool',
      unit: 'ms',
      description: 'what its vCPUs may still take in this cap period; below 0: an overrun',
      kind: 'level',
      idle: 0,
      initial: 0,
    },
  ],
  records: (Object.keys(Own) as (keyof typeof Own)[]).map((kind) => ({ kind, ...RECORDS[kind] })),
  reasons: [
    sliceOver,
    tickled,
    blocked,
    {
      value: Credit2Reason.parked,
      key: 'parked',
      title: 'parked',
      began: "the one before was parked: its VM's budget for this cap period was used up",
      ended: "it was parked: its VM's budget for this cap period was used up",
      after: 'parked',
    },
    paused,
    yielded,
    {
      value: Credit2Reason.moved,
      key: 'moved',
      title: 'moved',
      began: 'the one before was sent elsewhere',
      ended: 'it was sent elsewhere',
      after: 'requeued',
    },
  ],
  choices: [
    {
      value: Credit2Choice.queue,
      key: 'queue',
      words: 'it had the most credit of those in the queue that this pCPU may take',
    },
    nobody,
    { value: Credit2Choice.rateLimited, key: 'rateLimited', words: 'the rate limit kept it there' },
    { value: Credit2Choice.kept, key: 'kept', words: 'nobody in the queue had enough more credit' },
  ],
};
