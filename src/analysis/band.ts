import type { Inferred } from '../base/schema.ts';
import type { bandSchema } from './schema.ts';
import { median } from './stats.ts';

/**
 * What several simulations of one scenario gave.
 *
 * @interface
 */
export type Band = Inferred<typeof bandSchema>;

/** @param samples at least one */
export function bandOf(samples: readonly number[]): Band {
  return { median: median(samples), min: Math.min(...samples), max: Math.max(...samples) };
}

/** Whether a value lies in a band that is widened by a margin on both sides. */
export function isWithin(value: number, band: Band, margin: number): boolean {
  return value >= band.min - margin && value <= band.max + margin;
}

/**
 * What a measurement may miss a band by. Timers without jitter give a band without width, and on a real core a
 * switch costs some microseconds and the host takes a little; anything more is a finding.
 */
export const WALL_MARGIN = 0.005;
export const SHARE_MARGIN_POINTS = 0.25;

/** Whether an execution time agrees with its prediction; null when either is missing. */
export function wallInBand(wallNs: number | null, band: Band | null): boolean | null {
  return wallNs === null || band === null ? null : isWithin(wallNs, band, WALL_MARGIN * band.median);
}

/** Whether a share, in percent of one pCPU, agrees with its prediction; null when either is missing. */
export function shareInBand(sharePercent: number | null, band: Band | null): boolean | null {
  return sharePercent === null || band === null ? null : isWithin(sharePercent, band, SHARE_MARGIN_POINTS);
}
