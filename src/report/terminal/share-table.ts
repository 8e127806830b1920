import { metrics, type Metric } from '../../result/metrics.ts';
import { formatMetric } from '../format.ts';
import type { VmResult } from '../../result/vm-result.ts';
import type { Scenario, VmSpec } from '../../scenario/scenario.ts';
import { shareBandCell, rowLabel, measuredCell, bandMark, checkMark, withLegend } from './cells.ts';
import {
  isContendedApart,
  ownCountersOf,
  quotient,
  schedulerCell,
  type MeasuredRow,
  type Setting,
  allOk,
} from '../lab-row.ts';
import type { Style } from './style.ts';
import { fittedTable, isConstant } from './fitted-table.ts';
import type { TableColumn } from './table.ts';

/** A VM of a row; what is null did not run. */
interface Line {
  readonly label: string;
  readonly spec: VmSpec;
  readonly scenario: Scenario;
  readonly result: VmResult | null;
  /** as it was measured, in words */
  readonly share: string;
  /** the band is made from what went wrong in the run itself */
  readonly isWide: boolean;
}

interface LineColumn extends TableColumn {
  readonly cell: (line: Line) => string;
  /** in fewer words */
  readonly shortCell?: (line: Line) => string;
  readonly shortTitle?: string;
  /** as in FittedColumn */
  readonly keep?: number;
  readonly isExtra?: boolean;
}

/**
 * The table of a lab about shares: a line per row and VM. Columns that would be empty or 0 in every line are left out,
 * and the least telling ones where they don't fit.
 * @param width in characters
 */
export function shareTable(rows: readonly MeasuredRow[], style: Style, width = Infinity): string {
  const lines = rows.flatMap((row) =>
    row.scenario.vms.map((spec, index) => ({
      label: index === 0 ? rowLabel(row, style) : '',
      spec,
      scenario: row.scenario,
      result: row.run?.vms[index] ?? null,
      share: measuredCell(row, index, 'sharePercent'),
      isWide: row.run?.bandsAreWide === true,
    })),
  );
  const isApart = rows.some(({ run }) => run !== null && isContendedApart(run));
  const columns = columnsFor(lines, isApart, style).map(
    ({ cell, shortCell = cell, shortTitle, ...column }) => ({
      ...column,
      cells: lines.map(cell),
      short: { title: shortTitle ?? column.title, cells: lines.map(shortCell) },
    }),
  );
  return withLegend(fittedTable(columns, width, style), rows, style, width);
}

/** @param isApart some run's VMs competed for a part of it only */
function columnsFor(lines: readonly Line[], isApart: boolean, style: Style): readonly LineColumn[] {
  const some = (value: (line: Line) => number | null) => lines.some((line) => (value(line) ?? 0) > 0);
  const dispatches = sum('dispatches');
  const steals = sum('steals');
  const counters = ownCountersOf(lines.map(({ scenario }) => scenario)).map(({ metric, sum: total }) => ({
    metric,
    value: ({ result }: Line) => total(result),
  }));
  const work = ({ result }: Line) => result?.workSharePercent ?? null;
  const setting = (key: Setting, keep: number): LineColumn => {
    const made = column(metrics[key], ({ spec }) => spec[key] ?? null, keep);
    return isConstant(lines.map(made.cell)) ? { ...made, keep: 0 } : made;
  };
  const schedulerOf = schedulerCell(lines.map(({ scenario }) => scenario));
  const schedulers: readonly LineColumn[] =
    schedulerOf === null
      ? []
      : [
          {
            title: 'scheduler',
            align: 'left',
            cell: ({ scenario, spec }) => schedulerOf(scenario, spec),
            keep: 9,
          },
        ];
  const marks = ({ result }: Line) => allOk(result?.vcpus.map((vcpu) => vcpu.checksumOk) ?? []);
  return [
    { title: 'row', align: 'left', cell: ({ label }) => label },
    ...schedulers,
    { title: 'VM', align: 'left', cell: ({ spec }) => spec.name },
    setting('weight', 7),
    setting('cap', 8),
    { title: metrics.sharePercent.title, cell: ({ share }) => share },
    ...(isApart
      ? [column(metrics.contendedSharePercent, ({ result }) => result?.contendedSharePercent ?? null)]
      : []),
    {
      title: metrics.predictedSharePercent.title,
      cell: (line) => predictionCell(line, style),
      shortCell: (line) => predictionCell(line, style, true),
    },
    {
      ...column(metrics.forecastSharePercent, ({ result }) => result?.forecast?.sharePercent?.median ?? null),
      isExtra: true,
    },
    isApart
      ? column(metrics.idealContendedSharePercent, ({ result }) => result?.idealContendedSharePercent ?? null)
      : column(metrics.idealSharePercent, ({ result }) => result?.idealSharePercent ?? null),
    ...(some(work) ? [column(metrics.workSharePercent, work, 6)] : []),
    column(metrics.dispatches, dispatches, 3),
    column(metrics.cpuPerDispatchNs, (line) => quotient(line.result?.cpuNs ?? null, dispatches(line)), 5),
    ...counters.flatMap(({ metric, value }) => (some(value) ? [column(metric, value, 2)] : [])),
    ...(some(steals) ? [column(metrics.steals, steals, 1)] : []),
    {
      title: 'verified',
      shortTitle: 'ok',
      cell: (line) => checkMark(marks(line), style),
      // A wrong result is worth more than a narrow table.
      ...(lines.every((line) => marks(line) !== false) && { keep: 4 }),
    },
  ];
}

function column(metric: Metric, value: (line: Line) => number | null, keep?: number): LineColumn {
  return {
    title: metric.title,
    cell: (line) => formatMetric(metric, value(line)),
    ...(keep !== undefined && { keep }),
  };
}

function sum(key: 'dispatches' | 'steals'): (line: Line) => number | null {
  return ({ result }) => result?.vcpus.reduce((total, vcpu) => total + vcpu[key], 0) ?? null;
}

/** The band, or in short its middle, and whether the measured share lies in it. */
function predictionCell({ result, isWide }: Line, style: Style, inShort = false): string {
  const band = result?.predicted?.sharePercent ?? null;
  if (result === null || band === null) return shareBandCell(null);
  const predicted = inShort ? formatMetric(metrics.sharePercent, band.median) : shareBandCell(band);
  return `${predicted} ${bandMark(result.predicted?.inBand?.sharePercent ?? null, style, isWide)}`;
}
