import { wallInBand } from '../analysis/band.ts';
import { metrics } from '../analysis/metrics.ts';
import type { VmResult } from '../experiment/result.ts';
import { wallBandCell } from './band-cell.ts';
import { rowLabel, rowVms, type MeasuredRow } from './lab-row.ts';
import { measuredCell } from './measured-cell.ts';
import type { Style } from './style.ts';
import { allOk, bandMark, checkMark, renderTable, type Column } from './table.ts';

const COLUMNS: readonly Column[] = [
  { title: 'row', align: 'left' },
  { title: 'VM', align: 'left' },
  { title: metrics.weight.title },
  { title: metrics.cap.title },
  { title: 'measured' },
  { title: metrics.predictedWallNs.title },
  { title: 'ideal' },
  { title: metrics.ratio.title },
  { title: metrics.slowdown.title },
  { title: metrics.cpuNs.title },
  { title: 'verified' },
];

/** The table of a lab: a line per row and VM. Rows that did not run are all dashes. */
export function labTable(rows: readonly MeasuredRow[], style: Style): string {
  const lines = rowVms(rows).map(({ row, spec, result, ratio, slowdown }) => [
    spec === row.scenario.vms[0] ? rowLabel(row, style) : '',
    spec.name,
    metrics.weight.format(spec.weight),
    metrics.cap.format(spec.cap),
    measuredCell(row, row.scenario.vms.indexOf(spec), 'wallNs'),
    predictionCell(result, style),
    metrics.idealWallNs.format(result?.idealWallNs),
    metrics.ratio.format(ratio),
    metrics.slowdown.format(slowdown),
    metrics.cpuNs.format(result?.cpuNs),
    checkMark(allOk(result?.vcpus.map((vcpu) => vcpu.checksumOk) ?? []), style),
  ]);
  return renderTable(COLUMNS, lines, style);
}

/** The band, and whether the measured time lies in it. */
function predictionCell(result: VmResult | null, style: Style): string {
  const band = result?.predicted?.wallNs ?? null;
  if (result === null || band === null) return wallBandCell(null);
  return `${wallBandCell(band)} ${bandMark(wallInBand(result.wallNs, band), style)}`;
}
