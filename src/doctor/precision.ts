/**
 * What precision to expect of a run, from what a run of two seconds showed.
 *
 *   shares   ± the larger of  |measured − predicted share|        what went wrong in the probe
 *                        and  median tick lateness ÷ slice × 100  what a late timer moves from one VM to the other,
 *                                                                 even if it happened to cancel out in the probe
 *   times    ± share error ÷ smaller predicted share × 100        a VM that gets 1 % less takes 1 % longer
 *            + speed drift                                        the same work takes more or less CPU time: how far
 *                                                                 its rate is from the median on average, over parts
 *                                                                 of 0.4 s
 *
 * Example: weights 256:512, so the smaller share is 33.3 %. The shares were 0.2 points off, the timers 60 µs late of 30
 * ms (0.2 points), and the speed moved by 0.5 %: shares to 0.2 points, times to 0.2 ÷ 33.3 + 0.5 % = 1.1 %.
 *
 * Stolen time is in the share error, since the prediction has all of the pCPU to give. What changes more slowly than in
 * two seconds (heat, the neighbours of a virtual machine) isn't seen.
 */
import { median } from '../analysis/stats.ts';
import type { Precision } from './diagnosis.ts';
import { sliceEndLateNs } from '../result/coarseness.ts';
import { stolenFraction } from '../result/noise.ts';
import type { RunResult } from '../result/result.ts';
import type { VmPrediction } from '../result/vm-result.ts';

/** Of each VM: units of work and the CPU time that they took, so far. */
export type WorkSample = readonly { readonly units: number; readonly cpuNs: number }[];

/**
 * @param samples in order of time, at least two for a drift
 * @param predicted in the order of the run's VMs
 */
export function precisionOf(
  run: RunResult,
  predicted: readonly VmPrediction[],
  samples: readonly WorkSample[],
  tsliceNs: number,
): Precision {
  const { p50, p99 } = run.loop.tickLatenessNs;
  // The probe's VMs never end, so that they compete all the time.
  const shares = predicted.map(({ sharePercent }) => sharePercent?.median ?? NaN);
  const shareErrorPoints = Math.max(...run.vms.map((vm, index) => Math.abs(vm.sharePercent - shares[index])));
  const speedDriftPercent = driftOf(samples);
  const sharePoints = Math.max(shareErrorPoints, (100 * p50) / tsliceNs);
  return {
    tickLatenessNs: { p50, p99 },
    sliceEndLateNs: sliceEndLateNs(run.loop),
    shareErrorPoints,
    stolenPercent: 100 * stolenFraction(run),
    speedDriftPercent,
    expected: {
      sharePoints,
      timePercent: (100 * sharePoints) / Math.min(...shares) + (speedDriftPercent ?? 0),
    },
  };
}

function driftOf(samples: readonly WorkSample[]): number | null {
  const rates: number[] = [];
  for (let i = 1; i < samples.length; i++) {
    for (const [vm, { units, cpuNs }] of samples[i].entries()) {
      const before = samples[i - 1][vm];
      if (cpuNs > before.cpuNs) rates.push((units - before.units) / (cpuNs - before.cpuNs));
    }
  }
  const usual = median(rates);
  if (rates.length < 2 || !(usual > 0)) return null;
  return (100 * rates.reduce((sum, rate) => sum + Math.abs(rate / usual - 1), 0)) / rates.length;
}

/** Rounded up to one significant digit, and to no less than 0.1: two seconds can't promise more. */
export function roundUp(value: number): number {
  const atLeast = Math.max(value, 0.1);
  const digit = 10 ** Math.floor(Math.log10(atLeast));
  // 0.3 ÷ 0.1 is a hair more than 3 in floating point, and must stay 0.3.
  return Number((Math.ceil(Number((atLeast / digit).toFixed(9))) * digit).toPrecision(1));
}

/** As a sentence says it. */
export function inWords({ expected }: Precision): string {
  const { sharePoints, timePercent } = expected;
  return (
    `shares to about ${String(roundUp(sharePoints))} points and execution times to about ` +
    `${String(roundUp(timePercent))} %`
  );
}
