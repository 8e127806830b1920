import { metrics } from '../../result/metrics.ts';
import { formatMetric } from '../format.ts';
import { wallBandCell, rowLabel, measuredCell, bandMark, checkMark, withLegend } from './cells.ts';
import { rowVms, schedulerCell, type MeasuredRow, type RowVm, type Setting, allOk } from '../lab-row.ts';
import type { Style } from './style.ts';
import { fittedTable, isConstant, type FittedColumn } from './fitted-table.ts';

/**
 * The table of a lab: a line per row and VM. Rows that did not run are all dashes. Columns that are empty in every line
 * are left out, and those that the others imply where they don't fit.
 * @param width in characters
 */
export function labTable(rows: readonly MeasuredRow[], style: Style, width = Infinity): string {
  const lines = rowVms(rows);
  const column = (title: string, cell: (line: RowVm) => string, keep?: number): FittedColumn => ({
    title,
    cells: lines.map(cell),
    ...(keep !== undefined && { keep }),
  });
  const setting = (key: Setting, keep?: number): FittedColumn => {
    const cell = ({ spec }: RowVm) => formatMetric(metrics[key], spec[key]);
    const made = column(metrics[key].title, cell, keep);
    return isConstant(made.cells) ? { ...made, keep: 0 } : made;
  };
  const marks = lines.map(({ result }) => allOk(result?.vcpus.map((vcpu) => vcpu.checksumOk) ?? []));
  const schedulerOf = schedulerCell(rows.map(({ scenario }) => scenario));
  const schedulers: readonly FittedColumn[] =
    schedulerOf === null
      ? []
      : [{ ...column('scheduler', ({ row, spec }) => schedulerOf(row.scenario, spec), 9), align: 'left' }];
  const columns: readonly FittedColumn[] = [
    {
      ...column('row', ({ row, spec }) => (spec === row.scenario.vms[0] ? rowLabel(row, style) : '')),
      align: 'left',
    },
    ...schedulers,
    { ...column('VM', ({ spec }) => spec.name), align: 'left' },
    // The row's label mostly says it.
    setting('weight', 1),
    setting('cap', 2),
    {
      ...column('measured', ({ row, spec }) => measuredCell(row, row.scenario.vms.indexOf(spec), 'wallNs')),
      short: { title: 'time' },
    },
    {
      ...column(metrics.predictedWallNs.title, (line) => predictionCell(line, style)),
      short: { cells: lines.map((line) => predictionCell(line, style, true)) },
    },
    {
      ...column(metrics.forecastWallNs.title, ({ result }) =>
        formatMetric(metrics.forecastWallNs, result?.forecast?.wallNs?.median),
      ),
      isExtra: true,
    },
    column('ideal', ({ result }) => formatMetric(metrics.idealWallNs, result?.idealWallNs)),
    column(metrics.ratio.title, ({ ratio }) => formatMetric(metrics.ratio, ratio), 5),
    column(metrics.slowdown.title, ({ slowdown }) => formatMetric(metrics.slowdown, slowdown), 4),
    {
      ...column(metrics.cpuNs.title, ({ result }) => formatMetric(metrics.cpuNs, result?.cpuNs), 3),
      short: { title: 'CPU' },
    },
    {
      title: 'verified',
      short: { title: 'ok' },
      cells: marks.map((ok) => checkMark(ok, style)),
      // A wrong result is worth more than a narrow table.
      ...(!marks.includes(false) && { keep: 6 }),
    },
  ];
  const table = fittedTable(columns, width, style);
  return withLegend(table, rows, style, width);
}

/** The band, or in short its middle, and whether the measured time lies in it. */
function predictionCell({ row, result }: RowVm, style: Style, inShort = false): string {
  const band = result?.predicted?.wallNs ?? null;
  if (result === null || band === null) return wallBandCell(null);
  const predicted = inShort ? formatMetric(metrics.wallNs, band.median) : wallBandCell(band);
  return `${predicted} ${bandMark(result.predicted?.inBand?.wallNs ?? null, style, row.run?.bandsAreWide)}`;
}
