/** What VMs are entitled to at an instant whose vCPUs may be pinned apart from one another. */
import type { Entitlement } from '../core/entitlement.ts';
import { entitlement } from './entitlement.ts';

export interface Claimant extends Entitlement {
  /** the most that a vCPU uses when nothing holds it back, 0..1 of a pCPU */
  readonly demand: number;
  /** its vCPUs that can run, by where they may */
  readonly groups: readonly Group[];
}

export interface Group {
  readonly vcpus: number;
  /** indexes of pCPUs; null: all */
  readonly pcpus: readonly number[] | null;
}

/**
 * Each vCPU that takes part is given the same, and so the same part of its VM's cap and of what is reserved for it.
 * @returns per claimant and group the CPU time per unit of time, in pCPUs
 */
export function entitledGroups(pcpuCount: number, claimants: readonly Claimant[]): number[][] {
  const claims = claimants.flatMap((claimant) => {
    const { weight, isOfVm = false, capPercent, reservedPercent = 0, demand, groups } = claimant;
    const total = Math.max(
      1,
      groups.reduce((sum, { vcpus }) => sum + vcpus, 0),
    );
    return groups.map(({ vcpus, pcpus }) => ({
      weight: isOfVm ? weight / total : weight,
      capPercent: capPercent === null ? null : (capPercent * vcpus) / total,
      reservedPercent: (reservedPercent * vcpus) / total,
      vcpus,
      demand,
      pcpus,
    }));
  });
  const rates = entitlement(pcpuCount, claims);
  let at = 0;
  return claimants.map(({ groups }) => groups.map(() => rates[at++]));
}
