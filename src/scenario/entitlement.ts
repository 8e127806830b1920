import type { Entitlement } from '../core/entitlement.ts';
import { vmValues } from '../core/parameters.ts';
import { policyTypeOf } from '../policies.ts';
import { byField, named, type NamedParameters } from './parameters.ts';
import type { Scenario, VmSpec } from './scenario.ts';

type Scheduled = Pick<Scenario, 'scheduler'>;

/** What a VM of a scenario is entitled to under its scheduler; null: the scheduler can't say. */
export function entitlementOf(scenario: Scheduled, vm: VmSpec): Entitlement | null {
  const owed = owedTo(scenario, vm);
  return typeof owed === 'string' ? null : owed;
}

/** Why there is no ideal under a scenario's scheduler, in a sentence; null: there is one. */
export function whyNoIdeal(scenario: Scenario): string | null {
  const specs = new Map(scenario.vms.map((vm) => [vm.name, vm]));
  const all = [...specs.values()];
  for (const event of scenario.events) {
    const spec = event.kind === 'set' ? specs.get(event.vm) : undefined;
    if (event.kind !== 'set' || spec === undefined) continue;
    const changed = changedVm(scenario, spec, event);
    specs.set(spec.name, changed);
    all.push(changed);
  }
  return all.map((vm) => owedTo(scenario, vm)).find((owed) => typeof owed === 'string') ?? null;
}

function owedTo({ scheduler }: Scheduled, vm: VmSpec): Entitlement | string {
  const { entitlement, vmParameters } = policyTypeOf(scheduler.type);
  return typeof entitlement === 'string' ? entitlement : entitlement(byField(vmParameters, vm), vm.vcpus);
}

/** A VM as an event leaves it. */
export function changedVm({ scheduler }: Scheduled, vm: VmSpec, change: NamedParameters): VmSpec {
  const policy = policyTypeOf(scheduler.type);
  const { vmParameters } = policy;
  return { ...vm, ...named(vmValues(policy, byField(vmParameters, change), byField(vmParameters, vm))) };
}
