import { shareBandCell, wallBandCell } from '../../src/report/terminal/cells.ts';
import { metrics } from '../../src/result/metrics.ts';
import { formatMetric } from '../../src/report/format.ts';
import type { Style } from '../../src/report/terminal/style.ts';
import { renderTable } from '../../src/report/terminal/table.ts';
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
    { title: 'of forecast' },
    { title: 'share' },
    { title: 'predicted' },
    { title: 'ideal' },
    { title: 'error, points' },
    { title: 'of forecast' },
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
    formatMetric(metrics.wallNs, wall?.measured),
    wallBandCell(wall?.predicted),
    formatMetric(metrics.idealWallNs, wall?.ideal),
    signed(wall?.error),
    signed(wall?.forecast?.error),
    formatMetric(metrics.contendedSharePercent, share?.measured),
    shareBandCell(share?.predicted),
    formatMetric(metrics.idealContendedSharePercent, share?.ideal),
    signed(share?.error),
    signed(share?.forecast?.error),
  ];
}

function signed(error: number | undefined): string {
  if (error === undefined) return NONE;
  const text = error.toFixed(2);
  return error > 0 ? `+${text}` : text;
}
