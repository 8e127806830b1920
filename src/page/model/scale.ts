/**
 * Where a value is on its slider. What spans more than three powers of ten is logarithmic (weights, times), the rest
 * is linear (caps); where 0 means something of its own and isn't the lowest value (no rate limit), it has a place of
 * its own at the left end.
 *
 *     weight      1 ──────── 256 ──────── 65535
 *     cap         0 (none) ─── 50 ─── 100
 *     rate limit  off | 100 µs ── 500 ms
 */
import type { Parameter } from '../../core/policy-type.ts';

/** Positions of a slider: 0 to this. */
export const POSITIONS = 1000;
/** What 0 takes at the left end where it stands apart. */
const ZERO_ROOM = 40;

export interface Scale {
  readonly least: number;
  readonly greatest: number;
  positionOf(value: number): number;
  valueAt(position: number): number;
  /** The next value that differs, for arrow keys. */
  next(value: number, direction: 1 | -1): number;
  /** A big step, for page keys. */
  leap(value: number, direction: 1 | -1): number;
}

/** @param vcpuCount of the VM; of a parameter of the scheduler it doesn't matter */
export function scaleOf(parameter: Parameter, vcpuCount = 1): Scale {
  const { min, maxPerVcpu, zero, step = 1 } = parameter;
  const max = maxPerVcpu === undefined ? parameter.max : Math.min(parameter.max, maxPerVcpu * vcpuCount);
  const isLog = min > 0 && max / min > 1000 - 1e-9 && maxPerVcpu === undefined;
  const isZeroApart = isLog && zero !== undefined;
  const least = zero === undefined ? min : Math.min(0, min);
  const start = isZeroApart ? ZERO_ROOM : 0;
  const ratio = Math.log(max / min);

  const rounded = (value: number): number => {
    // Three digits are what a hand can set; steps of the parameter come on top.
    const unit = isLog ? 10 ** Math.max(0, Math.floor(Math.log10(value)) - 2) : 1;
    const whole = Math.round(Math.round(value / unit) * unit);
    return Math.min(max, Math.max(least, Math.round(whole / step) * step));
  };
  const positionOf = (value: number): number => {
    if (!isLog) return max === least ? 0 : Math.round(((value - least) / (max - least)) * POSITIONS);
    if (value < min) return 0;
    return Math.round(start + (Math.log(Math.min(value, max) / min) / ratio) * (POSITIONS - start));
  };
  const valueAt = (position: number): number => {
    if (!isLog) return rounded(least + (position / POSITIONS) * (max - least));
    if (isZeroApart && position < start / 2) return 0;
    const value = min * Math.exp((ratio * Math.max(0, position - start)) / (POSITIONS - start));
    // The usual value is easy to hit.
    if (Math.abs(positionOf(parameter.default) - position) <= 4) return parameter.default;
    return Math.max(min, rounded(value));
  };
  const bounded = (value: number): number => Math.min(max, Math.max(least, value));
  const next = (value: number, direction: 1 | -1): number => {
    if (!isLog) return bounded(value + direction * Math.max(step, tidy((max - least) / POSITIONS)));
    if (value < min) return direction > 0 ? min : value;
    if (value <= min && direction < 0) return least;
    const unit = Math.max(step, 10 ** Math.max(0, Math.floor(Math.log10(value)) - 1));
    const there = (direction > 0 ? Math.floor(value / unit) : Math.ceil(value / unit)) + direction;
    return Math.min(max, Math.max(min, there * unit));
  };
  const leap = (value: number, direction: 1 | -1): number => {
    if (!isLog) return bounded(value + direction * Math.max(step, tidy((max - least) / 10)));
    if (value < min) return direction > 0 ? min : value;
    if (value <= min && direction < 0) return least;
    const there = direction > 0 ? value * 2 : value / 2;
    return Math.min(max, Math.max(min, Math.round(there / step) * step));
  };
  return { least, greatest: max, positionOf, valueAt, next, leap };
}

/** A step that reads well: 1, 2 or 5 with zeros. */
function tidy(step: number): number {
  const power = 10 ** Math.floor(Math.log10(Math.max(step, 1)));
  return ([1, 2, 5].find((factor) => factor * power >= step - 1e-9) ?? 10) * power;
}
