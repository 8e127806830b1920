import type { RunResult } from '../experiment/result.ts';
import type { Scenario, VmSpec } from '../scenario/scenario.ts';
import { fluid } from './fluid.ts';

/**
 * What share of the measured window an ideal scheduler would have given each VM, in percent of one pCPU.
 * Work in units counts at the speed that was measured in this run.
 * @returns in the scenario's order; null where that speed is not known
 */
export function idealShares(scenario: Scenario, run: RunResult): readonly (number | null)[] {
  if (run.windowNs <= 0) return scenario.vms.map(() => null);
  const workNs = (vm: VmSpec, index: number): number | null => {
    if (vm.work === null) return null;
    if (vm.work.kind === 'cpu') return vm.work.ns;
    const { cpuNs, vcpus } = run.vms[index];
    const units = vcpus.reduce((sum, vcpu) => sum + vcpu.units, 0);
    return units === 0 ? NaN : (vm.work.units * cpuNs) / units;
  };
  if (scenario.vms.some((vm, i) => Number.isNaN(workNs(vm, i)))) return scenario.vms.map(() => null);
  const ideal = fluid(scenario, { workNs, windowNs: run.windowNs });
  return ideal.vms.map(({ cpuNs }) => (100 * cpuNs) / run.windowNs);
}
