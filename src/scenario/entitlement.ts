import type { Entitlement } from '../core/entitlement.ts';
import { policyTypeOf } from '../policies.ts';
import { byField, type NamedParameters } from './parameters.ts';
import type { Scenario, VmSpec } from './scenario.ts';

/** What a VM of a scenario is entitled to under its scheduler; null: the scheduler can't say. */
export function entitlementOf({ scheduler }: Pick<Scenario, 'scheduler'>, vm: VmSpec): Entitlement | null {
  const { entitlement, vmParameters } = policyTypeOf(scheduler.type);
  return typeof entitlement === 'string' ? null : entitlement(byField(vmParameters, vm), vm.vcpus);
}

/** Why there is no ideal under a scenario's scheduler, in a sentence; null: there is one. */
export function whyNoIdeal({ scheduler }: Scenario): string | null {
  const { entitlement } = policyTypeOf(scheduler.type);
  return typeof entitlement === 'string' ? entitlement : null;
}

/** A VM as an event leaves it. */
export function changedVm(vm: VmSpec, { weight, cap, parameters }: NamedParameters): VmSpec {
  return {
    ...vm,
    ...(weight !== undefined && { weight }),
    ...(cap !== undefined && { cap }),
    ...(parameters !== undefined && { parameters: { ...vm.parameters, ...parameters } }),
  };
}
