import {
  ExponentialLatency,
  FixedLatency,
  MeasuredLatencies,
  type MeasuredLatency,
  NormalLatency,
  type TimerLatency,
  UniformLatency,
} from './latency.ts';

/** How the lateness of waits is distributed. Times in ns. */
export type LatencyModel =
  /** every wait ends on time */
  | { readonly kind: 'none' }
  | { readonly kind: 'fixed'; readonly ns: number }
  /** over 0..maxNs */
  | { readonly kind: 'uniform'; readonly maxNs: number }
  | { readonly kind: 'exponential'; readonly meanNs: number }
  /** without what is below 0 */
  | { readonly kind: 'normal'; readonly meanNs: number; readonly deviationNs: number }
  /** as in a run on real cores */
  | { readonly kind: 'measured'; readonly measured: MeasuredLatency };

/** Latencies of that model; the same seed gives the same ones. @returns null: none */
export function latencyOf(model: LatencyModel, seed: number): TimerLatency | null {
  switch (model.kind) {
    case 'none':
      return null;
    case 'fixed':
      return new FixedLatency(model.ns);
    case 'uniform':
      return new UniformLatency(model.maxNs, seed);
    case 'exponential':
      return new ExponentialLatency(model.meanNs, seed);
    case 'normal':
      return new NormalLatency(model.meanNs, model.deviationNs, seed);
    case 'measured':
      return new MeasuredLatencies(model.measured, seed);
  }
}
