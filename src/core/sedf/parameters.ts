/** What a user may set: the one place that has the limits and defaults, which are those of Xen and its toolstack. */
import { MS, US } from './constants.ts';
import type { ParameterValues } from '../policy.ts';
import type { Parameter } from '../policy-type.ts';

export const PARAMETERS = [
  {
    key: 'wall-time',
    field: 'wallTime',
    unit: 'flag',
    min: 0,
    max: 1,
    default: 0,
    description:
      'Reservations are charged the time that goes by, as in Xen, not the CPU time that was had of it',
    isTunable: false,
  },
  {
    key: 'raw-requests',
    field: 'rawRequests',
    unit: 'flag',
    min: 0,
    max: 1,
    default: 0,
    description:
      "A VM's parameters are sent as they are when it starts: nothing that the toolstack would refuse or fill in is",
    isTunable: false,
    scope: 'library',
  },
] as const satisfies readonly Parameter[];

export const VM_PARAMETERS = [
  {
    key: 'period',
    field: 'periodNs',
    unit: 'time',
    min: 10 * US,
    max: 10_000 * MS,
    zero: 'none',
    default: 0,
    description: 'Each vCPU of the VM is served its slice once in every period',
    isTunable: true,
    isLimit: true,
  },
  {
    key: 'slice',
    field: 'sliceNs',
    unit: 'time',
    min: 5 * US,
    max: 10_000 * MS,
    zero: 'none',
    atMost: 'period',
    default: 0,
    description: 'CPU time that is reserved for each vCPU of the VM in each period',
    isTunable: true,
    isLimit: true,
  },
  {
    key: 'latency',
    field: 'latencyNs',
    unit: 'time',
    min: 1,
    max: 10_000 * MS,
    zero: 'none',
    default: 0,
    description: 'A hint that Xen keeps and never looks at',
    isTunable: true,
  },
  {
    key: 'extratime',
    field: 'extratime',
    unit: 'flag',
    min: 0,
    max: 1,
    default: 1,
    description: 'The VM may have what reservations leave over',
    isTunable: true,
    isLimit: true,
  },
  {
    key: 'weight',
    field: 'weight',
    unit: 'number',
    min: 1,
    max: 32_767,
    zero: 'a reservation instead',
    default: 1,
    description:
      "In place of a reservation, each vCPU's part beside others: of what is left over, or without extratime of " +
      'what is not reserved',
    isTunable: true,
  },
] as const satisfies readonly Parameter[];

type ValuesOf<All extends readonly Parameter[]> = { readonly [Field in All[number]['field']]: number };

export type SedfVmParameters = ValuesOf<typeof VM_PARAMETERS>;

/** The parameters of a VM as one request has them; 0: not given. */
export type Request = SedfVmParameters;

/** What a VM without parameters has: no reservation, and the weight 1. */
export const BEST_EFFORT: Request = { periodNs: 0, sliceNs: 0, latencyNs: 0, extratime: 1, weight: 1 };

/**
 * A change as Xen's toolstack sends it: it reads back what the VM has, puts in what is given, and sends all five. A
 * period or slice takes the weight away, and a weight the reservation.
 */
export function requestOf(before: Request, change: ParameterValues): Request {
  const hasReservation = change.periodNs !== undefined || change.sliceNs !== undefined;
  const hasWeight = change.weight !== undefined;
  const isWeightOnly = hasWeight && !hasReservation;
  const {
    periodNs = isWeightOnly ? 0 : before.periodNs,
    sliceNs = isWeightOnly ? 0 : before.sliceNs,
    latencyNs = before.latencyNs,
    extratime = before.extratime,
    weight = hasReservation ? 0 : before.weight,
  } = change;
  return { periodNs, sliceNs, latencyNs, extratime, weight };
}
