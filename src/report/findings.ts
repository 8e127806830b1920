/** Sentences under a lab's table that say what was seen: one about weights, one about caps. */
import type { VmSpec } from '../scenario/scenario.ts';
import { baseline, quotient, type MeasuredRow } from './lab-row.ts';

/** Measured and ideal within this much of each other count as agreeing. */
const AGREEMENT = 0.05;

/** What can be said of a lab with such rows; nothing of one that compares neither weights nor caps. */
export function labFindings(rows: readonly MeasuredRow[]): readonly string[] {
  return [
    ...(unequalPairs(rows).length === 0 ? [] : [weightFinding(rows)]),
    ...(cappedAlone(rows).length === 0 ? [] : [capFinding(rows)]),
  ];
}

/** What the most unequal weights did to two VMs that nothing else held back. */
export function weightFinding(rows: readonly MeasuredRow[]): string {
  const pairs = unequalPairs(rows);
  const pair = pairs.find(({ row }) => finished(row));
  if (pair === undefined) {
    return pairs.length === 0
      ? 'No row compares two VMs of unequal weight without a cap, so nothing can be said about weights.'
      : 'No row with unequal weights and no cap was completed, so nothing can be said about weights.';
  }
  const { row, heavy, light } = pair;
  const { vms } = row.scenario;
  const names = `${vms[heavy].name} (weight ${String(vms[heavy].weight)})`;
  const other = `${vms[light].name} (weight ${String(vms[light].weight)})`;
  const measured = ratioOfWalls(row, light, heavy, 'wallNs');
  const ideal = ratioOfWalls(row, light, heavy, 'idealWallNs');
  if (measured === null) return `The times of ${names} and ${other} are not comparable.`;
  const verdict = compare(measured, ideal);
  return measured > 1
    ? `Without caps ${names} finished ${times(measured)} sooner than ${other}; ${verdict}.`
    : `Without caps ${names} did not finish before ${other}, in spite of its weight: it took ` +
        `${times(1 / measured)} as long; ${verdict}.`;
}

/** How far each cap stretched a run that had the pCPU to itself. */
export function capFinding(rows: readonly MeasuredRow[]): string {
  const alone = cappedAlone(rows);
  if (alone.length === 0) return 'No row runs a capped VM alone, so nothing can be said about caps.';
  const stretches = alone.flatMap((row) => {
    if (!finished(row) || row.run === null) return [];
    const [vm] = row.scenario.vms;
    const free = baseline(rows, vm);
    const [{ wallNs, idealWallNs, cpuNs }] = row.run.vms;
    // The cores' speed may have changed between the rows: what a cap stretches is the CPU time that the work took.
    const measured = quotient(quotient(wallNs, cpuNs), quotient(free?.wallNs ?? null, free?.cpuNs ?? null));
    if (measured === null) return [];
    const ideal = quotient(
      quotient(idealWallNs, cpuNs),
      quotient(free?.idealWallNs ?? null, free?.cpuNs ?? null),
    );
    return [{ cap: vm.cap ?? 0, measured, ideal }];
  });
  if (stretches.length === 0) {
    return 'No run alone with a cap can be compared with one without, so nothing can be said about caps.';
  }
  stretches.sort((a, b) => a.cap - b.cap);
  const list = stretches.map(({ cap, measured, ideal }) => {
    const wanted = ideal === null ? '' : ` (ideal ${ideal.toFixed(2)})`;
    return `${measured.toFixed(2)} at ${String(cap)} %${wanted}`;
  });
  const off = stretches.filter(({ measured, ideal }) => ideal !== null && !agree(measured, ideal));
  const comment =
    off.length === 0
      ? ''
      : `; ${off.map(({ cap }) => `${String(cap)} %`).join(' and ')} missed the ideal by more than 5 %`;
  const missing = alone.length - stretches.length;
  const gap = missing === 0 ? '' : `; ${String(missing)} of ${String(alone.length)} caps were not measured`;
  return (
    'With the pCPU to itself, a capped VM took this many times as long as without a cap, for the same CPU ' +
    `time: ${list.join(', ')}${comment}${gap}.`
  );
}

/** Rows with two VMs of unequal weight and no cap, the most unequal first. */
function unequalPairs(rows: readonly MeasuredRow[]) {
  const pairs = rows.flatMap((row) => {
    const { vms } = row.scenario;
    const [one, other] = vms.map(({ weight }) => weight);
    if (vms.length !== 2 || vms.some(hasCap) || one === undefined || other === undefined) return [];
    if (one === other) return [];
    const heavy = one > other ? 0 : 1;
    return [{ row, heavy, light: 1 - heavy, factor: Math.max(one, other) / Math.min(one, other) }];
  });
  return pairs.sort((a, b) => b.factor - a.factor);
}

function cappedAlone(rows: readonly MeasuredRow[]): readonly MeasuredRow[] {
  return rows.filter(({ scenario: { vms } }) => vms.length === 1 && hasCap(vms[0]));
}

function hasCap({ cap = 0 }: VmSpec): boolean {
  return cap !== 0;
}

function finished({ run }: MeasuredRow): boolean {
  return run !== null && run.complete && run.vms.every((vm) => vm.wallNs !== null);
}

function ratioOfWalls(row: MeasuredRow, a: number, b: number, key: 'wallNs' | 'idealWallNs'): number | null {
  return quotient(row.run?.vms[a][key] ?? null, row.run?.vms[b][key] ?? null);
}

function compare(measured: number, ideal: number | null): string {
  if (ideal === null) return 'there is no prediction to compare with';
  const figure = `an ideal proportional share predicts ${ideal.toFixed(2)}`;
  if (agree(measured, ideal)) return figure;
  return `${figure}, which is ${(100 * Math.abs(measured / ideal - 1)).toFixed(0)} % off`;
}

function agree(measured: number, ideal: number): boolean {
  return Math.abs(measured / ideal - 1) <= AGREEMENT;
}

function times(factor: number): string {
  return `${factor.toFixed(2)} times`;
}
