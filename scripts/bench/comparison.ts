import type { Band } from '../../src/analysis/band.ts';
import type { RunResult } from '../../src/result/result.ts';
import type { Scenario, VmSpec } from '../../src/scenario/scenario.ts';
import { explainMiss, type Quantum } from './explain-miss.ts';
import { GOALS } from './goals.ts';

/** What one VM was predicted to do, and what it did. */
export interface Comparison {
  readonly scenario: string;
  readonly vm: string;
  /**
   * execution time, ns; its error in percent of the prediction. Null: endless, unfinished, or not up to the scheduler
   */
  readonly wall: Compared | null;
  /** percent of one pCPU while all VMs compete; its error in points. Null: they never do, or not up to the scheduler */
  readonly share: Compared | null;
  /** what may have made it miss; null: it didn't */
  readonly explanation: string | null;
}

export interface Compared {
  readonly measured: number;
  readonly predicted: Band;
  /** null: not known */
  readonly ideal: number | null;
  /** measured − median of the prediction */
  readonly error: number;
  readonly inBand: boolean | null;
  /** what was forecast before the run, and measured − that, in the unit of `error`; null: nothing was */
  readonly forecast: { readonly median: number; readonly error: number } | null;
}

/** A larger error of one VM is a miss, and is to be explained. The medians of all are held against the same bounds. */
export const WALL_BOUND_PERCENT = GOALS.predictedTime.goal.bound;
export const SHARE_BOUND_POINTS = GOALS.predictedShare.goal.bound;

/** @returns a line per VM that has a prediction, in the scenario's order */
export function compareRun(scenario: Scenario, run: RunResult): Comparison[] {
  return run.vms.flatMap((vm, index) => {
    const { predicted, forecast } = vm;
    if (predicted === null || predicted === undefined) return [];
    const wall = compared(vm.wallNs, predicted.wallNs, forecast?.wallNs, percentError, {
      ideal: vm.idealWallNs,
      inBand: predicted.inBand?.wallNs ?? null,
    });
    const share = compared(
      vm.contendedSharePercent ?? null,
      predicted.sharePercent,
      forecast?.sharePercent,
      (measured, expected) => measured - expected,
      { ideal: vm.idealContendedSharePercent ?? null, inBand: predicted.inBand?.sharePercent ?? null },
    );
    if (wall === null && share === null) return [];
    const explanation = explainMisses(scenario, run, index, wall, share);
    return [{ scenario: scenario.name, vm: vm.name, wall, share, explanation }];
  });
}

function compared(
  measured: number | null,
  predicted: Band | null,
  forecast: Band | null | undefined,
  errorOf: (measured: number, expected: number) => number,
  rest: Pick<Compared, 'ideal' | 'inBand'>,
): Compared | null {
  if (measured === null || predicted === null) return null;
  return {
    measured,
    predicted,
    error: errorOf(measured, predicted.median),
    forecast:
      forecast === null || forecast === undefined
        ? null
        : { median: forecast.median, error: errorOf(measured, forecast.median) },
    ...rest,
  };
}

export function percentError(measured: number, expected: number): number {
  return (100 * (measured - expected)) / expected;
}

function explainMisses(
  scenario: Scenario,
  run: RunResult,
  vm: number,
  wall: Compared | null,
  share: Compared | null,
): string | null {
  const slice: Quantum = { name: 'a slice', ns: scenario.scheduler.parameters.tsliceNs };
  const misses: string[] = [];
  if (wall !== null && Math.abs(wall.error) > WALL_BOUND_PERCENT) {
    const miss = {
      vm,
      ...wall,
      quantum: roundOf(scenario.vms[vm], slice),
      isLoss: wall.error > 0,
      spanNs: wall.predicted.median,
      unit: '%',
    } as const;
    misses.push(`time: ${explainMiss(run, miss)}`);
  }
  if (share !== null && Math.abs(share.error) > SHARE_BOUND_POINTS) {
    const { windowNs, contendedNs = windowNs } = run;
    const miss = {
      vm,
      ...share,
      quantum: slice,
      isLoss: share.error < 0,
      spanNs: contendedNs,
      part: contendedNs / windowNs,
      unit: 'points',
    } as const;
    misses.push(`share: ${explainMiss(run, miss)}`);
  }
  return misses.length === 0 ? null : misses.join('; ');
}

/** What the end of a VM's work is rounded to. */
function roundOf({ cap = 0, vcpus }: VmSpec, slice: Quantum): Quantum {
  if (cap === 0 || cap >= 100 * vcpus) return slice;
  return { name: "a round of the cap's pattern", ns: (slice.ns * 100 * vcpus) / cap };
}
