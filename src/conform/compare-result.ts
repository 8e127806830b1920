import type { SimResult } from '../sim/simulate.ts';
import type { Difference } from './difference.ts';
import type { GoldenFile } from './golden-file.ts';
import { vmQuantities } from './shares.ts';

/** Golden files round shares to three decimals. */
const ROUNDING = 0.0005 + 1e-9;

/** End of the run, each vCPU's times and counts, the samples, and each VM's shares: exact ones, and bands. */
export function compareResult(golden: GoldenFile, actual: SimResult): Difference | null {
  return (
    differs('end_ns', golden.result.end_ns, actual.endNs) ??
    compareVcpus(golden, actual) ??
    compareSamples(golden, actual) ??
    compareVms(golden, actual)
  );
}

function compareVcpus(golden: GoldenFile, actual: SimResult): Difference | null {
  for (const [index, want] of golden.result.vcpus.entries()) {
    const have = actual.vcpus[index];
    const difference =
      differs(`${want.name} cpu_ns`, want.cpu_ns, have.cpuNs) ??
      differs(`${want.name} done_ns`, want.done_ns, have.doneNs) ??
      differs(`${want.name} dispatches`, want.dispatches, have.dispatches) ??
      differs(`${want.name} boosts`, want.boosts, have.boosts) ??
      differs(`${want.name} wakes`, want.wakes, have.wakes);
    if (difference !== null) return difference;
  }
  return null;
}

function compareSamples(golden: GoldenFile, actual: SimResult): Difference | null {
  const wanted = golden.result.samples_cum_cpu_ns;
  const count = differs('number of samples', wanted.length, actual.samples.length);
  if (count !== null) return count;
  for (const [index, row] of wanted.entries()) {
    for (const [column, want] of row.entries()) {
      const what =
        column === 0 ? `time of sample ${index}` : `cpu_ns of vCPU ${column - 1} in sample ${index}`;
      const difference = differs(what, want, actual.samples[index].at(column) ?? null);
      if (difference !== null) return difference;
    }
  }
  return null;
}

function compareVms(golden: GoldenFile, actual: SimResult): Difference | null {
  const byVm = vmQuantities(golden.scenario, actual);
  for (const [vm, wanted] of Object.entries(golden.result.vms)) {
    for (const [quantity, want] of Object.entries(wanted)) {
      const have = byVm.get(vm)?.[quantity] ?? null;
      const isNear = have !== null && Math.abs(have - want) <= ROUNDING;
      if (!isNear) return { kind: 'quantity', what: `${vm} ${quantity}`, expected: want, actual: have };
    }
  }
  for (const [vm, bands] of Object.entries(golden.band)) {
    for (const [quantity, [min, max]] of Object.entries(bands)) {
      // A variant of the run may have lasted long enough for a quantity that this one was too short for.
      if (golden.result.vms[vm]?.[quantity] === undefined) continue;
      const have = byVm.get(vm)?.[quantity] ?? null;
      const isWithin = have !== null && have >= min - ROUNDING && have <= max + ROUNDING;
      if (!isWithin) {
        return { kind: 'quantity', what: `${vm} ${quantity}`, expected: [min, max], actual: have };
      }
    }
  }
  return null;
}

function differs(what: string, expected: number, actual: number | null): Difference | null {
  return expected === actual ? null : { kind: 'quantity', what, expected, actual };
}
