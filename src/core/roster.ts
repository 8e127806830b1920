/** Which VMs and vCPUs a policy knows, and how one more comes. */
import { checkReserve, checkVm } from './check-options.ts';
import type { Affinity } from './cpu-set.ts';
import type { PolicyVm } from './policy.ts';

/** What the state of a policy has for it. Its arrays have room for all VMs and vCPUs that may ever come. */
export interface Roster {
  readonly pcpuCount: number;
  vmCount: number;
  vcpuCount: number;
  /** Index vCPU: its VM. */
  readonly vmOf: Int32Array;
  /** Index VM: its first vCPU; the next VM's first vCPU ends it. */
  readonly firstVcpu: Int32Array;
  readonly affinity: Affinity;
}

/** @throws RangeError for a VM that no machine has, or for which there is no room */
export function checkRoom({ pcpuCount, vmCount, vcpuCount, vmOf, firstVcpu }: Roster, vm: PolicyVm): void {
  checkVm(vmCount, vm, pcpuCount);
  const most = { vms: firstVcpu.length - 1, vcpus: vmOf.length };
  checkReserve({ vms: vmCount, vcpus: vcpuCount }, most, vm);
}

/** Behind those that there are. @returns its number */
export function enrol(roster: Roster, { vcpus }: PolicyVm): number {
  const vm = roster.vmCount++;
  for (const pin of vcpus) {
    roster.vmOf[roster.vcpuCount] = vm;
    roster.affinity.set(roster.vcpuCount++, pin);
  }
  roster.firstVcpu[vm + 1] = roster.vcpuCount;
  return vm;
}
