import type { RunResult, VcpuResult, VmPrediction, VmResult } from '../experiment/result.ts';
import type { Band } from './band.ts';
import { median } from './stats.ts';

/**
 * Several runs of one scenario as one, for tables that have a single line per VM: each figure of a VM and of its vCPUs is
 * the median over the complete runs, a prediction spans all predictions, and a checksum is right if all are. The figures
 * of pCPUs and loop are the first run's.
 * @returns null for no runs; if none is complete, the first one as it is
 */
export function medianRun(runs: readonly RunResult[]): RunResult | null {
  const complete = runs.filter((run) => run.complete);
  if (complete.length === 0) return runs.at(0) ?? null;
  const [first] = complete;
  return {
    ...first,
    windowNs: median(complete.map(({ windowNs }) => windowNs)),
    complete: complete.length === runs.length,
    vms: first.vms.map((_, index) => medianVm(complete.map(({ vms }) => vms[index]))),
    warnings: [...new Set(runs.flatMap(({ warnings }) => warnings))],
  };
}

function medianVm(vms: readonly VmResult[]): VmResult {
  const [first] = vms;
  return {
    ...first,
    cpuNs: median(vms.map(({ cpuNs }) => cpuNs)),
    sharePercent: median(vms.map(({ sharePercent }) => sharePercent)),
    workSharePercent: medianOrNull(vms.map(({ workSharePercent }) => workSharePercent ?? null)),
    wallNs: medianOrNull(vms.map(({ wallNs }) => wallNs)),
    idealWallNs: medianOrNull(vms.map(({ idealWallNs }) => idealWallNs)),
    predicted: predictionOf(vms),
    vcpus: first.vcpus.map((_, index) => medianVcpu(vms.map(({ vcpus }) => vcpus[index]))),
  };
}

function medianVcpu(vcpus: readonly VcpuResult[]): VcpuResult {
  const of = (key: 'cpuNs' | 'units' | 'dispatches' | 'boosts' | 'steals' | 'migrations' | 'stolenNs') =>
    median(vcpus.map((vcpu) => vcpu[key]));
  const marks = vcpus.map(({ checksumOk }) => checksumOk);
  return {
    ...vcpus[0],
    cpuNs: of('cpuNs'),
    units: of('units'),
    checksumOk: marks.includes(false) ? false : marks.includes(null) ? null : true,
    dispatches: of('dispatches'),
    boosts: of('boosts'),
    steals: of('steals'),
    migrations: of('migrations'),
    stolenNs: of('stolenNs'),
  };
}

function predictionOf(vms: readonly VmResult[]): VmPrediction | null {
  const all = vms.flatMap(({ predicted }) => predicted ?? []);
  if (all.length === 0) return null;
  const walls = all.flatMap(({ wallNs }) => wallNs ?? []);
  return {
    wallNs: walls.length < all.length ? null : spanOf(walls),
    sharePercent: spanOf(all.map(({ sharePercent }) => sharePercent)),
  };
}

function spanOf(bands: readonly Band[]): Band {
  return {
    median: median(bands.map((band) => band.median)),
    min: Math.min(...bands.map(({ min }) => min)),
    max: Math.max(...bands.map(({ max }) => max)),
  };
}

/** Null as soon as one is missing: a median of those that finished would be too small. */
function medianOrNull(values: readonly (number | null)[]): number | null {
  const known = values.filter((value) => value !== null);
  return known.length < values.length ? null : median(known);
}
