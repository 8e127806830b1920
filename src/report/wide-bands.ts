import type { JudgedPrediction, RunResult } from '../result/result.ts';
import type { MeasuredRow } from './lab-row.ts';
import { textWidth, wrapItem } from './terminal/lab-text.ts';
import type { Style } from './terminal/style.ts';

/** What the star behind a tick means. */
export const WIDE_BANDS =
  'in band, but the band is made from what went wrong in this run: the scheduler came late, or others took time from the VMs, more than in a good one. It says little';

/** Whether some tick of a run has that star. */
export function hasWideTick({ bandsAreWide = false, vms }: RunResult): boolean {
  const isTicked = (predicted: JudgedPrediction | null | undefined): boolean =>
    predicted?.inBand?.wallNs === true || predicted?.inBand?.sharePercent === true;
  return bandsAreWide && vms.some(({ predicted }) => isTicked(predicted));
}

/** The line below a table that explains its star. */
export function wideBandsLine(style: Style, width: number): string {
  return style.dim(wrapItem(style.text(`${style.unicode ? '✓*' : 'yes*'}: ${WIDE_BANDS}`), width));
}

/** A lab's table with that line, if some row has the star. */
export function withLegend(table: string, rows: readonly MeasuredRow[], style: Style, width: number): string {
  const isStarred = rows.some(({ run }) => run !== null && hasWideTick(run));
  return isStarred ? `${table}\n${wideBandsLine(style, textWidth({ columns: width }))}` : table;
}
