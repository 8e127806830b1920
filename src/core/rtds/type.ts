import { completed } from '../parameters.ts';
import type { PolicyType } from '../policy-type.ts';
import { DEPLETIONS } from './own-counters.ts';
import { RTDS_SHARES } from './from-share.ts';
import { PARAMETERS, VM_PARAMETERS } from './parameters.ts';
import { Rtds } from './rtds.ts';
import { RTDS_TERMS } from './terms.ts';

export const rtdsType: PolicyType = {
  ...RTDS_TERMS,
  description: "Xen's real-time scheduler: a budget in each period, and the earliest deadline first",
  parameters: PARAMETERS,
  vmParameters: VM_PARAMETERS,
  counters: [DEPLETIONS],
  /**
   * A budget of each period is owed. What is left goes to those with extra time, level by level: a budget each time,
   * and the sooner again the shorter the period, so by budget ÷ period where much is left.
   */
  entitlement(parameters, vcpus) {
    const { periodNs, budgetNs, extratime } = completed(VM_PARAMETERS, parameters);
    const percent = (100 * budgetNs) / periodNs;
    const reservedPercent = percent * vcpus;
    return {
      weight: percent,
      capPercent: extratime === 1 ? null : reservedPercent,
      reservedPercent,
      periodNs,
    };
  },
  shares: RTDS_SHARES,
  /**
   * Whoever begins to wait finds an idle pCPU that nobody tickled, or there is none. With pins the one that was tickled
   * may take another vCPU: a budget may then wait beside an idle pCPU until somebody decides, so this is no promise of
   * 0, which would be one for pins, too.
   */
  longestWasteNs: () => 1,
  shortestSliceNs: (_parameters, vms) =>
    Math.min(...(vms.length === 0 ? [{}] : vms).map((vm) => completed(VM_PARAMETERS, vm).budgetNs)),
  create: (options) => new Rtds(options),
};
