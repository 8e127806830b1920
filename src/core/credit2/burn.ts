import { LOWEST_CREDIT } from './constants.ts';
import type { Credit2State } from './state.ts';

/**
 * Debit: credit is debited here and nowhere else. A running vCPU pays for what it has run since it was last charged:
 * M credits for w ns, where w is its weight, and M the highest weight in its runqueue. The heaviest pays 1 per ns. The
 * budget of a capped VM pays, too.
 *
 *     X = used × M + remainder        credit −= ⌊X / w⌋, down to LOWEST_CREDIT       remainder = X mod w
 *
 * Xen charges the wall clock. Here the vCPU's own CPU clock is charged, unless it is asked otherwise. Both are the same
 * when nobody else takes time from the pCPU. In either case nothing happens twice at one instant, so the clock needn't
 * be read again.
 *
 * X exceeds 2^53 when a single charge is for more than 137 s, after a machine stood still. So whole multiples of w in
 * the time are charged apart from the rest: the remainder is exact then, too, and the floor is reached long before.
 */
export function burn(state: Credit2State, vcpu: number, nowNs: number): void {
  if (nowNs <= state.chargedNs[vcpu]) return;
  burnTo(state, vcpu, nowNs, state.chargesWallTime ? 0 : state.cpuTimes.cpuNs(vcpu));
}

/** @param cpuNs CPU time that it has used until now; unused where wall time is charged */
export function burnTo(state: Credit2State, vcpu: number, nowNs: number, cpuNs: number): void {
  const { chargedNs, chargedCpuNs, remainder, credit, weightOf } = state;
  const passedNs = nowNs - chargedNs[vcpu];
  if (passedNs <= 0) return;
  const usedNs = state.chargesWallTime ? passedNs : cpuNs - chargedCpuNs[vcpu];
  chargedNs[vcpu] = nowNs;
  chargedCpuNs[vcpu] = cpuNs;
  if (usedNs <= 0) return;
  const weight = weightOf[vcpu];
  const top = state.topWeight[state.runqueueOf[vcpu]];
  const weights = Math.floor(usedNs / weight);
  const parts = (usedNs - weights * weight) * top + remainder[vcpu];
  const credits = Math.floor(parts / weight);
  remainder[vcpu] = parts - credits * weight;
  credit[vcpu] = Math.max(credit[vcpu] - weights * top - credits, LOWEST_CREDIT);
  state.budgetNs[vcpu] -= usedNs;
}
