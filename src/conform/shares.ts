import type { SimResult } from '../sim/simulate.ts';
import type { GoldenScenario } from './golden-file.ts';

const STEADY_FROM_NS = 3e9;

/**
 * What golden files say of a VM as a whole; shares in percent. A quantity that has no meaning for the run is
 * absent.
 */
export type VmQuantities = Readonly<Record<string, number>>;

export function vmQuantities(scenario: GoldenScenario, result: SimResult): Map<string, VmQuantities> {
  const usedNs = result.vcpus.reduce((sum, { cpuNs }) => sum + cpuNs, 0);
  const steadyFrom = result.samples.find(([atNs]) => atNs === STEADY_FROM_NS);
  const last = result.samples.at(-1);
  const byVm = new Map<string, VmQuantities>();
  let first = 0;
  for (const vm of scenario.vms) {
    const end = first + vm.vcpus.length;
    const vcpus = result.vcpus.slice(first, end);
    const cpuNs = vcpus.reduce((sum, vcpu) => sum + vcpu.cpuNs, 0);
    const quantities: Record<string, number> = {
      cpu_ns: cpuNs,
      pct_of_one_pcpu: (100 * cpuNs) / result.endNs,
      pct_of_used: usedNs === 0 ? 0 : (100 * cpuNs) / usedNs,
    };
    if (steadyFrom !== undefined && last !== undefined && last[0] > STEADY_FROM_NS) {
      const steadyNs = sumOf(last, first, end) - sumOf(steadyFrom, first, end);
      quantities['steady_pct_of_one_pcpu'] = (100 * steadyNs) / (last[0] - STEADY_FROM_NS);
    }
    const doneNs = Math.max(...vcpus.map((vcpu) => vcpu.doneNs));
    if (doneNs >= 0) quantities['done_ms'] = doneNs / 1e6;
    byVm.set(vm.name, quantities);
    first = end;
  }
  return byVm;
}

/** Sum over the vCPUs first..end − 1 of a sample row, whose first column is the time. */
function sumOf(row: readonly number[], first: number, end: number): number {
  return row.slice(first + 1, end + 1).reduce((sum, cpuNs) => sum + cpuNs, 0);
}
