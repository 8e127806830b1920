/** A simulation held against a golden file: its records, then its figures. */
import type { Difference } from './conformance-schema.ts';
import type { GoldenRecord } from './golden-records.ts';
import type { GoldenFile } from './golden-schema.ts';
import { quantityOf, vmQuantities } from './shares.ts';
import type { SimResult } from '../sim/simulate.ts';

/** What must be the same, record for record; other kinds in a trace are for the reader. */
const COMPARED_KINDS = new Set(['sw', 'tick', 'acct', 'steal', 'migrate', 'park', 'unpark', 'done']);
const CONTEXT_RECORDS = 5;

/** Index in a whole trace of its n-th compared record (from 0); the trace's length if it has fewer. */
export function indexOfCompared(records: readonly GoldenRecord[], n: number): number {
  let left = n;
  const index = records.findIndex(([kind]) => COMPARED_KINDS.has(kind) && left-- === 0);
  return index < 0 ? records.length : index;
}

export function compareTraces(
  expected: readonly GoldenRecord[],
  actual: readonly GoldenRecord[],
): { readonly recordsCompared: number; readonly difference: Difference | null } {
  const wanted = comparable(expected);
  const given = comparable(actual);
  const longest = Math.max(wanted.length, given.length);
  for (let index = 0; index < longest; index++) {
    const [want, have] = [wanted.at(index) ?? null, given.at(index) ?? null];
    if (JSON.stringify(want) === JSON.stringify(have)) continue;
    const before = wanted.slice(Math.max(0, index - CONTEXT_RECORDS), index);
    const difference: Difference = { kind: 'record', index, expected: want, actual: have, before };
    return { recordsCompared: index + 1, difference };
  }
  return { recordsCompared: longest, difference: null };
}

/**
 * Only the compared kinds. One pass parks and unparks in no defined order: neighbours of these kinds are
 * sorted.
 */
function comparable(records: readonly GoldenRecord[]): GoldenRecord[] {
  const kept = records.filter(([kind]) => COMPARED_KINDS.has(kind));
  for (let first = 0; first < kept.length; first++) {
    let end = first;
    while (end < kept.length && isParking(kept[end]) && kept[end][1] === kept[first][1]) end++;
    if (end - first < 2) continue;
    const sorted = kept.slice(first, end).sort((a, b) => (String(a[2]) < String(b[2]) ? -1 : 1));
    kept.splice(first, sorted.length, ...sorted);
    first = end - 1;
  }
  return kept;
}

function isParking([kind]: GoldenRecord): boolean {
  return kind === 'park' || kind === 'unpark';
}

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
      differs(`${want.name} boosts`, want.boosts, have.counters.boosts) ??
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
      const have = quantityOf(byVm.get(vm), quantity);
      const isNear = have !== null && Math.abs(have - want) <= ROUNDING;
      if (!isNear) return { kind: 'quantity', what: `${vm} ${quantity}`, expected: want, actual: have };
    }
  }
  for (const [vm, bands] of Object.entries(golden.band)) {
    for (const [quantity, [min, max]] of Object.entries(bands)) {
      // The run may be too short for a quantity that a longer variant of it had.
      if (quantityOf(golden.result.vms[vm], quantity) === null) continue;
      const have = quantityOf(byVm.get(vm), quantity);
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
