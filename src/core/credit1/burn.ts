import { CREDIT_NS, REMAINDER_PER_CREDIT, REMAINDER_PER_NS } from './constants.ts';
import type { CreditState } from './state.ts';

/**
 * Charge a running vCPU the CPU time it used since it was last charged: one credit per 100 µs.
 *
 * Xen keeps a wall-clock stamp, which it turns into an offset while the vCPU is off its pCPU. On the vCPU's
 * own CPU clock, which stands still then, no offset is needed, and the result is the same when nobody else
 * takes time from the pCPU. The stamp advances by whole credits while the remainder is kept too; it may so
 * run ahead of the clock by less than a credit, and charging pauses until the clock has caught up.
 */
export function burn(state: CreditState, vcpu: number, cpuNs: number): void {
  const usedNs = cpuNs - state.chargedNs[vcpu];
  if (usedNs <= 0) return;
  const parts = REMAINDER_PER_NS * usedNs + state.remainder[vcpu];
  const credits = Math.floor(parts / REMAINDER_PER_CREDIT);
  state.remainder[vcpu] = parts - credits * REMAINDER_PER_CREDIT;
  state.credit[vcpu] -= credits;
  state.chargedNs[vcpu] += credits * CREDIT_NS;
}
