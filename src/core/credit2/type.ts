import { checkMachine } from '../check-options.ts';
import { completed } from '../parameters.ts';
import type { PolicyType } from '../policy-type.ts';
import { flatTopology } from '../topology.ts';
import { LONGEST_SLICE_NS, MOST_CREDIT, SHORTEST_SLICE_NS } from './constants.ts';
import { Credit2 } from './credit2.ts';
import { PARKS, RESETS } from './own-counters.ts';
import { type Credit2Parameters, type Credit2VmParameters, PARAMETERS, VM_PARAMETERS } from './parameters.ts';
import { CREDIT2_TERMS } from './terms.ts';

export const credit2Type: PolicyType = {
  ...CREDIT2_TERMS,
  description: "Xen's default scheduler: shares by weight at a finer grain than credit's, limits by cap",
  parameters: PARAMETERS,
  vmParameters: VM_PARAMETERS,
  counters: [PARKS, RESETS],
  entitlement(parameters) {
    const { weight, cap } = completed(VM_PARAMETERS, parameters);
    return { weight, capPercent: cap === 0 ? null : cap };
  },
  create({ pcpuCount, vms, parameters, reserve, topology = flatTopology(pcpuCount), ...others }) {
    checkMachine(pcpuCount, vms, topology);
    return new Credit2({
      ...others,
      pcpuCount,
      topology,
      reserve: reserve ?? { vms: 0, vcpus: 0 },
      parameters: completed(PARAMETERS, parameters) as unknown as Credit2Parameters,
      vms: vms.map(({ parameters: own, vcpus }) => ({
        ...(completed(VM_PARAMETERS, own) as unknown as Credit2VmParameters),
        vcpus,
      })),
    });
  },
  /**
   * A pCPU may idle beside a vCPU of another runqueue, and beside one that is too deep in debt to move. That one waits
   * for its own pCPU, or for the second reset from then on, after which it is out of debt. Before either, each of those
   * before it burns what credit it has, or runs for a rate limit.
   */
  longestWasteNs(parameters, waiting) {
    const { ratelimitNs } = completed(PARAMETERS, parameters);
    return waiting * (2 * Math.max(MOST_CREDIT, ratelimitNs) + LONGEST_SLICE_NS);
  },
  // Also of a longer rate limit, where a vCPU goes on: it is for the rest of that.
  shortestSliceNs: () => SHORTEST_SLICE_NS,
};
