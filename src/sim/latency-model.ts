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

/** As LoopLatencies; what is absent is on time. */
export type MeasuredLatencyByEvent = { readonly timer: MeasuredLatency } & Partial<
  Readonly<Record<Exclude<keyof LoopLatencies, 'timer'>, MeasuredLatency>>
>;

/**
 * Latencies of that model; the same seed gives the same ones. Only a measurement knows how soon the loop comes to a
 * vCPU that leaves its pCPU, and a core to what it is told; in the other models they do so at once.
 * @returns null: none
 */
export function latencyOf(model: LatencyModel, seed: number): LoopLatencies | null {
  if (model.kind === 'none') return null;
  if (model.kind === 'measured') {
    const { measured } = model;
    const latency = (event: keyof LoopLatencies, index: number): Latency => {
      const distribution = measured[event];
      // Seeds lie apart, so that kinds of events differ and so do neighbouring seeds.
      return distribution === undefined ? ON_TIME : new MeasuredLatencies(distribution, seed + 1000 * index);
    };
    return {
      timer: latency('timer', 0),
      exit: latency('exit', 1),
      wake: latency('wake', 2),
      handOver: latency('handOver', 3),
      gap: latency('gap', 4),
      start: latency('start', 5),
    };
  }
  const timer = timerLatency(model, seed);
  return { timer, exit: ON_TIME, wake: timer, handOver: ON_TIME, gap: ON_TIME, start: ON_TIME };
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
