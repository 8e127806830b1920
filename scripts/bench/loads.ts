import type { HogVm } from './testbed-run.ts';

/** A band in percent. */
export type Band = readonly [low: number, high: number];

export interface ShareLoad {
  readonly name: string;
  readonly vms: readonly HogVm[];
  /**
   * Where credit1's own shares lie once its timers jitter: it is a little kinder to light weights than weight ÷ total.
   * What is beyond is the machine's error, not the algorithm's.
   */
  readonly reference: readonly Band[];
  /** weight ÷ total, percent: what the kernel's scheduler aims at */
  readonly ideal: readonly number[];
}

export const SHARE_LOADS: readonly ShareLoad[] = [
  shareLoad(
    [256, 512],
    [
      [33.3, 33.5],
      [66.5, 66.7],
    ],
  ),
  shareLoad(
    [128, 256, 512],
    [
      [14.3, 15.0],
      [28.7, 29.3],
      [55.7, 57.0],
    ],
  ),
];

export const CAPS: readonly number[] = [10, 25, 50, 75, 90];

/** After so long the on-off patterns of all caps have come to a whole number of rounds (300, 120, 120, 240 ms). */
const PATTERNS_S = 1.2;

/** The nearest whole number of on-off patterns, so that no part of one is cut off at the end of the window. */
export function capWindowSeconds(seconds: number): number {
  const rounds = Math.max(1, Math.round(seconds / PATTERNS_S));
  return rounds * PATTERNS_S;
}

/** How far outside the band, in points; 0 within. */
export function distance(value: number, [low, high]: Band): number {
  return Math.max(0, low - value, value - high);
}

/** Each one's part of the sum, percent. */
export function sharesOf(amounts: readonly number[]): number[] {
  const sum = amounts.reduce((a, b) => a + b, 0);
  return amounts.map((amount) => (100 * amount) / sum);
}

/** The largest distance of any share from its band. */
export function shareError(shares: readonly number[], bands: readonly Band[]): number {
  return Math.max(...shares.map((share, i) => distance(share, bands[i])));
}

export function exactly(value: number): Band {
  return [value, value];
}

function shareLoad(weights: readonly number[], reference: readonly Band[]): ShareLoad {
  return {
    name: weights.join(':'),
    vms: weights.map((weight) => ({ name: `w${weight}`, weight })),
    reference,
    ideal: sharesOf(weights),
  };
}
