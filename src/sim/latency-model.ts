import {
  ExponentialLatency,
  FixedLatency,
  type Latency,
  type LoopLatencies,
  MeasuredLatencies,
  type MeasuredLatency,
  NormalLatency,
  ON_TIME,
  UniformLatency,
} from './latency.ts';

/** How the lateness of waits for timers is distributed, virtual interrupts included. Times in ns. */
export type TimerModel =
  | { readonly kind: 'fixed'; readonly ns: number }
  /** over 0..maxNs */
  | { readonly kind: 'uniform'; readonly maxNs: number }
  | { readonly kind: 'exponential'; readonly meanNs: number }
  /** without what is below 0 */
  | { readonly kind: 'normal'; readonly meanNs: number; readonly deviationNs: number };

export type LatencyModel =
  /** every wait ends on time */
  | { readonly kind: 'none' }
  | TimerModel
  /** as in a run on real cores */
  | { readonly kind: 'measured'; readonly measured: MeasuredLatencyByEvent };

export interface MeasuredLatencyByEvent {
  readonly timer: MeasuredLatency;
  readonly exit: MeasuredLatency;
  readonly wake: MeasuredLatency;
}

/**
 * Latencies of that model; the same seed gives the same ones. Only a measurement knows how soon the loop comes to a vCPU
 * that leaves its pCPU; in the other models it does so at once.
 * @returns null: none
 */
export function latencyOf(model: LatencyModel, seed: number): LoopLatencies | null {
  if (model.kind === 'none') return null;
  if (model.kind === 'measured') {
    const { timer, exit, wake } = model.measured;
    return {
      timer: new MeasuredLatencies(timer, seed),
      exit: new MeasuredLatencies(exit, seed + 1),
      wake: new MeasuredLatencies(wake, seed + 2),
    };
  }
  const timer = timerLatency(model, seed);
  return { timer, exit: ON_TIME, wake: timer };
}

function timerLatency(model: TimerModel, seed: number): Latency {
  switch (model.kind) {
    case 'fixed':
      return new FixedLatency(model.ns);
    case 'uniform':
      return new UniformLatency(model.maxNs, seed);
    case 'exponential':
      return new ExponentialLatency(model.meanNs, seed);
    case 'normal':
      return new NormalLatency(model.meanNs, model.deviationNs, seed);
  }
}
