import type { ShareRule } from '../share.ts';
import { US, WEIGHT_PERIOD_NS } from './constants.ts';

/** The least slice of a request. */
const LEAST_NS = 5 * US;

/** A weight of SEDF's own counts in extra time only, so what somebody is to have is reserved. */
export const SEDF_SHARES: ShareRule = {
  words: 'weights are reservations of what they come to within caps; VMs without a cap have extra time, too',
  parameters({ percent, capPercent, periodNs }) {
    const period = periodNs ?? WEIGHT_PERIOD_NS;
    const part = Math.min(100, percent) / 100;
    const sliceNs = Math.round((part * period) / US) * US;
    return {
      periodNs: period,
      sliceNs: Math.min(period, Math.max(LEAST_NS, sliceNs)),
      extratime: capPercent === null ? 1 : 0,
    };
  },
};
