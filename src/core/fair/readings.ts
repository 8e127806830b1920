/** Readings that all fair schedulers have. FairPolicy writes those of a VM. */
import { NICE_0_LOAD, USUAL_WEIGHT } from './nice.ts';
import type { Reading } from '../policy-terms.ts';

export const LOAD_READING: Reading = {
  key: 'load',
  unit: '',
  description: `its part beside others; ${NICE_0_LOAD} is nice 0 and weight ${USUAL_WEIGHT}, alone in its VM`,
  kind: 'level',
  idle: 0,
  initial: NICE_0_LOAD,
};

export const FAIR_VM_READINGS: readonly Reading[] = [
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
];
