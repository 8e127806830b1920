import { setImmediate as turn } from 'node:timers/promises';
import type { Scenario } from '../scenario/scenario.ts';
import { simulateContended, type ContendedSimulation } from './contended-simulation.ts';
import { DEFAULT_SEEDS, predictingSimulation, predictionOf, type PredictOptions } from './predict.ts';
import type { VmPrediction } from '../result/vm-result.ts';

/** A forecast may take this long. If there isn't time for all simulations, it is made of fewer, of one at least. */
const PATIENCE_MS = 1000;

/**
 * What a run will show, computed before it from what is known then: the work as it was calibrated, and how late the
 * machine has been so far. Unlike the prediction that judges the run it can be wrong about the machine, too.
 *
 * Between two simulations others get their turn, so that a signal is answered.
 * @returns per VM; null: work in units of unknown length, or it was aborted
 */
export async function forecast(
  scenario: Scenario,
  options: PredictOptions,
  signal: AbortSignal,
): Promise<VmPrediction[] | null> {
  const { seeds = DEFAULT_SEEDS } = options;
  const simulation = predictingSimulation(scenario, options);
  if (simulation === null) return null;
  const runs: ContendedSimulation[] = [];
  const untilMs = performance.now() + PATIENCE_MS;
  for (let seed = 1; seed <= seeds && (seed === 1 || performance.now() < untilMs); seed++) {
    await turn();
    if (signal.aborted) return null;
    runs.push(simulateContended(scenario, () => simulation(seed)));
  }
  return predictionOf(scenario, runs);
}
