import type { SimResult } from '../sim/simulate.ts';
import type { GoldenScenario, VmQuantities } from './golden-schema.ts';

const STEADY_FROM_NS = 3e9;

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
    const hasSteadyPart = steadyFrom !== undefined && last !== undefined && last[0] > STEADY_FROM_NS;
    const doneNs = Math.max(...vcpus.map((vcpu) => vcpu.doneNs));
    byVm.set(vm.name, {
      cpu_ns: cpuNs,
      pct_of_one_pcpu: (100 * cpuNs) / result.endNs,
      pct_of_used: usedNs === 0 ? 0 : (100 * cpuNs) / usedNs,
      ...(hasSteadyPart && {
        steady_pct_of_one_pcpu:
          (100 * (sumOf(last, first, end) - sumOf(steadyFrom, first, end))) / (last[0] - STEADY_FROM_NS),
      }),
      ...(doneNs >= 0 && { done_ms: doneNs / 1e6 }),
    });
    first = end;
  }
  return byVm;
}

/** One quantity by its name; null: it has no meaning for the run, or there is none of that name. */
export function quantityOf(quantities: VmQuantities | undefined, name: string): number | null {
  const byName: Readonly<Record<string, number | undefined>> = quantities ?? {};
  return byName[name] ?? null;
}

/** Sum over the vCPUs first..end − 1 of a sample row, whose first column is the time. */
function sumOf(row: readonly number[], first: number, end: number): number {
  return row.slice(first + 1, end + 1).reduce((sum, cpuNs) => sum + cpuNs, 0);
}
