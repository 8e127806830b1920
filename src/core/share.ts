/** What a VM is to have in terms that all policies know, for those whose VMs have neither a weight nor a cap. */
import type { ParameterValues } from './policy.ts';

export interface Share {
  /** of each of its vCPUs while all VMs want to run, within its cap, in percent of one pCPU: above 0, at most 100 */
  readonly percent: number;
  /** the most for each of its vCPUs, if all of them run, in percent of one pCPU; null: there is no limit */
  readonly capPercent: number | null;
  /** in which time it is to have that each time, ns; null: nobody says */
  readonly periodNs: number | null;
}

export interface ShareRule {
  /** how a weight and a cap are meant here, in a clause for people */
  readonly words: string;
  /** Parameters of a VM, which needn't be all of them. */
  parameters(share: Share): ParameterValues;
}
