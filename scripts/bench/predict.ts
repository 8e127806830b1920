import { median } from '../../src/analysis/stats.ts';
import { withPrediction } from '../../src/predict/predict.ts';
import type { Bench } from './bench.ts';
import {
  compareRun,
  type Compared,
  type Comparison,
  SHARE_BOUND_POINTS,
  WALL_BOUND_PERCENT,
} from './comparison.ts';
import type { Goal, Measurement } from './figure.ts';
import { GOALS } from './goals.ts';
import { measure, withTestbed } from './testbed-run.ts';
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
    await withTestbed(context, context.cpus.slice(0, pcpuCount), async ({ testbed }) => {
      for (const scenario of scenarios) {
        context.say(scenario.name);
        const run = withPrediction(scenario, await measure(context, testbed, scenario));
        for (const comparison of compareRun(scenario, run)) {
          all.push(comparison);
          context.compare(comparison);
        }
      }
    });
    for (const figure of errorFigures(all)) context.add(figure);
  },
};

/** The medians of the errors' sizes, of what is up to the scheduler, and how many lie in their bands. */
export function errorFigures(comparisons: readonly Comparison[]): Measurement[] {
  const walls = comparisons.flatMap(({ wall }) => wall ?? []);
  const shares = comparisons.flatMap(({ share }) => share ?? []);
  const missCount = comparisons.filter(({ explanation }) => explanation !== null).length;
  const time = { name: 'execution time', unit: '%' };
  const share = { name: 'share', unit: 'points' };
  return [
    predictionFigure(time, walls, GOALS.predictedTime.goal),
    predictionFigure(share, shares, GOALS.predictedShare.goal),
    {
      figure: 'predictions missed',
      value: missCount,
      unit: 'VMs',
      how:
        `of ${comparisons.length}, by more than ${WALL_BOUND_PERCENT} % or ${SHARE_BOUND_POINTS} points; each is ` +
        'explained below the table of all',
    },
    forecastFigure(time, walls),
    forecastFigure(share, shares),
  ];
}

interface Kind {
  readonly name: string;
  readonly unit: string;
}

function predictionFigure({ name, unit }: Kind, all: readonly Compared[], goal: Goal): Measurement {
  const errors = all.map(({ error }) => Math.abs(error));
  const inBand = all.filter((each) => each.inBand === true).length;
  return {
    figure: `error of ${name}, median`,
    value: medianOrNull(errors),
    unit,
    goal,
    how: `largest ${largest(errors)}; ${inBand} of ${all.length} in their bands`,
  };
}

/** Beside the prediction, which knows what the run's work took, what was known before it. */
function forecastFigure({ name, unit }: Kind, all: readonly Compared[]): Measurement {
  const errors = all.flatMap(({ forecast }) => (forecast === null ? [] : Math.abs(forecast.error)));
  return {
    figure: `error of the forecast of ${name}, median`,
    value: medianOrNull(errors),
    unit,
    how:
      `largest ${largest(errors)}, of ${errors.length}; computed before each run, from calibration and ` +
      'lateness until then',
  };
}

function medianOrNull(sizes: readonly number[]): number | null {
  return sizes.length === 0 ? null : median(sizes);
}

function largest(sizes: readonly number[]): string {
  return sizes.length === 0 ? '–' : Math.max(...sizes).toFixed(2);
}
