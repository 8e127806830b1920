/** What all fair schedulers let users set: of the scheduler, and of a VM. */
import { LEAST_NICE, MOST_NICE, USUAL_WEIGHT } from './nice.ts';
import type { Parameter } from '../policy-type.ts';

const MS = 1_000_000;

export const TICK = {
  key: 'tick',
  field: 'tickNs',
  unit: 'time',
  min: MS,
  max: 100 * MS,
  default: 4 * MS,
  description: 'How often each pCPU looks whether another one is to run: 4 ms is HZ=250',
  isTunable: true,
} as const satisfies Parameter;

export const BALANCE = {
  key: 'balance',
  field: 'balanceNs',
  unit: 'time',
  min: MS,
  max: 10_000 * MS,
  zero: 'never',
  default: 16 * MS,
  description: 'How often a busy pCPU looks for work of busier ones, times the number of pCPUs',
  isTunable: true,
} as const satisfies Parameter;

export const FAIR_VM_PARAMETERS = [
  {
    key: 'weight',
    field: 'weight',
    unit: 'number',
    min: 1,
    max: 65_535,
    default: USUAL_WEIGHT,
    description: 'Share of the whole VM relative to the other VMs, as that of a control group',
    isTunable: true,
  },
  {
    key: 'nice',
    field: 'nice',
    unit: 'number',
    min: LEAST_NICE,
    max: MOST_NICE,
    default: 0,
    description: "As a process's: each step less is about 1.25 times the share",
    isTunable: true,
  },
] as const satisfies readonly Parameter[];
