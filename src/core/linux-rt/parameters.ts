/** What a user may set: what cfs has, and what is real-time. Defaults and limits are the kernel's. */
import { CFS_PARAMETERS } from '../cfs/parameters.ts';
import { FAIR_VM_PARAMETERS } from '../fair/parameters.ts';
import type { ParameterValues } from '../policy.ts';
import type { Misfit, Parameter } from '../policy-type.ts';

const MS = 1_000_000;

/** The class of a VM: served by cfs, or real-time. */
export const VmClass = { other: 0, fifo: 1, rr: 2 } as const;

export const LINUX_RT_PARAMETERS: readonly Parameter[] = [
  {
    key: 'rr-slice',
    field: 'rrSliceNs',
    unit: 'time',
    min: MS,
    max: 10_000 * MS,
    default: 100 * MS,
    description: 'How long a vCPU of class rr runs before others of its priority have their turn',
    isTunable: true,
  },
  {
    key: 'rt-runtime',
    field: 'rtRuntimeNs',
    unit: 'time',
    min: MS,
    max: 10_000 * MS,
    atMost: 'rt-period',
    default: 950 * MS,
    description:
      'What real-time vCPUs may run of each rt-period, on each pCPU; as long as that: without limit',
    isTunable: true,
  },
  {
    key: 'rt-period',
    field: 'rtPeriodNs',
    unit: 'time',
    min: MS,
    max: 10_000 * MS,
    default: 1000 * MS,
    description: 'How often they may run for rt-runtime',
    isTunable: true,
  },
  ...CFS_PARAMETERS,
];

export const LINUX_RT_VM_PARAMETERS = [
  {
    key: 'class',
    field: 'class',
    unit: 'choice',
    min: 0,
    max: 2,
    choices: ['other', 'fifo', 'rr'],
    default: VmClass.other,
    description: 'How its vCPUs are scheduled: by cfs, or before all of those, in turns (rr) or not (fifo)',
    isTunable: false,
    isLimit: true,
  },
  {
    key: 'priority',
    field: 'priority',
    unit: 'number',
    min: 1,
    max: 99,
    zero: 'none, of class other',
    default: 0,
    description: 'Of class fifo or rr: the highest goes first',
    isTunable: true,
  },
  ...FAIR_VM_PARAMETERS.map((parameter) => ({
    ...parameter,
    description: `Of class other: ${parameter.description[0].toLowerCase()}${parameter.description.slice(1)}`,
  })),
] as const satisfies readonly Parameter[];

/** A priority belongs to the real-time classes. Weight and nice count for nothing there, as in the kernel. */
export function misfitOf(given: ParameterValues, before: ParameterValues | null): Misfit | null {
  const { class: vmClass = VmClass.other, priority = 0 } = { ...before, ...given };
  if (vmClass === VmClass.other) {
    if (priority === 0) return null;
    return {
      field: 'priority',
      message: 'only VMs of class fifo or rr have a priority',
      expected: 'class fifo or rr beside it, or no priority',
    };
  }
  if (priority > 0) return null;
  return {
    field: given.priority === undefined ? 'class' : 'priority',
    message: 'a VM of class fifo or rr needs a priority',
    expected: 'a priority from 1 to 99 beside it',
  };
}
