import type { Scenario } from '../scenario/scenario.ts';
import type { Trace } from '../trace/trace.ts';
import { judgedBy, predictingSimulation } from './predict.ts';
import type { RunResult } from '../result/result.ts';
import { tracedSimulation } from './simulated-trace.ts';

/**
 * The first of the simulations that a run is predicted by, quantum by quantum.
 * @param count how many of them
 * @returns none for work in units of unknown length
 */
export function predictedTraces(scenario: Scenario, run: RunResult, count: number): Trace[] {
  const simulation = predictingSimulation(scenario, judgedBy(run));
  if (simulation === null) return [];
  const { name: label } = scenario;
  return Array.from({ length: count }, (_, i) =>
    tracedSimulation(scenario, simulation(i + 1), { label, run: i + 1 }),
  ).filter((trace) => trace !== null);
}
