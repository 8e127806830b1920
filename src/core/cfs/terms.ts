/** What the numbers of CFS mean: its readings, the records that only it makes, its reasons and choices. */
import { NICE_0_LOAD, USUAL_WEIGHT } from '../fair/nice.ts';
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
    {
      key: 'load',
      unit: '',
      description: `its part beside others; ${NICE_0_LOAD} is nice 0 and weight ${USUAL_WEIGHT}, alone in its VM`,
      kind: 'level',
      idle: 0,
      initial: NICE_0_LOAD,
    },
  ],
  vmReadings: [
    {
      key: 'weight',
      unit: '',
      description: 'its share beside others',
      kind: 'level',
      idle: 0,
      initial: USUAL_WEIGHT,
    },
    {
      key: 'nice',
      unit: '',
      description: 'the lower, the larger its share',
      kind: 'level',
      idle: 0,
      initial: 0,
    },
  ],
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
