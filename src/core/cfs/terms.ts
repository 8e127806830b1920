/** What the numbers of CFS mean: its readings, the records that only it makes, its reasons and choices. */
import { FAIR_VM_READINGS, LOAD_READING } from '../fair/readings.ts';
import { FAIR_CHOICES, FAIR_REASONS } from '../fair/reason.ts';
import type { PolicyTerms } from '../policy-terms.ts';

/** The records that only CFS makes, by their places in its terms. */
export const Own = { place: 0 } as const;

export const CFS_TERMS: PolicyTerms = {
  type: 'cfs',
  vcpuReadings: [
    {
      key: 'vruntime',
      unit: 'ms',
      description: 'what it has run, in virtual time; of a queue the least goes first',
      kind: 'level',
      idle: 0,
      initial: 0,
    },
    {
      key: 'ahead',
      unit: 'ms',
      description:
        'how far its virtual time is ahead of the clock of its pCPU; below 0 is what sleep has earned it',
      kind: 'level',
      idle: 0,
      initial: 0,
    },
    LOAD_READING,
  ],
  vmReadings: FAIR_VM_READINGS,
  records: [
    {
      kind: 'place',
      fields: ['vcpu', 'vruntime'],
      description: 'it is new or has slept: its virtual time is put near the clock of its pCPU',
    },
  ],
  reasons: FAIR_REASONS,
  choices: FAIR_CHOICES,
};
