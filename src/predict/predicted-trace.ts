import type { Scenario } from '../scenario/scenario.ts';
import { simulate } from '../sim/simulate.ts';
import { traceHeader, type Trace } from '../trace/trace.ts';
import { TraceRecorder } from '../trace/recorder.ts';
import { TraceStore } from '../trace/store.ts';
import { judgedBy, predictingSimulation } from './predict.ts';
import type { RunResult } from '../result/result.ts';

/**
 * The first of the simulations that a run is predicted by, quantum by quantum.
 * @param count how many of them
 * @returns none for work in units of unknown length
 */
export function predictedTraces(scenario: Scenario, run: RunResult, count: number): Trace[] {
  const simulation = predictingSimulation(scenario, judgedBy(run));
  if (simulation === null) return [];
  return Array.from({ length: count }, (_, i) => {
    const store = new TraceStore();
    store.begin(traceHeader(scenario, { label: scenario.name, run: i + 1, machine: 'simulated' }));
    const { endNs } = simulate({ ...simulation(i + 1), recorder: new TraceRecorder(store) });
    store.end({ endNs, complete: true, lostIntents: 0, lostFacts: 0 });
    return store.trace();
  }).filter((trace) => trace !== null);
}
