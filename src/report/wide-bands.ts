import type { JudgedPrediction, RunResult } from '../result/result.ts';

/** What the star behind a tick means. */
export const WIDE_BANDS =
  'in band, but the band is made from what went wrong in this run: the scheduler came late, or others took time from the VMs, more than in a good one. It says little';

/** Whether some tick of a run has that star. */
export function hasWideTick({ bandsAreWide = false, vms }: RunResult): boolean {
  const isTicked = (predicted: JudgedPrediction | null | undefined): boolean =>
    predicted?.inBand?.wallNs === true || predicted?.inBand?.sharePercent === true;
  return bandsAreWide && vms.some(({ predicted }) => isTicked(predicted));
}
