/** What is said of several runs below their table: whether they were alike, and what differs between rows. */
import type { RowComparison } from '../result/lab-result.ts';
import { metrics } from '../result/metrics.ts';
import type { RowRuns } from '../result/row-runs.ts';
import { bestConfidence, type Interval } from '../analysis/stats.ts';
import type { Unsteady } from '../result/steadiness.ts';

/** Below, "95 %" would promise more than so few runs can hold. */
const CONFIDENCE = 0.95;

/** What an interval is worth, for tables that show some. */
export function intervalNote(runs: number): string {
  const best = bestConfidence(runs);
  if (runs < 3) return 'medians; fewer than 3 runs have no interval';
  if (best >= CONFIDENCE) return 'medians and their 95 % intervals';
  return (
    `medians and their intervals, which hold the true one in ${(100 * best).toFixed(0)} % of cases: 95 % ` +
    'take 6 runs'
  );
}

/** The line above the table of a lab whose rows were run several times. */
export function repeatTitle(rows: readonly RowRuns[]): string {
  const counts = rows.map(({ runs }) => runs.filter((run) => run.complete).length);
  const [least, most] = [Math.min(...counts), Math.max(...counts)];
  const count = least === most ? String(least) : `${String(least)} to ${String(most)}`;
  return `${count} complete runs of each row, in random order: ${intervalNote(least)}`;
}

/** A warning for each VM whose runs were not alike. @param isOneRow then its label goes without saying */
export function unsteadyWarnings(found: readonly Unsteady[], isOneRow = false): string[] {
  return found.map(({ row, vm, metric, kind, pValue, changePerRun }) => {
    const where = isOneRow ? '' : ` in '${row}'`;
    const which = `the ${metrics[metric].title}s of ${vm}${where}`;
    const chance = `p ${formatP(pValue)}`;
    return kind === 'drift'
      ? `${which} drift by ${signed(100 * changePerRun)} % from run to run (${chance}): the machine was not the ` +
          'same at the end as at the beginning'
      : `${which} come in two heaps (${chance}): their median may lie in a gap where hardly any run was`;
  });
}

/** One sentence per comparison: `capped: A takes 1.98 × [1.95–2.01] as long as in 'alone', p = 0.0079`. */
export function comparisonLines(comparisons: readonly RowComparison[]): string[] {
  return comparisons.map((comparison) => {
    const { vm, row, base, metric, ratio, ratioInterval, difference, pAdjusted } = comparison;
    const p = `p ${formatP(pAdjusted)}`;
    // Only a share can be 0.
    if (ratio === null) return `${row}: ${vm} gets ${signed(difference)} points against '${base}', ${p}`;
    const times = `${ratio.toFixed(2)} ×${intervalOf(ratioInterval)}`;
    return metric === 'wallNs'
      ? `${row}: ${vm} takes ${times} as long as in '${base}', ${p}`
      : `${row}: ${vm} gets ${times} as much as in '${base}', ${p}`;
  });
}

function intervalOf(interval: Interval | null): string {
  return interval === null ? '' : ` [${interval.low.toFixed(2)}–${interval.high.toFixed(2)}]`;
}

function signed(value: number): string {
  const text = String(Number(value.toPrecision(2)));
  return value > 0 ? `+${text}` : text;
}

function formatP(p: number): string {
  if (p < 0.0001) return '< 0.0001';
  const digits = p < 0.1 ? 4 : 2;
  return `= ${p.toFixed(digits)}`;
}
