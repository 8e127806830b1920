/** What the parameters of a VM mean together: how they are completed, and what doesn't go together. */
import { WEIGHT_PERIOD_NS } from './constants.ts';
import { completed, problemIn } from '../parameters.ts';
import type { ParameterValues } from '../policy.ts';
import type { Misfit } from '../policy-type.ts';
import { BEST_EFFORT, type Request, requestOf, VM_PARAMETERS } from './parameters.ts';

/**
 * What the toolstack sends for a VM when it begins; of what isn't given, what a VM without parameters has.
 * @returns null: nothing. Only where requests are raw
 * @throws RangeError for what the toolstack refuses, unless requests are raw
 */
export function firstRequest(given: ParameterValues = {}, isRaw: boolean): Request | null {
  if (isRaw) return Object.keys(given).length === 0 ? null : requestOf(BEST_EFFORT, given);
  completed(VM_PARAMETERS, given);
  const request = requestOf(BEST_EFFORT, given);
  const misfit = isInherited(request) ? null : misfitOf(given, null);
  if (misfit !== null)
    throw new RangeError(`${misfit.field}: ${misfit.message}, expected ${misfit.expected}`);
  return request;
}

/** A weighted reservation with extra time. Only a change makes one (valuesAfter); another life may go on like it. */
function isInherited({ periodNs, sliceNs, extratime, weight }: Request): boolean {
  return periodNs === WEIGHT_PERIOD_NS && sliceNs === 0 && extratime === 1 && weight !== 0;
}

/** What the toolstack refuses for a VM that begins, or Xen as a change of one. */
export function misfitOf(given: ParameterValues, before: ParameterValues | null): Misfit | null {
  return before === null ? firstMisfit(given) : changeMisfit(given, before);
}

/**
 * Of a change, the toolstack sends all that it reads back. A VM with a weight reads back a period of 100 ms, one with
 * extra time a slice of 0, too, and no weight. What slice a weight came to isn't known here: Xen may refuse that later.
 */
function changeMisfit(given: ParameterValues, before: ParameterValues): Misfit | null {
  const had = requestOf(BEST_EFFORT, before);
  const isBestEffort = had.weight !== 0 && had.extratime === 1 && had.periodNs === 0;
  const isKnown = had.weight === 0 || isBestEffort || given.sliceNs !== undefined || given.weight === 0;
  const readBack = had.weight === 0 ? had : { ...had, periodNs: WEIGHT_PERIOD_NS };
  const sent = requestOf(isBestEffort ? { ...readBack, weight: 0 } : readBack, given);
  if (sent.weight !== 0 || (sent.sliceNs !== 0 && sent.periodNs !== 0) || !isKnown) return null;
  return {
    field: Object.keys(given)[0],
    message: 'Xen refuses this change, which leaves neither a reservation nor a weight',
    expected: 'a weight, or a slice, beside it',
  };
}

function firstMisfit(given: ParameterValues): Misfit | null {
  const { periodNs, sliceNs, weight, extratime } = requestOf(BEST_EFFORT, given);
  const hasReservation = periodNs !== 0 || sliceNs !== 0;
  if (hasReservation && weight !== 0) {
    return {
      field: 'weight',
      message: 'a VM has either a weight or a reservation',
      expected: 'no weight beside period and slice',
    };
  }
  if (periodNs === 0 && hasReservation) {
    return { field: 'sliceNs', message: 'a slice needs a period', expected: 'period and slice, or neither' };
  }
  if (sliceNs === 0 && hasReservation) {
    return { field: 'periodNs', message: 'a period needs a slice', expected: 'period and slice, or neither' };
  }
  if (!hasReservation && weight === 0) {
    return {
      field: 'weight',
      message: 'there is nothing to go by',
      expected: 'a weight, or period and slice',
    };
  }
  if (extratime === 0 && !hasReservation && given.weight === undefined) {
    return {
      field: 'extratime',
      message: 'without extra time the VM would have nothing',
      expected: 'period and slice, or a weight, beside it',
    };
  }
  return null;
}

/**
 * What a VM's parameters are after a change, as far as that can be said without running it. Where Xen reads back a
 * period of 100 ms that nobody gave, that is given here, too; so a weighted reservation that gets extra time isn't
 * best effort.
 */
export function valuesAfter(before: ParameterValues, given: ParameterValues): ParameterValues {
  const request = requestOf(BEST_EFFORT, before);
  const isRead = given.periodNs === undefined && given.weight === undefined && request.periodNs === 0;
  const isWeighted = request.weight !== 0 && request.extratime === 0;
  const hasPeriod = isRead && (given.sliceNs !== undefined || (isWeighted && given.extratime === 1));
  const after = requestOf(hasPeriod ? { ...request, periodNs: WEIGHT_PERIOD_NS } : request, given);
  return after.weight !== 0 && after.extratime === 0 ? { ...after, periodNs: 0 } : after;
}

/** @throws RangeError for numbers that no request has; Xen itself answers periods and slices that it doesn't take */
export function checkNumbers(change: ParameterValues): void {
  const { periodNs = 0, sliceNs = 0, ...others } = change;
  for (const [field, value] of Object.entries({ periodNs, sliceNs })) {
    if (!Number.isSafeInteger(value) || value < 0)
      throw new RangeError(`${field}: expected a whole number of ns, got ${value}`);
  }
  const problem = problemIn(VM_PARAMETERS, others);
  if (problem !== null) throw new RangeError(problem);
}
