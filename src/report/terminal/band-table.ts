import { bandOf } from '../../analysis/band.ts';
import { metrics } from '../../result/metrics.ts';
import { formatMetric } from '../format.ts';
import type { RunResult } from '../../result/result.ts';
import type { Scenario } from '../../scenario/scenario.ts';
import { idealLine, shareBandCell, wallBandCell } from './cells.ts';
import { isContendedApart, settingsOf } from '../lab-row.ts';
import type { Style } from './style.ts';
import { renderTable } from './table.ts';

/**
 * Simulations of one scenario that differ in the seed of their jitter: median, least and greatest of each VM's figures.
 * Where all VMs compete for a part of the time only, shares are of that part: those of the whole window follow from the
 * work.
 * @param width in characters
 */
export function bandTable(
  scenario: Scenario,
  runs: readonly RunResult[],
  style: Style,
  width = Infinity,
): string {
  const isApart = runs.some(isContendedApart);
  const settings = settingsOf([scenario]);
  const isFinite = scenario.vms.some(({ work }) => work !== null);
  const rows = scenario.vms.map((vm, index) => {
    const results = runs.map((run) => run.vms[index]);
    const contended = results.flatMap(({ contendedSharePercent }) => contendedSharePercent ?? []);
    const walls = results.flatMap(({ wallNs }) => wallNs ?? []);
    return [
      vm.name,
      ...settings.map((key) => formatMetric(metrics[key], vm[key])),
      isApart
        ? shareBandCell(contended.length < runs.length ? null : bandOf(contended))
        : shareBandCell(bandOf(results.map(({ sharePercent }) => sharePercent))),
      formatMetric(
        metrics.idealSharePercent,
        isApart ? results[0].idealContendedSharePercent : results[0].idealSharePercent,
      ),
      ...(isFinite
        ? [
            wallBandCell(walls.length < runs.length ? null : bandOf(walls)),
            formatMetric(metrics.idealWallNs, results[0].idealWallNs),
          ]
        : []),
    ];
  });
  const columns = [
    { title: 'VM', align: 'left' as const },
    ...settings.map((key) => ({ title: metrics[key].title })),
    { title: (isApart ? metrics.contendedSharePercent : metrics.sharePercent).title },
    { title: metrics.idealSharePercent.title },
    ...(isFinite ? [{ title: metrics.wallNs.title }, { title: metrics.idealWallNs.title }] : []),
  ];
  const title = style.text(`${String(runs.length)} seeds: median [least–greatest]`);
  const ideal = idealLine([scenario], style, width);
  return [style.bold(title), renderTable(columns, rows, style), ...(ideal === null ? [] : [ideal])].join(
    '\n',
  );
}
