import { Eevdf } from './eevdf.ts';
import { EEVDF_PARAMETERS, EEVDF_VM_PARAMETERS } from './parameters.ts';
import { EEVDF_TERMS } from './terms.ts';
import { fairEntitlement } from '../fair/entitlement.ts';
import { PREEMPTIONS } from '../fair/own-counters.ts';
import { completed } from '../parameters.ts';
import type { PolicyType } from '../policy-type.ts';

export const eevdfType: PolicyType = {
  ...EEVDF_TERMS,
  description:
    "Linux' scheduler since 6.6: of those that are owed CPU time the earliest virtual deadline goes first",
  parameters: EEVDF_PARAMETERS,
  vmParameters: EEVDF_VM_PARAMETERS,
  counters: [PREEMPTIONS],
  entitlement: fairEntitlement,
  longestWasteNs: () => 0,
  // As of cfs: turns end at ticks, but for those that somebody ends who wakes up.
  shortestSliceNs: (parameters) => completed(EEVDF_PARAMETERS, parameters).tickNs,
  create: (options) => new Eevdf(eevdfType, options),
};
