import { burn } from './burn.ts';
import { steal } from './balance.ts';
import { MIN_SLICE_TIMER_NS, Priority } from './constants.ts';
import { NONE } from '../linked-lists.ts';
import { IDLE } from '../policy.ts';
import { Ask, CreditChoice, reasonOf } from './reason.ts';
import type { CreditState } from './state.ts';
import { dequeue, dropRunnable, Flag, sliceTimer, Stop } from './state.ts';
import { startTicks, stopTicks } from './tick.ts';
import { finishMigration } from './wake.ts';

/** Schedule: decide what a pCPU runs from now on. @returns the vCPU, or IDLE */
export function schedule(state: CreditState, pcpu: number, nowNs: number, cpuNs: number): number {
  const prev = state.current[pcpu];
  const reason = state.trace === null ? 0 : reasonOf(state, state.asked[pcpu], prev);
  state.resched.delete(pcpu);
  state.asked[pcpu] = 0;
  if (prev !== IDLE) {
    burn(state, prev, cpuNs);
    state.descheduledNs[prev] = nowNs;
    if (isRateLimited(state, prev, nowNs)) {
      extend(state, pcpu, prev, nowNs);
      if (state.trace !== null) state.trace.decide(nowNs, pcpu, prev, prev, reason, CreditChoice.rateLimited);
      return prev;
    }
    putBack(state, pcpu, prev);
  }
  const stolen = lookElsewhere(state, pcpu, nowNs);
  const next = stolen === NONE ? takeHead(state, pcpu) : stolen;
  if (next === IDLE) {
    state.idlers.add(pcpu);
    state.timers.cancel(sliceTimer(state, pcpu));
  } else {
    state.idlers.delete(pcpu);
    state.timers.arm(sliceTimer(state, pcpu), nowNs + state.tsliceNs);
    state.sliceAsk[pcpu] = Ask.slice;
  }
  if (state.trace !== null) {
    const choice =
      stolen !== NONE ? CreditChoice.stolen : next === IDLE ? CreditChoice.nobody : CreditChoice.queue;
    state.trace.decide(nowNs, pcpu, prev, next, reason, choice);
  }
  if (next !== prev) switchTo(state, pcpu, prev, next, nowNs);
  return next;
}

/** Whoever was switched in less than the rate limit ago keeps the pCPU, unless it yielded or can't run. */
function isRateLimited(state: CreditState, vcpu: number, nowNs: number): boolean {
  return (
    nowNs - state.enteredNs[vcpu] < state.ratelimitNs &&
    (state.flags[vcpu] & Flag.yield) === 0 &&
    state.stops[vcpu] === 0
  );
}

/** Decide again when the rate limit is over. */
function extend(state: CreditState, pcpu: number, vcpu: number, nowNs: number): void {
  const ranNs = nowNs - state.enteredNs[vcpu];
  const restNs = ranNs < MIN_SLICE_TIMER_NS ? MIN_SLICE_TIMER_NS : state.ratelimitNs - ranNs;
  state.timers.arm(sliceTimer(state, pcpu), nowNs + restNs);
  state.sliceAsk[pcpu] = Ask.rateLimit;
}

/**
 * Queue the vCPU that ran, behind its equals, if it can still run. From here on the idle vCPU counts as queued too, as
 * the last one.
 */
function putBack(state: CreditState, pcpu: number, vcpu: number): void {
  if (state.stops[vcpu] !== 0) dropRunnable(state, pcpu);
  else if ((state.flags[vcpu] & Flag.yield) === 0) state.runq.insert(pcpu, vcpu);
  else state.runq.insertYielding(pcpu, vcpu, true);
}

/**
 * Steal, at most once per rate limit, if the head of the queue is OVER or the queue is empty.
 * @returns NONE if there is none
 */
function lookElsewhere(state: CreditState, pcpu: number, nowNs: number): number {
  const head = state.runq.head(pcpu);
  const priority = head === NONE ? Priority.idle : state.priority[head];
  if (priority > Priority.over || nowNs - state.balancedNs[pcpu] <= state.lbRatelimitNs) return NONE;
  state.balancedNs[pcpu] = nowNs;
  return steal(state, pcpu, priority, nowNs);
}

/** Whoever is queued is runnable, since sleeping takes a vCPU out of its queue. */
function takeHead(state: CreditState, pcpu: number): number {
  const head = state.runq.head(pcpu);
  if (head === NONE) return IDLE;
  dequeue(state, pcpu, head);
  return head;
}

function switchTo(state: CreditState, pcpu: number, prev: number, next: number, nowNs: number): void {
  state.current[pcpu] = next;
  state.counters.switches[pcpu]++;
  if (prev === IDLE) startTicks(state, pcpu, nowNs);
  else state.enteredNs[prev] = nowNs;
  if (next === IDLE) {
    stopTicks(state, pcpu);
  } else {
    state.enteredNs[next] = nowNs;
    state.counters.dispatches[next]++;
  }
  if (prev !== IDLE && (state.stops[prev] & Stop.moving) !== 0) finishMigration(state, prev, nowNs);
}
