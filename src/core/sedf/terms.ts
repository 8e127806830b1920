/** What SEDF's numbers mean: its readings, the records that only it makes, its reasons and choices. */
import { WEIGHT_PERIOD_NS } from './constants.ts';
import { OWN_RECORDS } from './own.ts';
import type { PolicyTerms } from '../policy-terms.ts';
import { SEDF_CHOICES, SEDF_REASONS } from './reason.ts';
import { Class } from './state.ts';

/** Where SEDF writes what it reads of a vCPU and a VM. */
export const VcpuReading = { class: 0, deadline: 1, used: 2, score: 3 } as const;
export const VmReading = { period: 0, slice: 1, extratime: 2, weight: 3 } as const;

export const SEDF_TERMS: PolicyTerms = {
  type: 'sedf',
  vcpuReadings: [
    {
      key: 'class',
      unit: '',
      description:
        'what it runs in, or could: its reserved time, extra time for what it lost by blocking (L0), extra time (L1)',
      kind: 'class',
      classes: [
        { value: Class.reservation, name: 'reserved' },
        { value: Class.compensation, name: 'L0' },
        { value: Class.extra, name: 'L1' },
        { value: Class.none, name: 'none' },
      ],
      idle: -1,
      initial: Class.none,
    },
    {
      key: 'deadline',
      unit: 'ms',
      description: 'when its period ends; the earliest goes first',
      kind: 'level',
      idle: 0,
      initial: 0,
    },
    {
      key: 'used',
      unit: 'ms',
      description: 'what it has had of its slice',
      kind: 'level',
      idle: 0,
      initial: 0,
    },
    {
      key: 'score',
      unit: '',
      description: 'its place in L1; the lowest goes first, and a piece of extra time raises it',
      kind: 'level',
      idle: 0,
      initial: 0,
    },
  ],
  vmReadings: [
    {
      key: 'period',
      unit: 'ms',
      description: 'of its first vCPU',
      kind: 'level',
      idle: 0,
      initial: WEIGHT_PERIOD_NS,
    },
    {
      key: 'slice',
      unit: 'ms',
      description: 'of its first vCPU, in each period; 0 is no reservation',
      kind: 'level',
      idle: 0,
      initial: 0,
    },
    {
      key: 'extratime',
      unit: '',
      description: '1 if it may have what reservations leave over',
      kind: 'level',
      idle: 0,
      initial: 1,
    },
    {
      key: 'weight',
      unit: '',
      description: 'its part beside others; 0 is a reservation',
      kind: 'level',
      idle: 0,
      initial: 1,
    },
  ],
  records: OWN_RECORDS,
  reasons: SEDF_REASONS,
  choices: SEDF_CHOICES,
};
