import { BALANCE, FAIR_VM_PARAMETERS, TICK } from '../fair/parameters.ts';
import type { Parameter } from '../policy-type.ts';

const MS = 1_000_000;

/** The kernel's limits for a request, also for one that a task makes itself. */
const LEAST_SLICE_NS = 0.1 * MS;
const MOST_SLICE_NS = 100 * MS;

/** The kernel's defaults, for one CPU. */
export const EEVDF_PARAMETERS = [
  {
    key: 'base-slice',
    field: 'baseSliceNs',
    unit: 'time',
    min: LEAST_SLICE_NS,
    max: MOST_SLICE_NS,
    default: 0.75 * MS,
    description: 'How much CPU time a vCPU requests at a time, for one pCPU',
    isTunable: true,
  },
  {
    key: 'run-to-parity',
    field: 'runToParity',
    unit: 'flag',
    min: 0,
    max: 1,
    default: 1,
    description: 'Nobody is preempted as long as it is eligible and its request is not used up',
    isTunable: true,
  },
  TICK,
  BALANCE,
] as const satisfies readonly Parameter[];

export const EEVDF_VM_PARAMETERS = [
  ...FAIR_VM_PARAMETERS,
  {
    key: 'slice',
    field: 'sliceNs',
    unit: 'time',
    min: LEAST_SLICE_NS,
    max: MOST_SLICE_NS,
    zero: "the scheduler's",
    default: 0,
    description:
      'How much CPU time its vCPUs request at a time: less means more turns, shorter ones, and the same share',
    isTunable: true,
  },
] as const satisfies readonly Parameter[];
