import type { Entitlement } from '../entitlement.ts';
import { vmLoad } from './nice.ts';
import { FAIR_VM_PARAMETERS } from './parameters.ts';
import { completed } from '../parameters.ts';
import type { ParameterValues } from '../policy.ts';

/** A VM's load is its part, however many vCPUs it has. */
export function fairEntitlement(parameters: ParameterValues): Entitlement {
  const { nice, weight } = completed(FAIR_VM_PARAMETERS, parameters);
  return { weight: vmLoad({ nice, weight }), isOfVm: true, capPercent: null };
}
