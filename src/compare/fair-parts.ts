/** What each VM of a scenario has while all of them want to run, if CPU time is divided as its scheduler promises. */
import type { Entitlement } from '../core/entitlement.ts';
import { entitledGroups } from '../ideal/entitled.ts';
import type { Scenario, VmSpec } from '../scenario/scenario.ts';

/**
 * @param owed per VM
 * @returns per VM, for each of its vCPUs, in percent of one pCPU. Of others that are never there at the same time, as
 *   the lives of one VM, the first takes part
 */
export function fairParts({ pcpus, events, vms }: Scenario, owed: readonly Entitlement[]): number[] {
  const destroyedNs = new Map(
    events.flatMap((event) => (event.kind === 'destroy' ? [[event.vm, event.atNs] as const] : [])),
  );
  const isBefore = (a: VmSpec, b: VmSpec): boolean => (destroyedNs.get(a.name) ?? Infinity) <= b.startNs;
  const areApart = (a: number, b: number): boolean => isBefore(vms[a], vms[b]) || isBefore(vms[b], vms[a]);
  return vms.map((vm, index) => {
    const rivals = [index];
    for (const i of vms.keys())
      if (i !== index && !rivals.some((rival) => areApart(i, rival))) rivals.push(i);
    const rates = entitledGroups(
      pcpus.length,
      rivals.map((i) => {
        const group = {
          vcpus: vms[i].vcpus,
          pcpus: vms[i].pin?.map((cpu) => pcpus.indexOf(cpu)) ?? null,
        };
        return { ...owed[i], demand: 1, groups: [group] };
      }),
    );
    return (100 * rates[0][0]) / vm.vcpus;
  });
}
