import { shareBandCell, wallBandCell } from '../../src/report/band-cell.ts';
import { metrics } from '../../src/analysis/metrics.ts';
import type { Style } from '../../src/report/style.ts';
import { renderTable } from '../../src/report/table.ts';
import type { Comparison } from './comparison.ts';

const NONE = '–';

/** A line per VM; below, a line per miss with what may explain it. */
export function renderComparisons(comparisons: readonly Comparison[], style: Style): string {
  const columns = [
    { title: 'scenario', align: 'left' as const },
    { title: 'VM', align: 'left' as const },
    { title: 'time' },
    { title: 'predicted' },
    { title: 'ideal' },
    { title: 'error, %' },
    { title: 'share' },
    { title: 'predicted' },
    { title: 'ideal' },
    { title: 'error, points' },
  ];
  const table = renderTable(columns, comparisons.map(cells), style);
  const misses = comparisons.flatMap(({ scenario, vm, explanation }) =>
    explanation === null ? [] : [style.text(`${scenario}, ${vm}: ${explanation}`)],
  );
  return [table, ...misses].join('\n');
}

function cells({ scenario, vm, wall, share }: Comparison): string[] {
  return [
    scenario,
    vm,
    metrics.wallNs.format(wall?.measured),
    wallBandCell(wall?.predicted),
    metrics.idealWallNs.format(wall?.ideal),
    wall === null ? NONE : signed(wall.error),
    metrics.sharePercent.format(share.measured),
    shareBandCell(share.predicted),
    metrics.idealSharePercent.format(share.ideal),
    signed(share.error),
  ];
}

function signed(error: number): string {
  const text = error.toFixed(2);
  return error > 0 ? `+${text}` : text;
}
