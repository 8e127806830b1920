import { shareInBand, wallInBand } from '../../src/analysis/band.ts';
import { median } from '../../src/analysis/stats.ts';
import { withPrediction } from '../../src/experiment/predict.ts';
import type { Bench } from './bench.ts';
import { compareRun, type Comparison, SHARE_BOUND_POINTS, WALL_BOUND_PERCENT } from './comparison.ts';
import { atMost, type Measurement } from './figure.ts';
import { measure, withLab } from './lab-run.ts';
import { predictScenarios, SCENARIO_COUNT } from './predict-scenarios.ts';

const SECONDS = 5;

export const predict: Bench = {
  name: 'predict',
  description: `${SCENARIO_COUNT} scenarios on hardware, against what virtual time predicts for them`,

  async run(context) {
    const scenarios = predictScenarios(context.cpus, context.seconds(SECONDS));
    const skipped = SCENARIO_COUNT - scenarios.length;
    if (skipped > 0) context.say(`${skipped} scenarios need more than ${context.cpus.length} CPU`);
    const all: Comparison[] = [];
    const pcpuCount = Math.max(...scenarios.map(({ pcpus }) => pcpus.length));
    await withLab(context, context.cpus.slice(0, pcpuCount), async ({ lab }) => {
      for (const scenario of scenarios) {
        context.say(scenario.name);
        const run = withPrediction(scenario, await measure(context, lab, scenario));
        for (const comparison of compareRun(scenario, run)) {
          all.push(comparison);
          context.compare(comparison);
        }
      }
    });
    for (const figure of errorFigures(all)) context.add(figure);
  },
};

/** The medians of the errors' sizes, and how many lie in their bands. */
export function errorFigures(comparisons: readonly Comparison[]): Measurement[] {
  const walls = comparisons.flatMap(({ wall }) => wall ?? []);
  const shares = comparisons.map(({ share }) => share);
  const missCount = comparisons.filter(({ explanation }) => explanation !== null).length;
  const wallErrors = walls.map(({ error }) => Math.abs(error));
  const shareErrors = shares.map(({ error }) => Math.abs(error));
  const within = (marks: readonly (boolean | null)[]): string =>
    `${marks.filter((mark) => mark === true).length} of ${marks.length} in their bands`;
  return [
    {
      figure: 'error of execution time, median',
      value: medianOrNull(wallErrors),
      unit: '%',
      goal: atMost(WALL_BOUND_PERCENT),
      how: `largest ${largest(wallErrors)}; ${within(walls.map(({ measured, predicted }) => wallInBand(measured, predicted)))}`,
    },
    {
      figure: 'error of share, median',
      value: medianOrNull(shareErrors),
      unit: 'points',
      goal: atMost(SHARE_BOUND_POINTS),
      how: `largest ${largest(shareErrors)}; ${within(shares.map(({ measured, predicted }) => shareInBand(measured, predicted)))}`,
    },
    {
      figure: 'predictions missed',
      value: missCount,
      unit: 'VMs',
      how: `of ${comparisons.length}, by more than ${WALL_BOUND_PERCENT} % or ${SHARE_BOUND_POINTS} points; each is explained below the table of all`,
    },
  ];
}

function medianOrNull(sizes: readonly number[]): number | null {
  return sizes.length === 0 ? null : median(sizes);
}

function largest(sizes: readonly number[]): string {
  return sizes.length === 0 ? '–' : Math.max(...sizes).toFixed(2);
}
