import { formatNs, metrics } from '../analysis/metrics.ts';
import type { Quantiles, RunResult } from '../experiment/result.ts';
import type { Style } from './style.ts';
import { renderTable } from './table.ts';

/** How the machine did: each pCPU's time in vCPUs, and how quick the loop was, where that takes time. */
export function machineLines(run: RunResult, style: Style): string {
  const pcpus = renderTable(
    [{ title: 'pCPU', align: 'left' }, { title: metrics.busyNs.title }, { title: metrics.switches.title }],
    run.pcpus.map(({ id, busyNs, switches }) => [
      `CPU ${String(id)}`,
      percentOf(busyNs, run.windowNs),
      metrics.switches.format(switches),
    ]),
    style,
  );
  if (run.machine === 'simulated') return pcpus;
  const { tickLatenessNs, switchGapNs, decisionNs, dispatchNs, cpuNs } = run.loop;
  const loop = renderTable(
    [
      { title: 'loop', align: 'left' },
      { title: 'p50' },
      { title: 'p99' },
      { title: 'max' },
      { title: 'count' },
    ],
    [
      quantileRow(metrics.tickLatenessNs.title, tickLatenessNs),
      quantileRow(metrics.switchGapNs.title, switchGapNs),
      quantileRow(metrics.decisionNs.title, decisionNs),
      quantileRow(metrics.dispatchNs.title, dispatchNs),
    ],
    style,
  );
  const own = `The loop itself used ${formatNs(cpuNs)} of CPU time, ${percentOf(cpuNs, run.windowNs)} of one core.`;
  return [pcpus, loop, style.text(own)].join('\n\n');
}

function quantileRow(title: string, { count, p50, p99, max }: Quantiles): string[] {
  const shown = count === 0 ? ['–', '–', '–'] : [p50, p99, max].map((ns) => formatNs(ns));
  return [title, ...shown, String(count)];
}

function percentOf(part: number, whole: number): string {
  return whole > 0 ? `${((100 * part) / whole).toFixed(2)} %` : '–';
}
