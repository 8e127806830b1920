/** What only SEDF tells and counts. */
import type { CounterKind } from '../counters.ts';
import type { RecordKind } from '../policy-terms.ts';

/** The records that only SEDF makes, by their places in its terms. */
export const Own = { extraWake: 0, shortWake: 1, longWake: 2, miss: 3, terms: 4 } as const;

const WAKE_FIELDS = ['vcpu', 'isFirst', 'deadline', 'lost', 'wantsExtra'];

export const OWN_RECORDS: readonly RecordKind[] = [
  {
    kind: 'extraWake',
    fields: WAKE_FIELDS,
    description: 'it woke up before its next period: only extra time until then',
    title: 'wakes early',
    counted: 'early wakes',
  },
  {
    kind: 'shortWake',
    fields: WAKE_FIELDS,
    description: 'it woke up within its period, and loses what was left of its slice',
    title: 'wakes within its period',
    counted: 'short blocks',
  },
  {
    kind: 'longWake',
    fields: WAKE_FIELDS,
    description: 'it woke up after its deadline: a new period begins',
    title: 'wakes, new period',
  },
  {
    kind: 'miss',
    fields: ['vcpu', 'missed', 'slice', 'used'],
    description:
      'its deadline had passed before it had its slice: what was due is lost, and a new slice begins',
    title: 'deadline missed',
    counted: 'missed deadlines',
  },
  {
    kind: 'terms',
    fields: ['vcpu', 'periodNs', 'sliceNs', 'weight', 'extraWeight', 'hasExtra'],
    description: 'what it has from now on',
  },
];

export const EXTRA_NS: CounterKind = {
  key: 'extraNs',
  title: 'extra time',
  unit: 'ns',
  description: 'CPU time that was extra time, ns',
};
export const MISSES: CounterKind = {
  key: 'misses',
  description: 'deadlines that passed before the vCPU had its slice',
};
export const EXTRA_WAKES: CounterKind = {
  key: 'extraWakes',
  title: 'early wakes',
  description: "wake-ups before the vCPU's next period: only extra time until then",
};
export const SHORT_WAKES: CounterKind = {
  key: 'shortWakes',
  title: 'short wakes',
  description: 'wake-ups within the period: what was left of the slice is lost',
};
export const LONG_WAKES: CounterKind = {
  key: 'longWakes',
  title: 'long wakes',
  description: 'wake-ups after the deadline: a new period begins',
};

export const OWN_COUNTERS: readonly CounterKind[] = [EXTRA_NS, MISSES, EXTRA_WAKES, SHORT_WAKES, LONG_WAKES];
