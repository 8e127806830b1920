import { metrics } from '../../result/metrics.ts';
import { formatMetric } from '../format.ts';
import { median, medianInterval } from '../../analysis/stats.ts';
import type { RunResult } from '../../result/result.ts';
import { intervalNote } from '../repeat-lines.ts';
import type { Style } from './style.ts';
import { renderTable } from './table.ts';

/** Several runs of one scenario: median and interval of each VM's time and share, over the complete runs. */
export function repeatTable(runs: readonly RunResult[], seed: number, style: Style): string {
  const complete = runs.filter((run) => run.complete);
  const vms = complete[0]?.vms ?? [];
  const rows = vms.map((vm, index) => {
    const walls = complete.flatMap((run) => run.vms[index].wallNs ?? []);
    const shares = complete.map((run) => run.vms[index].sharePercent);
    return [
      vm.name,
      ...summary(walls, seed, (value) => formatMetric(metrics.wallNs, value)),
      ...summary(shares, seed, (value) => formatMetric(metrics.sharePercent, value)),
    ];
  });
  if (rows.length === 0) return style.bold('No run was completed.');
  const noun = complete.length === 1 ? 'run' : 'runs';
  const count = `${String(complete.length)} complete ${noun}`;
  const title = `${count}: ${intervalNote(complete.length)}`;
  const columns = [
    { title: 'VM', align: 'left' as const },
    { title: metrics.wallNs.title },
    { title: 'interval' },
    { title: metrics.sharePercent.title },
    { title: 'interval' },
  ];
  return `${style.bold(title)}\n${renderTable(columns, rows, style)}`;
}

function summary(
  samples: readonly number[],
  seed: number,
  format: (value: number | null) => string,
): string[] {
  if (samples.length === 0) return ['–', '–'];
  const interval = medianInterval(samples, seed);
  return [
    format(median(samples)),
    interval === null ? '– (fewer than 3)' : `${format(interval.low)} … ${format(interval.high)}`,
  ];
}
