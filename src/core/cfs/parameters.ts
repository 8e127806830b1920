import { BALANCE, TICK } from '../fair/parameters.ts';
import type { Parameter } from '../policy-type.ts';

const MS = 1_000_000;

/** The kernel's defaults, for one CPU. */
export const CFS_PARAMETERS = [
  {
    key: 'latency',
    field: 'latencyNs',
    unit: 'time',
    min: MS / 10,
    max: 1000 * MS,
    default: 6 * MS,
    description: 'In which time all that can run have a turn, for one pCPU',
    isTunable: true,
  },
  {
    key: 'min-granularity',
    field: 'minGranularityNs',
    unit: 'time',
    min: MS / 10,
    max: 1000 * MS,
    default: 0.75 * MS,
    description: 'What that time is for each of them, if they are many, for one pCPU',
    isTunable: true,
  },
  {
    key: 'wakeup-granularity',
    field: 'wakeupGranularityNs',
    unit: 'time',
    min: 0,
    max: 1000 * MS,
    default: MS,
    description: 'How much less virtual time one that wakes up must have to preempt, for one pCPU',
    isTunable: true,
  },
  TICK,
  BALANCE,
] as const satisfies readonly Parameter[];
