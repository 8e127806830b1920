import type { RunResult } from './result.ts';
import type { JudgedPrediction, VcpuResult, VmPrediction, VmResult } from './vm-result.ts';
import type { Band } from '../analysis/band.ts';
import { median } from '../analysis/stats.ts';

/**
 * Several runs of one scenario as one, for tables that have a single line per VM: each figure of a VM and of its vCPUs
 * is the median over the complete runs, a prediction spans all predictions, and a checksum is right if all are. The
 * figures of pCPUs and loop are the first run's.
 * @returns null for no runs; if none is complete, the first one as it is
 */
export function medianRun(runs: readonly RunResult[]): RunResult | null {
  const complete = runs.filter((run) => run.complete);
  if (complete.length === 0) return runs.at(0) ?? null;
  const [first] = complete;
  return {
    ...first,
    windowNs: median(complete.map(({ windowNs }) => windowNs)),
    ...(first.contendedNs !== undefined && {
      contendedNs: median(complete.map(({ contendedNs = 0 }) => contendedNs)),
    }),
    ...(first.bandsAreWide !== undefined && {
      bandsAreWide: complete.some(({ bandsAreWide }) => bandsAreWide === true),
    }),
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
    idealSharePercent: medianOrNull(vms.map(({ idealSharePercent }) => idealSharePercent ?? null)),
    contendedSharePercent: medianOrNull(
      vms.map(({ contendedSharePercent }) => contendedSharePercent ?? null),
    ),
    idealContendedSharePercent: medianOrNull(
      vms.map(({ idealContendedSharePercent }) => idealContendedSharePercent ?? null),
    ),
    workSharePercent: medianOrNull(vms.map(({ workSharePercent }) => workSharePercent ?? null)),
    wallNs: medianOrNull(vms.map(({ wallNs }) => wallNs)),
    idealWallNs: medianOrNull(vms.map(({ idealWallNs }) => idealWallNs)),
    predicted: judgedOf(vms),
    forecast: spansOf(vms.flatMap(({ forecast }) => forecast ?? [])),
    vcpus: first.vcpus.map((_, index) => medianVcpu(vms.map(({ vcpus }) => vcpus[index]))),
  };
}

function medianVcpu(vcpus: readonly VcpuResult[]): VcpuResult {
  const of = (key: 'cpuNs' | 'units' | 'dispatches' | 'steals' | 'migrations' | 'stolenNs') =>
    median(vcpus.map((vcpu) => vcpu[key]));
  const marks = vcpus.map(({ checksumOk }) => checksumOk);
  const [{ counters }] = vcpus;
  return {
    ...vcpus[0],
    cpuNs: of('cpuNs'),
    units: of('units'),
    checksumOk: allTrue(marks),
    dispatches: of('dispatches'),
    steals: of('steals'),
    migrations: of('migrations'),
    ...(counters !== undefined && {
      counters: Object.fromEntries(
        Object.keys(counters).map((key) => [key, median(vcpus.map((vcpu) => vcpu.counters?.[key] ?? NaN))]),
      ),
    }),
    stolenNs: of('stolenNs'),
  };
}

/** In band if all are. */
function judgedOf(vms: readonly VmResult[]): JudgedPrediction | null {
  const all = vms.flatMap(({ predicted }) => predicted ?? []);
  const spans = spansOf(all);
  if (spans === null) return null;
  const marks = (of: 'wallNs' | 'sharePercent') => allTrue(all.map(({ inBand }) => inBand?.[of] ?? null));
  return { ...spans, inBand: { wallNs: marks('wallNs'), sharePercent: marks('sharePercent') } };
}

/** Of a figure that one of them lacks there is none. */
function spansOf(all: readonly VmPrediction[]): VmPrediction | null {
  if (all.length === 0) return null;
  const walls = all.flatMap(({ wallNs }) => wallNs ?? []);
  const shares = all.flatMap(({ sharePercent }) => sharePercent ?? []);
  return {
    wallNs: walls.length < all.length ? null : spanOf(walls),
    sharePercent: shares.length < all.length ? null : spanOf(shares),
  };
}

function spanOf(bands: readonly Band[]): Band {
  return {
    median: median(bands.map((band) => band.median)),
    min: Math.min(...bands.map(({ min }) => min)),
    max: Math.max(...bands.map(({ max }) => max)),
  };
}

function allTrue(marks: readonly (boolean | null)[]): boolean | null {
  return marks.includes(false) ? false : marks.includes(null) ? null : true;
}

/** Null as soon as one is missing: a median of those that finished would be too small. */
function medianOrNull(values: readonly (number | null)[]): number | null {
  const known = values.filter((value) => value !== null);
  return known.length < values.length ? null : median(known);
}
