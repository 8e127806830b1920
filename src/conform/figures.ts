/** What simulations say of each vCPU and VM, as golden files of all policies do. */
import type { SimResult, SimVcpuResult } from '../sim/simulate.ts';
import { vcpuNames } from './common-scenario.ts';
import type { Figures, GoldenResult, GoldenScenario } from './golden-schema.ts';

const STEADY_FROM_NS = 3e9;

/** In what the files of a policy differ. */
export interface FigureOptions {
  /** what they call the instant at which the last vCPU of a VM was done, in ms; null: they don't say it */
  readonly doneKey: string | null;
  /** a run that ends with its work has a sample at its end, wherever in a second that is */
  readonly samplesEnd: boolean;
  /** what else the policy counts; default: nothing */
  readonly ofVcpu?: (vcpu: SimVcpuResult) => Figures;
}

/** The `result` of a golden file, not rounded. */
export function commonFigures(
  scenario: GoldenScenario,
  result: SimResult,
  { doneKey, samplesEnd, ofVcpu = () => ({}) }: FigureOptions,
): GoldenResult {
  const names = vcpuNames(scenario);
  const samples = samplesEnd ? withEnd(result) : result.samples;
  return {
    end_ns: result.endNs,
    vcpus: result.vcpus.map((vcpu, index) => ({
      name: names[index],
      cpu_ns: vcpu.cpuNs,
      done_ns: vcpu.doneNs,
      dispatches: vcpu.dispatches,
      ...ofVcpu(vcpu),
      wakes: vcpu.wakes,
    })),
    vms: vmFigures(scenario, { ...result, samples }, doneKey),
    samples_cum_cpu_ns: samples,
  };
}

function withEnd({ end, endNs, samples, vcpus }: SimResult): SimResult['samples'] {
  if (end !== 'done' || samples.at(-1)?.[0] === endNs) return samples;
  return [...samples, [endNs, ...vcpus.map(({ cpuNs }) => cpuNs)]];
}

function vmFigures(
  scenario: GoldenScenario,
  result: SimResult,
  doneKey: string | null,
): Record<string, Figures> {
  const usedNs = result.vcpus.reduce((sum, { cpuNs }) => sum + cpuNs, 0);
  const steadyFrom = result.samples.find(([atNs]) => atNs === STEADY_FROM_NS);
  const last = result.samples.at(-1);
  const byVm: Record<string, Figures> = {};
  let first = 0;
  for (const vm of scenario.vms) {
    const end = first + vm.vcpus.length;
    const vcpus = result.vcpus.slice(first, end);
    const cpuNs = vcpus.reduce((sum, vcpu) => sum + vcpu.cpuNs, 0);
    const hasSteadyPart = steadyFrom !== undefined && last !== undefined && last[0] > STEADY_FROM_NS;
    const doneNs = Math.max(...vcpus.map((vcpu) => vcpu.doneNs));
    byVm[vm.name] = {
      cpu_ns: cpuNs,
      pct_of_one_pcpu: (100 * cpuNs) / result.endNs,
      pct_of_used: usedNs === 0 ? 0 : (100 * cpuNs) / usedNs,
      ...(hasSteadyPart && {
        steady_pct_of_one_pcpu:
          (100 * (sumOf(last, first, end) - sumOf(steadyFrom, first, end))) / (last[0] - STEADY_FROM_NS),
      }),
      ...(doneNs >= 0 && doneKey !== null && { [doneKey]: doneNs / 1e6 }),
    };
    first = end;
  }
  return byVm;
}

/** Sum over the vCPUs first..end − 1 of a sample row, whose first column is the time. */
function sumOf(row: readonly number[], first: number, end: number): number {
  return row.slice(first + 1, end + 1).reduce((sum, cpuNs) => sum + cpuNs, 0);
}
