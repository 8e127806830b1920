import { WEIGHT_PERIOD_NS, WEIGHT_SAFETY_NS } from './constants.ts';
import { Own } from './own.ts';
import { tellTerms, type SedfState } from './state.ts';

/**
 * Redistribute: on each pCPU, what reservations leave of 95 ms in every 100 ms is divided by weight among the vCPUs
 * that have one. All vCPUs count that exist, whatever they do. If reservations take more than there is, slices get
 * negative: such a vCPU hardly runs.
 */
export function redistribute(state: SedfState, nowNs: number): void {
  const { weight, pcpuOf, weightSum, reservedNs } = state;
  weightSum.fill(0);
  reservedNs.fill(0);
  for (let vcpu = 0; vcpu < state.vcpuCount; vcpu++) {
    if (state.exists[state.vmOf[vcpu]] === 0) continue;
    if (weight[vcpu] !== 0) weightSum[pcpuOf[vcpu]] += weight[vcpu];
    else reservedNs[pcpuOf[vcpu]] += inWeightPeriod(state.sliceOrigNs[vcpu], state.periodOrigNs[vcpu]);
  }
  for (let vcpu = 0; vcpu < state.vcpuCount; vcpu++) {
    if (weight[vcpu] === 0 || state.exists[state.vmOf[vcpu]] === 0) continue;
    const pcpu = pcpuOf[vcpu];
    const freeNs = WEIGHT_PERIOD_NS - WEIGHT_SAFETY_NS - reservedNs[pcpu];
    const sliceNs = Math.trunc((weight[vcpu] * freeNs) / weightSum[pcpu]);
    state.periodNs[vcpu] = WEIGHT_PERIOD_NS;
    state.periodOrigNs[vcpu] = WEIGHT_PERIOD_NS;
    state.sliceNs[vcpu] = sliceNs;
    state.sliceOrigNs[vcpu] = sliceNs;
    tellTerms(state, vcpu, Own.terms, nowNs);
  }
}

/** The weight period in two factors. */
const FACTOR = 10_000;

/**
 * What a reservation takes of 100 ms: ⌊100 ms · slice ÷ period⌋, toward zero. The product reaches 10^18, and its
 * quotient in one division may come out as the next whole number. So it is divided like on paper, in two steps with the
 * remainder carried over; no number in them exceeds 10^14, so each is exact.
 */
export function inWeightPeriod(sliceNs: number, periodNs: number): number {
  const dividend = FACTOR * Math.abs(sliceNs);
  const quotient = Math.floor(dividend / periodNs);
  const rest = dividend - quotient * periodNs;
  return Math.sign(sliceNs) * (FACTOR * quotient + Math.floor((FACTOR * rest) / periodNs));
}
