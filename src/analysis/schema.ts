/** What the statistics give and files hold. */
import { z } from 'zod';
import { field } from '../base/schema.ts';

const count = z.int().min(0);

export const bandSchema = z.strictObject({
  median: field(z.number(), 'of several simulations'),
  min: field(z.number(), 'the least'),
  max: field(z.number(), 'the greatest'),
});

export const intervalSchema = z.strictObject({
  low: field(z.number(), 'its lower end'),
  high: field(z.number(), 'its upper end'),
});

const quantiles = {
  count: field(count, 'how many values'),
  p50: field(z.number(), 'the median', { note: 'at most 1/64 above the true value' }),
  p99: field(z.number(), 'the 99th percentile', { note: 'likewise' }),
  max: field(z.number(), 'the greatest value'),
};

export const quantilesSchema = z.strictObject(quantiles);

export const distributionSchema = z.strictObject({
  ...quantiles,
  buckets: field(
    z.array(z.tuple([z.number(), count])),
    'the whole distribution: a list of `[from, how many]` in ascending order. Each bucket reaches from there to ' +
      '2^(1/8) times that (9 % more), the one from 0 to 1 ns; empty ones are left out',
  ),
});

export const workRateSchema = z.strictObject({
  samples: field(count, 'stretches of 100 ms of CPU time or more, of all vCPUs together'),
  low: field(z.number(), "the 5th percentile of work per CPU time, as a multiple of each vCPU's median"),
  high: field(z.number(), 'the 95th percentile'),
  driftPercent: field(z.number(), 'change from the beginning to the end along the Theil–Sen line', {
    unit: 'percent',
    note: '0: no more than chance (p ≥ 0.01)',
  }),
});
