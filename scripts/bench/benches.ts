import type { Bench } from './bench.ts';
import { caps } from './caps.ts';
import { decisionTime } from './decision-time.ts';
import { decisions } from './decisions.ts';
import { kernel } from './kernel.ts';
import { policies } from './policies.ts';
import { predict } from './predict.ts';
import { programs } from './programs.ts';
import { saturation } from './saturation.ts';
import { scale } from './scale.ts';
import { shares } from './shares.ts';
import { switchGap } from './switch-gap.ts';
import { tickLateness } from './tick-lateness.ts';
import { trace } from './trace.ts';

/** In the order in which they run. `scale` is first: memory that others left in the heap would be taken for nothing. */
export const benches: readonly Bench[] = [
  scale,
  switchGap,
  tickLateness,
  saturation,
  decisionTime,
  trace,
  shares,
  caps,
  kernel,
  predict,
  programs,
  decisions,
  policies,
];
