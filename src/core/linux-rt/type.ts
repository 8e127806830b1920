import { VmClass, LINUX_RT_PARAMETERS, LINUX_RT_VM_PARAMETERS, misfitOf } from './parameters.ts';
import { fairEntitlement } from '../fair/entitlement.ts';
import { LINUX_RT_TERMS } from './terms.ts';
import { LinuxRt } from './linux-rt.ts';
import { PREEMPTIONS } from '../fair/own-counters.ts';
import { completed } from '../parameters.ts';
import type { PolicyType } from '../policy-type.ts';
import { THROTTLES } from './own-counters.ts';

export const linuxRtType: PolicyType = {
  ...LINUX_RT_TERMS,
  description:
    "Linux' real-time classes: the highest priority first, in turns or not, before all that cfs serves",
  parameters: LINUX_RT_PARAMETERS,
  vmParameters: LINUX_RT_VM_PARAMETERS,
  misfitOf,
  counters: [PREEMPTIONS, THROTTLES],
  entitlement({ class: vmClass = VmClass.other, weight, nice }) {
    if (vmClass !== VmClass.other)
      return 'a VM of class fifo or rr takes all that it wants before others, up to rt-runtime on each pCPU';
    return fairEntitlement({ ...(weight !== undefined && { weight }), ...(nice !== undefined && { nice }) });
  },
  /** One that is throttled is parked, and does not wait. */
  longestWasteNs: () => 0,
  // As of cfs, and that of class rr.
  shortestSliceNs(parameters) {
    const { tickNs, rrSliceNs } = completed(LINUX_RT_PARAMETERS, parameters);
    return Math.min(tickNs, rrSliceNs);
  },
  create: (options) => new LinuxRt(linuxRtType, options),
};
