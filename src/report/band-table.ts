import { bandOf } from '../analysis/band.ts';
import { idealShares } from '../analysis/ideal-shares.ts';
import { metrics } from '../analysis/metrics.ts';
import type { RunResult } from '../experiment/result.ts';
import type { Scenario } from '../scenario/scenario.ts';
import { shareBandCell, wallBandCell } from './band-cell.ts';
import type { Style } from './style.ts';
import { renderTable } from './table.ts';

/** Simulations of one scenario that differ in the seed of their jitter: median, least and greatest of each VM's figures. */
export function bandTable(scenario: Scenario, runs: readonly RunResult[], style: Style): string {
  const ideal = idealShares(scenario, runs[0]);
  const isFinite = scenario.vms.some(({ work }) => work !== null);
  const rows = scenario.vms.map((vm, index) => {
    const results = runs.map((run) => run.vms[index]);
    const walls = results.flatMap(({ wallNs }) => wallNs ?? []);
    return [
      vm.name,
      metrics.weight.format(vm.weight),
      metrics.cap.format(vm.cap),
      shareBandCell(bandOf(results.map(({ sharePercent }) => sharePercent))),
      metrics.idealSharePercent.format(ideal[index]),
      ...(isFinite
        ? [
            wallBandCell(walls.length < runs.length ? null : bandOf(walls)),
            metrics.idealWallNs.format(results[0].idealWallNs),
          ]
        : []),
    ];
  });
  const columns = [
    { title: 'VM', align: 'left' as const },
    { title: metrics.weight.title },
    { title: metrics.cap.title },
    { title: metrics.sharePercent.title },
    { title: metrics.idealSharePercent.title },
    ...(isFinite ? [{ title: metrics.wallNs.title }, { title: metrics.idealWallNs.title }] : []),
  ];
  const title = style.text(`${String(runs.length)} seeds: median [least–greatest]`);
  return `${style.bold(title)}\n${renderTable(columns, rows, style)}`;
}
