/**
 * Results as CSV (RFC 4180: CRLF, quotes doubled): a header, then a line per vCPU and run.
 *
 * Columns named as in the result file; those of the VM begin with `vm`. Times in ns, empty where there is no value.
 */
import type { Band } from '../analysis/band.ts';
import type { RunResult, VcpuResult, VmResult } from '../result/result.ts';

const VCPU_KEYS = [
  'tid',
  'cpuNs',
  'units',
  'checksum',
  'checksumOk',
  'verifiedUnits',
  'startNs',
  'endNs',
  'dispatches',
  'boosts',
  'steals',
  'migrations',
  'stolenNs',
  'deferredPauses',
  'overrunNs',
  'involuntarySwitches',
  'runqWaitNs',
] as const satisfies readonly (keyof VcpuResult)[];

export const CSV_HEADER: readonly string[] = [
  'row',
  'run',
  'order',
  'machine',
  'complete',
  'verdict',
  'windowNs',
  'contendedNs',
  'bandsAreWide',
  'ownThreadsNs',
  'vm',
  'vmWeight',
  'vmCap',
  'vmCpuNs',
  'vmSharePercent',
  'vmIdealSharePercent',
  'vmContendedSharePercent',
  'vmIdealContendedSharePercent',
  'vmWorkSharePercent',
  'vmWallNs',
  'vmIdealWallNs',
  'vmPredictedWallNs',
  'vmPredictedWallNsMin',
  'vmPredictedWallNsMax',
  'vmWallInBand',
  'vmPredictedSharePercent',
  'vmPredictedSharePercentMin',
  'vmPredictedSharePercentMax',
  'vmShareInBand',
  'vmForecastWallNs',
  'vmForecastWallNsMin',
  'vmForecastWallNsMax',
  'vmForecastSharePercent',
  'vmForecastSharePercentMin',
  'vmForecastSharePercentMax',
  'vcpu',
  ...VCPU_KEYS,
];

export interface CsvRow {
  /** a lab's row, or the scenario's name */
  readonly label: string;
  readonly runs: readonly RunResult[];
}

/** @returns the whole file; runs are numbered from 1 within their row */
export function toCsv(rows: readonly CsvRow[]): string {
  const lines: Cell[][] = [[...CSV_HEADER]];
  for (const { label, runs } of rows) {
    for (const [index, run] of runs.entries()) {
      for (const vm of run.vms)
        for (const vcpu of vm.vcpus) lines.push(lineOf(label, index + 1, run, vm, vcpu));
    }
  }
  return lines.map((line) => `${line.map(quote).join(',')}\r\n`).join('');
}

type Cell = string | number | boolean | null;

function lineOf(label: string, number: number, run: RunResult, vm: VmResult, vcpu: VcpuResult): Cell[] {
  const { name, weight, cap, cpuNs, sharePercent, wallNs, idealWallNs, predicted, forecast } = vm;
  return [
    label,
    number,
    run.order ?? null,
    run.machine ?? 'hardware',
    run.complete,
    run.certificate?.verdict ?? null,
    run.windowNs,
    run.contendedNs ?? null,
    run.bandsAreWide ?? null,
    ownThreadsNs(run),
    name,
    weight,
    cap,
    cpuNs,
    sharePercent,
    vm.idealSharePercent ?? null,
    vm.contendedSharePercent ?? null,
    vm.idealContendedSharePercent ?? null,
    vm.workSharePercent ?? null,
    wallNs,
    idealWallNs,
    ...bandCells(predicted?.wallNs),
    predicted?.inBand?.wallNs ?? null,
    ...bandCells(predicted?.sharePercent),
    predicted?.inBand?.sharePercent ?? null,
    ...bandCells(forecast?.wallNs),
    ...bandCells(forecast?.sharePercent),
    vcpu.id,
    ...VCPU_KEYS.map((key) => vcpu[key] ?? null),
  ];
}

/** On all pCPUs; null: not known. */
function ownThreadsNs({ pcpus }: RunResult): number | null {
  const own = pcpus.map((pcpu) => pcpu.ownThreadsNs ?? null);
  return own.reduce((sum: number | null, ns) => (sum === null || ns === null ? null : sum + ns), 0);
}

function bandCells(band: Band | null | undefined): Cell[] {
  return band === null || band === undefined ? [null, null, null] : [band.median, band.min, band.max];
}

function quote(cell: Cell): string {
  if (cell === null) return '';
  const text = String(cell);
  return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}
