import type { Band } from '../../src/analysis/band.ts';
import { idealShares } from '../../src/analysis/ideal-shares.ts';
import type { RunResult } from '../../src/experiment/result.ts';
import type { Scenario, VmSpec } from '../../src/scenario/scenario.ts';
import { explainMiss, type Quantum } from './explain-miss.ts';

/** What one VM was predicted to do, and what it did. */
export interface Comparison {
  readonly scenario: string;
  readonly vm: string;
  /** execution time, ns; its error in percent of the prediction. Null: endless or unfinished */
  readonly wall: Compared | null;
  /** percent of one pCPU; its error in points */
  readonly share: Compared;
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
}

/** A larger error of one VM is a miss, and is to be explained. The medians of all are held against the same bounds. */
export const WALL_BOUND_PERCENT = 1;
export const SHARE_BOUND_POINTS = 0.5;

/** @returns a line per VM that has a prediction, in the scenario's order */
export function compareRun(scenario: Scenario, run: RunResult): Comparison[] {
  const ideal = idealShares(scenario, run);
  return run.vms.flatMap((vm, index) => {
    const { name, wallNs, idealWallNs, sharePercent, predicted } = vm;
    if (predicted === null || predicted === undefined) return [];
    const wall =
      wallNs === null || predicted.wallNs === null
        ? null
        : {
            measured: wallNs,
            predicted: predicted.wallNs,
            ideal: idealWallNs,
            error: percentError(wallNs, predicted.wallNs.median),
          };
    const share = {
      measured: sharePercent,
      predicted: predicted.sharePercent,
      ideal: ideal[index],
      error: sharePercent - predicted.sharePercent.median,
    };
    const explanation = explainMisses(scenario, run, index, wall, share);
    return [{ scenario: scenario.name, vm: name, wall, share, explanation }];
  });
}

export function percentError(measured: number, expected: number): number {
  return (100 * (measured - expected)) / expected;
}

function explainMisses(
  scenario: Scenario,
  run: RunResult,
  vm: number,
  wall: Compared | null,
  share: Compared,
): string | null {
  const slice: Quantum = { name: 'a slice', ns: scenario.scheduler.tsliceNs };
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
  if (Math.abs(share.error) > SHARE_BOUND_POINTS) {
    const miss = {
      vm,
      ...share,
      quantum: slice,
      isLoss: share.error < 0,
      spanNs: run.windowNs,
      unit: 'points',
    } as const;
    misses.push(`share: ${explainMiss(run, miss)}`);
  }
  return misses.length === 0 ? null : misses.join('; ');
}

/** What the end of a VM's work is rounded to. */
function roundOf({ cap, vcpus }: VmSpec, slice: Quantum): Quantum {
  if (cap === 0 || cap >= 100 * vcpus) return slice;
  return { name: "a round of the cap's pattern", ns: (slice.ns * 100 * vcpus) / cap };
}
