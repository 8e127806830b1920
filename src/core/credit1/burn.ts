import { CREDIT_NS, REMAINDER_PER_CREDIT, REMAINDER_PER_NS } from './constants.ts';
import { creditsPerTick, type CreditState } from './state.ts';

/**
 * Debit: credit is debited in this file and nowhere else. A running vCPU pays one credit for each 100 µs of CPU time
 * that it used since it was last charged. Xen calls this burning credits.
 *
 * Xen stamps the wall clock, and turns the stamp into an offset while the vCPU is off its pCPU. The stamp here is on
 * the vCPU's own CPU clock, which stands still then, so no offset is needed. The result is the same when nobody else
 * takes time from the pCPU. The stamp advances by whole credits, and the remainder is kept beside it. So the stamp may
 * run ahead of the clock by less than a credit; then nothing is debited until the clock has caught up.
 */
export function burn(state: CreditState, vcpu: number, cpuNs: number): void {
  if (state.isSampled) return;
  const usedNs = cpuNs - state.chargedNs[vcpu];
  if (usedNs <= 0) return;
  const parts = REMAINDER_PER_NS * usedNs + state.remainder[vcpu];
  const credits = Math.floor(parts / REMAINDER_PER_CREDIT);
  state.remainder[vcpu] = parts - credits * REMAINDER_PER_CREDIT;
  state.credit[vcpu] -= credits;
  state.chargedNs[vcpu] += credits * CREDIT_NS;
}

/** As it was once: whoever a tick finds running pays for all of the tick, and nobody else pays. */
export function burnTick(state: CreditState, vcpu: number): void {
  if (state.isSampled) state.credit[vcpu] -= creditsPerTick(state);
}
