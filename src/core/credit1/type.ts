import { tickPeriodNs } from './constants.ts';
import { Credit1 } from './credit1.ts';
import { PARAMETERS, VM_PARAMETERS } from './parameters.ts';
import type { PolicyType } from '../policy-type.ts';
import { BOOSTS } from './own-counters.ts';
import { CREDIT_TERMS } from './terms.ts';
import { completed } from '../parameters.ts';

export const creditType: PolicyType = {
  ...CREDIT_TERMS,
  description: "The first version of Xen's credit scheduler: shares by weight, limits by cap",
  parameters: PARAMETERS,
  vmParameters: VM_PARAMETERS,
  counters: [BOOSTS],
  entitlement(parameters) {
    const { weight, cap } = completed(VM_PARAMETERS, parameters);
    return { weight, capPercent: cap === 0 ? null : cap };
  },
  create({ vms, parameters, ...machine }) {
    return new Credit1({
      ...machine,
      ...completed(PARAMETERS, parameters),
      vms: vms.map(({ parameters: own, vcpus }) => ({ ...completed(VM_PARAMETERS, own), vcpus })),
    });
  },
  /**
   * A pCPU may idle beside waiting vCPUs while each tick finds a running vCPU that isn't active yet, and activates it
   * instead of moving it. That lasts one tick for each of them, and one more.
   */
  longestWasteNs(parameters, waiting) {
    return (waiting + 1) * tickPeriodNs(completed(PARAMETERS, parameters).tsliceNs);
  },
};
