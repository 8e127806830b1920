import type { ShareRule } from '../share.ts';

const US = 1_000;
/** As SEDF has it for weights, so that both come to the same. */
const USUAL_PERIOD_NS = 100_000 * US;
const LEAST_NS = 10 * US;

export const RTDS_SHARES: ShareRule = {
  words: 'weights are budgets of what they come to within caps; VMs without a cap have extra time, too',
  parameters({ percent, capPercent, periodNs }) {
    const period = wholeUs(Math.max(LEAST_NS, periodNs ?? USUAL_PERIOD_NS));
    const budgetNs = wholeUs((period * Math.min(100, percent)) / 100);
    return {
      periodNs: period,
      budgetNs: Math.min(period, Math.max(LEAST_NS, budgetNs)),
      extratime: capPercent === null ? 1 : 0,
    };
  },
};

/** Xen counts both in µs. */
function wholeUs(ns: number): number {
  return Math.round(ns / US) * US;
}
