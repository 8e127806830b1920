import { metrics } from '../../result/metrics.ts';
import { formatNs, formatMetric } from '../format.ts';
import { median } from '../../analysis/stats.ts';
import type { RunResult } from '../../result/result.ts';
import type { Quantiles } from '../../analysis/histogram.ts';
import type { Style } from './style.ts';
import { renderTable, type TableColumn } from './table.ts';

const MOST_PCPUS_LISTED = 32;
/** Of more. */
const SHOWN_PCPUS = 8;

/** How the machine did: each pCPU's time in vCPUs, and how quick the loop was, where that takes time. */
export function machineLines(run: RunResult, style: Style): string {
  const pcpus = pcpuTable(run, style);
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
  const { count, longestNs, totalNs } = run.loop.heldUp ?? { count: 0, longestNs: 0, totalNs: 0 };
  const times = count === 1 ? 'once' : `${String(count)} times`;
  const heldUp =
    count === 0
      ? ''
      : ` It was held up by the host ${times}, for up to ` +
        `${formatNs(longestNs)}, together ${formatNs(totalNs)}; that is not in its lateness.`;
  return [pcpus, loop, style.text(own + heldUp)].join('\n\n');
}

/** A line per pCPU; of many the first and the last, and the spread of all. */
function pcpuTable({ pcpus, windowNs }: RunResult, style: Style): string {
  // Simulated cores have no other threads, and not every kernel tells.
  const isOwnKnown = pcpus.every(({ ownThreadsNs }) => typeof ownThreadsNs === 'number');
  const columns: readonly TableColumn[] = [
    { title: 'pCPU', align: 'left' },
    { title: metrics.busyNs.title },
    ...(isOwnKnown ? [{ title: metrics.ownThreadsNs.title }] : []),
    { title: metrics.switches.title },
  ];
  const own = (ns: number): string[] => (isOwnKnown ? [percentOf(ns, windowNs)] : []);
  const line = ({ id, busyNs, switches, ownThreadsNs }: RunResult['pcpus'][number]): string[] => [
    `CPU ${String(id)}`,
    percentOf(busyNs, windowNs),
    ...own(ownThreadsNs ?? 0),
    formatMetric(metrics.switches, switches),
  ];
  if (pcpus.length <= MOST_PCPUS_LISTED) return renderTable(columns, pcpus.map(line), style);
  const shown = SHOWN_PCPUS / 2;
  const spread = (title: string, of: (values: readonly number[]) => number): string[] => [
    title,
    percentOf(of(pcpus.map(({ busyNs }) => busyNs)), windowNs),
    ...own(of(pcpus.map(({ ownThreadsNs }) => ownThreadsNs ?? 0))),
    formatMetric(metrics.switches, Math.round(of(pcpus.map(({ switches }) => switches)))),
  ];
  const lines = [
    ...pcpus.slice(0, shown).map(line),
    [`… ${String(pcpus.length - SHOWN_PCPUS)} more`, ...columns.slice(1).map(() => '')],
    ...pcpus.slice(-shown).map(line),
    spread('least of all', (values) => values.reduce((a, b) => Math.min(a, b))),
    spread('median', median),
    spread('most', (values) => values.reduce((a, b) => Math.max(a, b))),
  ];
  return renderTable(columns, lines, style);
}

function quantileRow(title: string, { count, p50, p99, max }: Quantiles): string[] {
  const shown = count === 0 ? ['–', '–', '–'] : [p50, p99, max].map((ns) => formatNs(ns));
  return [title, ...shown, String(count)];
}

function percentOf(part: number, whole: number): string {
  return whole > 0 ? `${((100 * part) / whole).toFixed(2)} %` : '–';
}
