import { Cfs } from './cfs.ts';
import { CFS_PARAMETERS } from './parameters.ts';
import { CFS_TERMS } from './terms.ts';
import { PREEMPTIONS } from '../fair/own-counters.ts';
import { fairEntitlement } from '../fair/entitlement.ts';
import { FAIR_VM_PARAMETERS } from '../fair/parameters.ts';
import { completed } from '../parameters.ts';
import type { PolicyType } from '../policy-type.ts';

export const cfsType: PolicyType = {
  ...CFS_TERMS,
  description:
    "Linux' completely fair scheduler, as until 6.5: whoever has run least for its share goes first",
  parameters: CFS_PARAMETERS,
  vmParameters: FAIR_VM_PARAMETERS,
  counters: [PREEMPTIONS],
  entitlement: fairEntitlement,
  longestWasteNs: () => 0,
  // Turns end at ticks, but for those that somebody ends who wakes up.
  shortestSliceNs: (parameters) => completed(CFS_PARAMETERS, parameters).tickNs,
  create: (options) => new Cfs(cfsType, options),
};
