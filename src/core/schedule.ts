import { burn } from './burn.ts';
import { steal } from './balance.ts';
import { MIN_SLICE_TIMER_NS, Priority } from './constants.ts';
import { NONE } from './linked-lists.ts';
import { IDLE } from './policy.ts';
import type { CreditState } from './state.ts';
import { dequeue, dropRunnable, Flag, sliceTimer, Stop } from './state.ts';
import { startTicks, stopTicks } from './tick.ts';
import { finishMigration } from './wake.ts';

/** Decide what a pCPU runs from now on. @returns the vCPU, or IDLE */
export function schedule(state: CreditState, pcpu: number, nowNs: number, cpuNs: number): number {
  const prev = state.current[pcpu];
  state.resched.delete(pcpu);
  if (prev !== IDLE) {
    burn(state, prev, cpuNs);
    state.descheduledNs[prev] = nowNs;
    if (isRateLimited(state, prev, nowNs)) {
      extend(state, pcpu, prev, nowNs);
      return prev;
    }
    putBack(state, pcpu, prev);
  }
  const next = choose(state, pcpu, nowNs);
  if (next === IDLE) {
    state.idlers.add(pcpu);
    state.timers.cancel(sliceTimer(state, pcpu));
  } else {
    state.idlers.delete(pcpu);
    state.timers.arm(sliceTimer(state, pcpu), nowNs + state.tsliceNs);
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
}

/**
 * Queue the vCPU that ran behind its equals, if it can still run. The idle vCPU, behind them all, counts as
 * queued from here on.
 */
function putBack(state: CreditState, pcpu: number, vcpu: number): void {
  if (state.stops[vcpu] !== 0) dropRunnable(state, pcpu);
  else if ((state.flags[vcpu] & Flag.yield) === 0) state.runq.insert(pcpu, vcpu);
  else state.runq.insertYielding(pcpu, vcpu, true);
}

/**
 * Take the head of the queue; but if that is OVER or nobody, look first, at most once per rate limit, whether
 * better work waits elsewhere. Whoever is queued is runnable, since sleeping takes a vCPU out of its queue.
 */
function choose(state: CreditState, pcpu: number, nowNs: number): number {
  const head = state.runq.head(pcpu);
  const priority = head === NONE ? Priority.idle : state.priority[head];
  if (priority <= Priority.over && nowNs - state.balancedNs[pcpu] > state.lbRatelimitNs) {
    state.balancedNs[pcpu] = nowNs;
    const stolen = steal(state, pcpu, priority, nowNs);
    if (stolen !== NONE) return stolen;
  }
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
  if (state.trace !== null) traceSwitch(state, pcpu, prev, next, nowNs);
  if (prev !== IDLE && (state.stops[prev] & Stop.moving) !== 0) finishMigration(state, prev, nowNs);
}

function traceSwitch(state: CreditState, pcpu: number, prev: number, next: number, nowNs: number): void {
  const { priority, credit } = state;
  state.trace?.sw(
    nowNs,
    pcpu,
    prev,
    prev === IDLE ? Priority.idle : priority[prev],
    prev === IDLE ? 0 : credit[prev],
    next,
    next === IDLE ? Priority.idle : priority[next],
    next === IDLE ? 0 : credit[next],
  );
}
