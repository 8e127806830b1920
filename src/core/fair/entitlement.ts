import type { Entitlement } from '../entitlement.ts';
import { USUAL_WEIGHT, vmLoad } from './nice.ts';
import type { ParameterValues } from '../policy.ts';

/** A VM's load is its part, however many vCPUs it has. What else its scheduler lets it set doesn't count. */
export function fairEntitlement(parameters: ParameterValues): Entitlement {
  const { nice = 0, weight = USUAL_WEIGHT } = parameters;
  return { weight: vmLoad({ nice, weight }), isOfVm: true, capPercent: null };
}
