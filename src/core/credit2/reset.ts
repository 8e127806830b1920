import { NONE } from '../linked-lists.ts';
import { burn } from './burn.ts';
import { INITIAL_CREDIT, LOWEST_CREDIT, MOST_CREDIT } from './constants.ts';
import { tickle } from './pcpus.ts';
import { type Credit2State, isCurrent } from './state.ts';
import { Own } from './terms.ts';

/**
 * Credit: it is given here and nowhere else (but for the compensation of a move). The vCPU that was chosen has none
 * left, and neither has the head of the queue: so every member of the runqueue is given new credit, whether it runs,
 * waits, sleeps or is parked. Who has saved some keeps at most 500 µs of it, who owes some still owes it. If the chosen
 * one is at the floor, everybody gets twice as much.
 */
export function reset(state: Credit2State, runqueue: number, chosen: number, nowNs: number): void {
  const { members, credit, chargedNs, trace } = state;
  const amount = credit[chosen] === LOWEST_CREDIT ? 2 * INITIAL_CREDIT : INITIAL_CREDIT;
  for (let vcpu = members.head(runqueue); vcpu !== NONE; vcpu = members.next(vcpu)) {
    if (isCurrent(state, vcpu)) {
      burn(state, vcpu, nowNs);
      if (state.budgetNs[vcpu] <= 0) tickle(state, state.pcpuOf[vcpu]);
    }
    const before = credit[vcpu];
    credit[vcpu] = Math.min(before + amount, MOST_CREDIT);
    chargedNs[vcpu] = nowNs;
    state.resets[vcpu]++;
    if (trace !== null) trace.own(nowNs, Own.give, vcpu, before, credit[vcpu]);
  }
  if (trace !== null) trace.own(nowNs, Own.reset, runqueue, amount);
}
