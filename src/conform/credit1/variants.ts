import { creditType } from '../../core/credit1/type.ts';
import { completed } from '../../core/parameters.ts';
import { latencyOf } from '../../sim/latency-model.ts';
import type { SimOptions } from '../../sim/simulate.ts';

const VARIANTS = 8;
const JITTER_NS = 50_000;

/** The run with jitter, each time with another phase of accounting. */
export function variantsOf(simulation: SimOptions): SimOptions[] {
  const { scheduler = {} } = simulation;
  const { acctPhaseNs, tsliceNs } = completed(creditType.parameters, scheduler.parameters);
  return Array.from({ length: VARIANTS }, (_, i) => ({
    ...simulation,
    latency: latencyOf({ kind: 'uniform', maxNs: JITTER_NS }, i + 1),
    // As on a machine that re-arms its timers from when they fire.
    instants: 'late',
    scheduler: {
      ...scheduler,
      parameters: {
        ...scheduler.parameters,
        acctPhaseNs: acctPhaseNs + Math.floor((i * tsliceNs) / VARIANTS),
      },
    },
  }));
}
