import type { Bench } from './bench.ts';
import { caps } from './caps.ts';
import { decisions } from './decisions.ts';
import { kernel } from './kernel.ts';
import { saturation } from './saturation.ts';
import { scale } from './scale.ts';
import { shares } from './shares.ts';
import { switchGap } from './switch-gap.ts';
import { tickLateness } from './tick-lateness.ts';

/** In the order in which they run. */
export const benches: readonly Bench[] = [
  switchGap,
  tickLateness,
  saturation,
  shares,
  caps,
  kernel,
  scale,
  decisions,
];
