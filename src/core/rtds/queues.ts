/**
 * Who waits, and who is due for a new budget. Both queues are ordered by level, then deadline, at insertion only, and
 * equals stand in the order in which they came. Levels rise while vCPUs run, so the replenishment queue isn't always in
 * order: one that woke with a level goes behind all that have none, and may be replenished late.
 */
import { type LinkedLists, NONE } from '../linked-lists.ts';
import { hasExtratime, List, REPLENISHMENT, type RtdsState } from './state.ts';

/** Whether one goes before another, by all means: not if they are equal. */
export function isAbove(state: RtdsState, vcpu: number, other: number): boolean {
  const { level, deadlineNs } = state;
  if (level[vcpu] !== level[other]) return level[vcpu] < level[other];
  return deadlineNs[vcpu] < deadlineNs[other];
}

/** A vCPU waits from now on: for a pCPU if it has budget, or else for a budget. */
export function enqueue(state: RtdsState, vcpu: number): void {
  const { waiting } = state;
  if (state.budgetNs[vcpu] > 0 || hasExtratime(state, vcpu)) {
    waiting.insertBefore(List.run, vcpu, behindBetter(state, waiting, List.run, vcpu));
    state.listOf[vcpu] = List.run;
  } else {
    waiting.insertBefore(List.depleted, vcpu, NONE);
    state.listOf[vcpu] = List.depleted;
  }
}

/** In a queue that is in order: the first one that it goes before. What is new mostly belongs to the end. */
function behindBetter(state: RtdsState, lists: LinkedLists, list: number, vcpu: number): number {
  let before: number = NONE;
  for (let at = lists.tail(list); at !== NONE && isAbove(state, vcpu, at); at = lists.prev(at)) before = at;
  return before;
}

export function dequeue(state: RtdsState, vcpu: number): void {
  state.waiting.remove(state.listOf[vcpu], vcpu);
}

/** It is due for a new budget at its deadline. */
export function addReplenishment(state: RtdsState, vcpu: number): void {
  const { replenishments } = state;
  let at: number;
  if (state.risenCount === 0) {
    at = behindBetter(state, replenishments, 0, vcpu);
  } else {
    at = replenishments.head(0);
    while (at !== NONE && !isAbove(state, vcpu, at)) at = replenishments.next(at);
  }
  replenishments.insertBefore(0, vcpu, at);
}

/** Its level has risen where it stands, so the queue may be out of order. */
export function noteRise(state: RtdsState, vcpu: number): void {
  if (state.hasRisen[vcpu] === 1 || !state.replenishments.isLinked(vcpu)) return;
  state.hasRisen[vcpu] = 1;
  state.risenCount++;
}

/** Take it out, whoever is first then. */
export function takeReplenishment(state: RtdsState, vcpu: number): void {
  state.replenishments.remove(0, vcpu);
  state.risenCount -= state.hasRisen[vcpu];
  state.hasRisen[vcpu] = 0;
}

/** It no longer is. */
export function dropReplenishment(state: RtdsState, vcpu: number): void {
  const { replenishments } = state;
  const wasFirst = replenishments.head(0) === vcpu;
  takeReplenishment(state, vcpu);
  if (wasFirst) armReplenishment(state);
}

/** The timer goes by the first in the queue, although one behind it may be due before. */
export function armReplenishment(state: RtdsState): void {
  const first = state.replenishments.head(0);
  if (first === NONE) state.timers.cancel(REPLENISHMENT);
  else state.timers.arm(REPLENISHMENT, state.deadlineNs[first]);
}
