/** Numbers with their units, for people. */
import type { Metric, MetricKind } from '../result/metrics.ts';

type Written = (value: number | null | undefined) => string;

/** What isn't known is a dash. */
const dash =
  (write: (value: number) => string): Written =>
  (value) =>
    value === null || value === undefined || !Number.isFinite(value) ? '–' : write(value);

/** Below, times are told in ms: in seconds they would have few digits left. */
export const MS_BELOW_NS = 0.1e9;

/** A short time in the unit that suits it: `4.1 µs`, `0.9 ms`. */
export const formatNs = dash((ns) => {
  if (Math.abs(ns) < 1e3) return `${ns.toFixed(0)} ns`;
  if (Math.abs(ns) < 1e6) return `${(ns / 1e3).toFixed(1)} µs`;
  if (Math.abs(ns) < 1e9) return `${(ns / 1e6).toFixed(2)} ms`;
  return `${(ns / 1e9).toFixed(3)} s`;
});

const WRITTEN: Readonly<Record<MetricKind, Written>> = {
  count: dash(String),
  cap: dash((cap) => (cap === 0 ? 'none' : `${String(cap)} %`)),
  percent: dash((value) => `${value.toFixed(1)} %`),
  ratio: dash((value) => value.toFixed(3)),
  times: dash((value) => `${value.toFixed(2)} ×`),
  // In seconds; a short one as it suits it: `2.020 s`, `8.2 ms`.
  run: dash((ns) => {
    if (ns === 0 || Math.abs(ns) >= MS_BELOW_NS) return `${(ns / 1e9).toFixed(3)} s`;
    return Math.abs(ns) < 1e6 ? formatNs(ns) : `${(ns / 1e6).toFixed(1)} ms`;
  }),
  span: formatNs,
};

/** A value of a metric: `33.4 %`, `2.020 s`; a dash for null and undefined. */
export function formatMetric({ kind }: Pick<Metric, 'kind'>, value: number | null | undefined): string {
  return WRITTEN[kind](value);
}
