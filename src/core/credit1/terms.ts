/** What credit1's numbers mean: its readings, the records that only it makes, its reasons and choices. */
import type { PolicyTerms, RecordKind } from '../policy-terms.ts';
import { CHOICES, REASONS } from '../reason.ts';
import { Priority } from './constants.ts';
import { CreditChoice, CreditReason } from './reason.ts';

/** Where credit1 writes what it reads of a vCPU and a VM. */
export const VcpuReading = { priority: 0, credit: 1 } as const;
export const VmReading = { weight: 0, cap: 1 } as const;

/** The records that only credit1 makes, by their places in its terms. */
export const Own = {
  acct: 0,
  grant: 1,
  pay: 2,
  boost: 3,
  unboost: 4,
  park: 5,
  unpark: 6,
  activate: 7,
  deactivate: 8,
} as const;

const RECORDS: Readonly<Record<keyof typeof Own, Omit<RecordKind, 'kind'>>> = {
  acct: {
    fields: ['totalWeight', 'balance'],
    description:
      'an accounting ended: weight × vCPUs that take part from now on, and the credits of those it served. ' +
      'Below 0, the next one hands that out on top',
    title: 'accounting',
    mark: 'accountings',
  },
  grant: {
    fields: ['vm', 'toShare', 'weightSum', 'fair', 'peak'],
    description:
      "in it, a VM's part: weightSum = weight × its vCPUs that take part, fair = ⌈toShare × weightSum ÷ all " +
      'weights⌉, but peak at most',
  },
  pay: {
    fields: ['vcpu', 'before', 'share', 'credit', 'priority'],
    description: "in it, a vCPU's part: before + share, clipped, or halved if it saved too much",
  },
  boost: {
    fields: ['vcpu', 'priority'],
    description: 'the wake-up raised it to BOOST',
    title: 'boost',
    counted: 'boosts',
  },
  unboost: { fields: ['vcpu', 'priority'], description: 'a tick took that away', title: 'boost ends' },
  park: {
    fields: ['vcpu'],
    description: 'it is over its cap',
    title: 'park',
    effect: 'park',
    counted: 'parks',
  },
  unpark: { fields: ['vcpu'], description: 'it no longer is', title: 'unpark', effect: 'unpark' },
  activate: {
    fields: ['vcpu', 'activeCount'],
    description: 'it takes part in accounting from now on; so many of its VM do',
    title: 'joins accounting',
  },
  deactivate: {
    fields: ['vcpu', 'activeCount'],
    description: 'it no longer does, having saved too much',
    title: 'leaves accounting',
  },
};

const [sliceOver, tickled, blocked, paused, yielded] = REASONS;

export const CREDIT_TERMS: PolicyTerms = {
  type: 'credit',
  vcpuReadings: [
    {
      key: 'priority',
      unit: '',
      description: 'who goes first; BOOST after a wake-up, OVER while in debt',
      kind: 'class',
      classes: [
        { value: Priority.boost, name: 'BOOST' },
        { value: Priority.under, name: 'UNDER' },
        { value: Priority.over, name: 'OVER' },
      ],
      idle: Priority.idle,
      initial: Priority.under,
    },
    {
      key: 'credit',
      unit: 'credits',
      description: '100 µs each: what it may still run before it is OVER',
      kind: 'level',
      idle: 0,
      initial: 0,
    },
  ],
  vmReadings: [
    { key: 'weight', unit: '', description: 'its part beside others', kind: 'level', idle: 0, initial: 256 },
    {
      key: 'cap',
      unit: '%',
      description: 'of one pCPU, for all its vCPUs together; 0 is no cap',
      kind: 'level',
      idle: 0,
      initial: 0,
    },
  ],
  records: (Object.keys(Own) as (keyof typeof Own)[]).map((kind) => ({ kind, ...RECORDS[kind] })),
  reasons: [
    sliceOver,
    {
      value: CreditReason.rateLimitOver,
      key: 'rateLimitOver',
      title: 'rate limit',
      began: 'the rate limit, which had put the decision off, was over',
      ended: 'it was preempted, as soon as the rate limit allowed it',
      after: 'preempted',
    },
    tickled,
    blocked,
    {
      value: CreditReason.parked,
      key: 'parked',
      title: 'parked',
      began: 'the one before was parked: its VM was over its cap',
      ended: 'it was parked: its VM was over its cap',
      after: 'parked',
    },
    paused,
    yielded,
    {
      value: CreditReason.moved,
      key: 'moved',
      title: 'moved',
      began: 'the one before went to a better pCPU',
      ended: 'it went to a better pCPU',
      after: 'requeued',
    },
  ],
  choices: [
    ...CHOICES,
    { value: CreditChoice.rateLimited, key: 'rateLimited', words: 'the rate limit kept it there' },
  ],
};
