/** What the numbers of linux-rt mean: its readings, the records that only it makes, its reasons and choices. */
import { CFS_TERMS } from '../cfs/terms.ts';
import { VmClass } from './parameters.ts';
import type { PolicyTerms, ReasonKind } from '../policy-terms.ts';
import { Reason } from '../reason.ts';

/** The records that only it makes, by their places in its terms: that of cfs is the first. */
export const Own = { throttle: 1, unthrottle: 2 } as const;

export const RtReason = {
  ...Reason,
  /** real-time vCPUs of the pCPU have used up rt-runtime */
  throttled: 5,
  /** a new rt-period has begun, or the limits were changed */
  allowed: 6,
} as const;

const OWN_REASONS: readonly ReasonKind[] = [
  {
    value: RtReason.throttled,
    key: 'throttled',
    title: 'throttled',
    began: 'the real-time vCPUs of the pCPU had used up rt-runtime',
    ended: 'the real-time vCPUs of its pCPU had used up rt-runtime',
    after: 'parked',
  },
  {
    value: RtReason.allowed,
    key: 'allowed',
    title: 'new rt-period',
    lossTitle: 'preempted',
    began: 'a new rt-period began for the real-time vCPUs of the pCPU',
    ended: 'a new rt-period began for the real-time vCPUs of its pCPU',
    after: 'preempted',
  },
];

const [place] = CFS_TERMS.records;

export const LINUX_RT_TERMS: PolicyTerms = {
  type: 'linux-rt',
  vcpuReadings: [
    {
      key: 'priority',
      unit: '',
      description: 'the highest goes first; 0 is class other',
      kind: 'level',
      idle: 0,
      initial: 0,
    },
    ...CFS_TERMS.vcpuReadings,
  ],
  vmReadings: [
    {
      key: 'class',
      unit: '',
      description: 'how its vCPUs are scheduled',
      kind: 'class',
      classes: [
        { value: VmClass.fifo, name: 'fifo' },
        { value: VmClass.rr, name: 'rr' },
        { value: VmClass.other, name: 'other' },
      ],
      idle: VmClass.other,
      initial: VmClass.other,
    },
    {
      key: 'priority',
      unit: '',
      description: 'its real-time priority; 0 is class other',
      kind: 'level',
      idle: 0,
      initial: 0,
    },
    ...CFS_TERMS.vmReadings,
  ],
  records: [
    place,
    {
      kind: 'throttle',
      fields: ['vcpu', 'pcpu'],
      description: 'the real-time vCPUs of its pCPU have used up rt-runtime: it waits for the next rt-period',
      title: 'throttled',
      effect: 'park',
      counted: 'throttlings',
    },
    {
      kind: 'unthrottle',
      fields: ['vcpu'],
      description: 'it need not wait for the next rt-period any more',
      title: 'no longer throttled',
      effect: 'unpark',
    },
  ],
  reasons: [...CFS_TERMS.reasons, ...OWN_REASONS],
  choices: CFS_TERMS.choices,
};
