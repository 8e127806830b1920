/**
 * The replenishment timer. It renews all at the front of the queue whose deadlines have come, and then looks, the last
 * one renewed first, whether somebody waits who goes before what runs.
 */
import { NONE } from '../linked-lists.ts';
import { renewOfVm } from './budget.ts';
import {
  addReplenishment,
  armReplenishment,
  dequeue,
  enqueue,
  isAbove,
  takeReplenishment,
} from './queues.ts';
import { isCurrent, List, type RtdsState } from './state.ts';
import { tickle } from './tickle.ts';

export function replenish(state: RtdsState, nowNs: number): void {
  const count = renewDue(state, nowNs);
  for (let i = count - 1; i >= 0; i--) settle(state, state.renewed[i], nowNs);
  armReplenishment(state);
}

/** @returns how many are in `renewed` now, none of them in the replenishment queue */
function renewDue(state: RtdsState, nowNs: number): number {
  const { replenishments, renewed, deadlineNs, waiting } = state;
  let count = 0;
  for (let vcpu = replenishments.head(0); vcpu !== NONE; vcpu = replenishments.head(0)) {
    if (nowNs < deadlineNs[vcpu]) break;
    takeReplenishment(state, vcpu);
    renewOfVm(state, vcpu, nowNs);
    renewed[count++] = vcpu;
    if (!waiting.isLinked(vcpu)) continue;
    dequeue(state, vcpu);
    enqueue(state, vcpu);
  }
  return count;
}

/** One that waited with budget, and has another place in the queue now, tickles nobody, as in Xen. */
function settle(state: RtdsState, vcpu: number, nowNs: number): void {
  const head = state.waiting.head(List.run);
  if (isCurrent(state, vcpu) && head !== NONE) {
    if (isAbove(state, head, vcpu)) tickle(state, head, nowNs);
  } else if (state.isDepleted[vcpu] === 1) {
    state.isDepleted[vcpu] = 0;
    if (state.waiting.isLinked(vcpu)) tickle(state, vcpu, nowNs);
  }
  addReplenishment(state, vcpu);
}
