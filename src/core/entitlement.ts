/** What a policy owes a VM while it wants to run, for whoever computes what an ideal scheduler would give it. */
import type { ParameterValues } from './policy.ts';

/**
 * CPU time in the terms of a fluid: first each VM gets what is reserved for it, then the rest is divided by weight, and
 * nobody gets more than its cap.
 */
export interface Entitlement {
  /** above 0: the part relative to the other VMs, for each vCPU that can run */
  readonly weight: number;
  /** the weight is the whole VM's, divided among its vCPUs that can run; default: each has it */
  readonly isOfVm?: boolean;
  /** the most that the whole VM gets, in percent of one pCPU; null: there is no limit */
  readonly capPercent: number | null;
  /** what the whole VM gets before others get more, in percent of one pCPU; absent: nothing */
  readonly reservedPercent?: number;
  /** of what is reserved: in which time it is to be had each time, ns; absent: none is said */
  readonly periodNs?: number;
}

/**
 * What a VM is entitled to with these values of the policy's parameters of VMs; or why that can't be said in such
 * terms, of this VM or of any, in a sentence, and then results have no ideal.
 * @param vcpus how many the VM has
 */
export type EntitlementRule = ((parameters: ParameterValues, vcpus: number) => Entitlement | string) | string;
