/** What the runs of a row say of one VM together. */
import { shareInBand, wallInBand } from '../../analysis/band.ts';
import { idealShares } from '../../analysis/ideal-shares.ts';
import { median, medianInterval, type Interval } from '../../analysis/stats.ts';
import type { Band } from '../../analysis/band.ts';
import type { RunResult, VmResult } from '../../experiment/result.ts';
import type { VmSpec } from '../../scenario/scenario.ts';
import { allOk } from '../table.ts';
import type { HtmlRow } from './report.ts';

export interface RowVm {
  readonly row: HtmlRow;
  /** index of the VM in the row's scenario */
  readonly vm: number;
  readonly spec: VmSpec;
  /** ns */
  readonly wall: Quantity;
  /** percent of one pCPU */
  readonly share: Quantity;
  /** work done, percent of what one pCPU does alone: the median of the runs; null: not known */
  readonly workSharePercent: number | null;
  /** whether what was computed is right in all runs; null: not known of all */
  readonly isVerified: boolean | null;
}

/** A figure that was measured in several runs. */
export interface Quantity {
  /** per run that has it, with its own prediction: the work of each took its own time */
  readonly samples: readonly { readonly value: number; readonly band: Band | null }[];
  /** null: no run has it */
  readonly median: number | null;
  /** of the median (analysis/stats.ts); null: fewer than three runs */
  readonly interval: Interval | null;
  /** all predictions together; null: there is none */
  readonly band: Band | null;
  readonly ideal: number | null;
  /** how many of the runs that have a prediction lie in it */
  readonly inBand: number;
  readonly predicted: number;
}

/** All VMs of all rows, in order. Runs that broke off count only where a row has no other. */
export function rowVms(rows: readonly HtmlRow[]): RowVm[] {
  return rows.flatMap((row) => {
    const complete = row.runs.filter((run) => run.complete);
    const runs = complete.length > 0 ? complete : row.runs;
    const ideal = runs.map((run) => idealShares(row.scenario, run));
    return row.scenario.vms.map((spec, vm): RowVm => {
      const results = runs.map((run) => run.vms[vm]);
      return {
        row,
        vm,
        spec,
        wall: quantity(
          row,
          results,
          ({ wallNs, predicted }) => [wallNs, predicted?.wallNs ?? null],
          wallInBand,
          results.map(({ idealWallNs }) => idealWallNs),
        ),
        share: quantity(
          row,
          results,
          ({ sharePercent, predicted }) => [sharePercent, predicted?.sharePercent ?? null],
          (value, band) => (value === null ? null : shareInBand(value, band)),
          ideal.map((shares) => shares[vm]),
        ),
        workSharePercent: medianOrNull(results.flatMap(({ workSharePercent }) => workSharePercent ?? [])),
        isVerified: verified(runs, vm),
      };
    });
  });
}

function quantity(
  { scenario: { seed } }: HtmlRow,
  results: readonly VmResult[],
  read: (result: VmResult) => readonly [number | null, Band | null],
  isInBand: (value: number | null, band: Band | null) => boolean | null,
  ideals: readonly (number | null)[],
): Quantity {
  const samples = results.flatMap((result) => {
    const [value, band] = read(result);
    return value === null ? [] : [{ value, band }];
  });
  const values = samples.map(({ value }) => value);
  const bands = samples.flatMap(({ band }) => band ?? []);
  const verdicts = samples.map(({ value, band }) => isInBand(value, band));
  const known = ideals.filter((ideal) => ideal !== null);
  return {
    samples,
    median: medianOrNull(values),
    interval: medianInterval(values, seed),
    band: bands.length === 0 ? null : together(bands),
    ideal: medianOrNull(known),
    inBand: verdicts.filter((verdict) => verdict === true).length,
    predicted: bands.length,
  };
}

function medianOrNull(values: readonly number[]): number | null {
  return values.length === 0 ? null : median(values);
}

function together(bands: readonly Band[]): Band {
  return {
    median: median(bands.map((band) => band.median)),
    min: Math.min(...bands.map((band) => band.min)),
    max: Math.max(...bands.map((band) => band.max)),
  };
}

function verified(runs: readonly RunResult[], vm: number): boolean | null {
  return allOk(runs.flatMap((run) => run.vms[vm].vcpus.map(({ checksumOk }) => checksumOk)));
}
