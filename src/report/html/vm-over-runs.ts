/** What the runs of a row say of one VM together. */
import { median, medianInterval, type Interval } from '../../analysis/stats.ts';
import type { Band } from '../../analysis/band.ts';
import type { RunResult } from '../../result/result.ts';
import type { VmResult } from '../../result/vm-result.ts';
import type { VmSpec } from '../../scenario/scenario.ts';
import { allOk } from '../lab-row.ts';
import type { HtmlRow } from './input.ts';

export interface VmOverRuns {
  readonly row: HtmlRow;
  /** index of the VM in the row's scenario */
  readonly vm: number;
  readonly spec: VmSpec;
  /** ns */
  readonly wall: Quantity;
  /** percent of one pCPU, over the window */
  readonly share: Quantity;
  /** the same while all VMs compete: this is what is predicted */
  readonly contended: Quantity;
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
  /** how many of the runs that were held against a prediction lie in it */
  readonly inBand: number;
  readonly predicted: number;
  /** in band, but the band is made from what went wrong in the run itself: how many of those */
  readonly inWideBand: number;
  /** what was forecast before the runs; null: nothing was */
  readonly forecast: Band | null;
}

/** All VMs of all rows, in order. Runs that broke off count only where a row has no other. */
export function vmsOverRuns(rows: readonly HtmlRow[]): VmOverRuns[] {
  return rows.flatMap((row) => {
    const complete = row.runs.filter((run) => run.complete);
    const runs = complete.length > 0 ? complete : row.runs;
    return row.scenario.vms.map((spec, vm): VmOverRuns => {
      const of = (read: (vm: VmResult) => Reading): Quantity =>
        quantity(
          row,
          runs.map((run) => ({ ...read(run.vms[vm]), isWide: run.bandsAreWide === true })),
        );
      const results = runs.map((run) => run.vms[vm]);
      return {
        row,
        vm,
        spec,
        wall: of(({ wallNs, idealWallNs, predicted, forecast }) => ({
          value: wallNs,
          ideal: idealWallNs,
          band: predicted?.wallNs,
          inBand: predicted?.inBand?.wallNs,
          forecast: forecast?.wallNs,
        })),
        share: of(({ sharePercent, idealSharePercent }) => ({
          value: sharePercent,
          ideal: idealSharePercent,
        })),
        contended: of(({ contendedSharePercent, idealContendedSharePercent, predicted, forecast }) => ({
          value: contendedSharePercent,
          ideal: idealContendedSharePercent,
          band: predicted?.sharePercent,
          inBand: predicted?.inBand?.sharePercent,
          forecast: forecast?.sharePercent,
        })),
        workSharePercent: medianOrNull(results.flatMap(({ workSharePercent }) => workSharePercent ?? [])),
        isVerified: verified(runs, vm),
      };
    });
  });
}

/** A figure of one run, with what it is held against; null or absent: there is none. */
interface Reading {
  readonly value?: number | null | undefined;
  readonly ideal?: number | null | undefined;
  readonly band?: Band | null | undefined;
  readonly inBand?: boolean | null | undefined;
  readonly forecast?: Band | null | undefined;
}

function quantity(
  { scenario: { seed } }: HtmlRow,
  readings: readonly (Reading & { readonly isWide: boolean })[],
): Quantity {
  const known = readings.flatMap((reading) => {
    const { value = null } = reading;
    return value === null ? [] : [{ ...reading, value }];
  });
  const values = known.map(({ value }) => value);
  const bands = known.flatMap(({ band }) => band ?? []);
  const forecasts = readings.flatMap(({ forecast }) => forecast ?? []);
  return {
    samples: known.map(({ value, band = null }) => ({ value, band })),
    median: medianOrNull(values),
    interval: medianInterval(values, seed),
    band: bands.length === 0 ? null : together(bands),
    ideal: medianOrNull(readings.flatMap(({ ideal }) => ideal ?? [])),
    inBand: known.filter(({ inBand }) => inBand === true).length,
    predicted: known.filter(({ inBand = null }) => inBand !== null).length,
    inWideBand: known.filter(({ inBand, isWide }) => inBand === true && isWide).length,
    forecast: forecasts.length === 0 ? null : together(forecasts),
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
