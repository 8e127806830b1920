import { fluid } from '../analysis/fluid.ts';
import type { Scenario } from '../scenario/scenario.ts';
import { workNs } from './programs.ts';

/**
 * Execution time of each VM under an ideal proportional share, ns; null: endless, or never done.
 * @param nsPerUnit per VM, from the calibration; shorter than the list of VMs while that is still under way
 */
export function idealWallNs(scenario: Scenario, nsPerUnit: readonly (number | null)[]): (number | null)[] {
  if (nsPerUnit.length < scenario.vms.length) return scenario.vms.map(() => null);
  const ideal = fluid(scenario, { workNs: (vm, index) => workNs(vm, nsPerUnit[index]) });
  return ideal.vms.map((vm) => vm.wallNs);
}
