import type { Entitlement } from '../entitlement.ts';
import { FULL_WEIGHT, QUANTUM_NS } from './constants.ts';
import { OWN_COUNTERS } from './own.ts';
import { BEST_EFFORT, PARAMETERS, requestOf, VM_PARAMETERS } from './parameters.ts';
import type { ParameterValues } from '../policy.ts';
import type { PolicyType } from '../policy-type.ts';
import { SEDF_SHARES } from './from-share.ts';
import { Sedf } from './sedf.ts';
import { SEDF_TERMS } from './terms.ts';
import { misfitOf, valuesAfter } from './vm-values.ts';

const UNKNOWN =
  'what a weight without extra time is worth depends on the other VMs of each pCPU, and 5 % stay free there';

export const sedfType: PolicyType = {
  ...SEDF_TERMS,
  description: "Xen's simple EDF: CPU time reserved in every period, and what is left over in pieces",
  parameters: PARAMETERS,
  vmParameters: VM_PARAMETERS,
  counters: OWN_COUNTERS,
  misfitOf,
  valuesAfter,
  entitlement: entitlementOf,
  shares: SEDF_SHARES,
  create: (options) => new Sedf(options),
  /** Nobody leaves its pCPU of itself, however long it waits there while another one idles. */
  longestWasteNs: () => Infinity,
  shortestSliceNs,
};

/** A piece of extra time where anybody takes part in that, or a slice that is shorter still. */
function shortestSliceNs(_parameters: ParameterValues, vms: readonly ParameterValues[]): number {
  const requests = vms.map((given) => requestOf(BEST_EFFORT, given));
  const slices = requests.map(({ sliceNs }) => sliceNs).filter((ns) => ns > 0);
  const hasPieces = slices.length === 0 || requests.some(({ extratime }) => extratime === 1);
  return Math.min(...slices, hasPieces ? QUANTUM_NS : Infinity);
}

/**
 * Reservations are for each vCPU. In extra time a reservation counts as the weight that has the same score; without it,
 * it is a cap, too. Which pCPU a vCPU is on doesn't count: what SEDF makes of that is its own doing.
 */
function entitlementOf(given: ParameterValues, vcpus: number): Entitlement | string {
  const { periodNs, sliceNs, extratime, weight } = requestOf(BEST_EFFORT, given);
  if (weight !== 0) return extratime === 0 || periodNs !== 0 ? UNKNOWN : { weight, capPercent: null };
  const reservedPercent = (100 * vcpus * sliceNs) / periodNs;
  return {
    weight: (FULL_WEIGHT * sliceNs) / periodNs,
    capPercent: extratime === 0 ? reservedPercent : null,
    reservedPercent,
    periodNs,
  };
}
