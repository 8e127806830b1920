import { fluid } from '../analysis/fluid.ts';
import type { Scenario } from '../scenario/scenario.ts';
import { workNs } from './programs.ts';

/**
 * Execution time of each VM under an ideal proportional share, ns; null: endless, or never done.
 *
 * The ideal is for the work as it turned out: a finished VM's CPU time, and the calibrated estimate for one that hasn't finished. A core
 * whose speed changes (turbo, a busy hyperthread beside it) would otherwise look like a scheduler that errs.
 *
 * @param nsPerUnit per VM, from the calibration; shorter than the list of VMs while that is still under way
 * @param usedNs per VM: CPU time of each vCPU, once all of them have finished; else null
 */
export function idealWallNs(
  scenario: Scenario,
  nsPerUnit: readonly (number | null)[],
  usedNs: readonly (number | null)[],
): (number | null)[] {
  if (nsPerUnit.length < scenario.vms.length) return scenario.vms.map(() => null);
  const ideal = fluid(scenario, {
    workNs: (vm, index) => (vm.work === null ? null : (usedNs[index] ?? workNs(vm, nsPerUnit[index]))),
  });
  return ideal.vms.map((vm) => vm.wallNs);
}
