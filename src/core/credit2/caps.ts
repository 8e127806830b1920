/**
 * Caps. A capped VM has a pool of budget, which every cap period (10 ms) fills up with its cap's part of the period. A
 * vCPU runs on budget that it takes from the pool, a quota at a time. If the pool is empty, it is parked until somebody
 * gives budget back or the pool is filled up.
 *
 *                      a quota, when it is to run and has none
 *        pool  ───────────────────────────────────────────────►  budget of a vCPU
 *          ▲   ◄───────────────────────────────────────────────
 *          │           what is left, when it leaves its pCPU; or what it has overrun
 *     each period
 *
 * Example: a cap of 25 alone on a pCPU. Each period puts 2.5 ms in. It runs 2.5 ms, finds nothing, and is parked for
 * 7.5. A cap of 1: 0.1 ms each period, but the shortest slice is 1 ms. So it runs 1 ms, owes 0.9, and nine periods go
 * by before the pool is above 0 again.
 */
import { NONE } from '../linked-lists.ts';
import { burn } from './burn.ts';
import { LEAST_QUOTA_NS } from './constants.ts';
import { updateLoad } from './load.ts';
import { tickle } from './pcpus.ts';
import { dequeue, insert, isQueued } from './runq.ts';
import { type Credit2State, isCurrent, isRunnable, refillTimer, Stop } from './state.ts';
import { Own } from './terms.ts';
import { tickleFor } from './tickle.ts';

/** Whether a vCPU has budget, or can take some. If it can't, it is parked. An overrun is charged to the VM. */
export function takeBudget(state: Credit2State, vcpu: number, nowNs: number): boolean {
  const { budgetNs, poolNs } = state;
  if (budgetNs[vcpu] > 0) return true;
  const vm = state.vmOf[vcpu];
  poolNs[vm] += budgetNs[vcpu];
  budgetNs[vcpu] = 0;
  if (poolNs[vm] <= 0) {
    park(state, vcpu, nowNs);
    return false;
  }
  const taken = Math.min(state.quotaNs[vm], poolNs[vm]);
  budgetNs[vcpu] = taken;
  poolNs[vm] -= taken;
  return true;
}

function park(state: Credit2State, vcpu: number, nowNs: number): void {
  const vm = state.vmOf[vcpu];
  state.stops[vcpu] |= Stop.parked;
  if (isQueued(state, vcpu)) {
    updateLoad(state, state.runqueueOf[vcpu], vcpu, -1, nowNs);
    dequeue(state, vcpu);
  }
  state.parked.insertBefore(vm, vcpu, state.parked.head(vm));
  state.parks[vcpu]++;
  if (state.trace !== null) state.trace.own(nowNs, Own.park, vcpu, state.poolNs[vm]);
}

/** A vCPU has left its pCPU, and what it has left goes back. @returns whether that is something for the parked ones */
export function giveBack(state: Credit2State, vcpu: number): boolean {
  const { budgetNs, poolNs } = state;
  const left = budgetNs[vcpu];
  if (left === Infinity || left <= 0) return false;
  const vm = state.vmOf[vcpu];
  poolNs[vm] += left;
  budgetNs[vcpu] = 0;
  return poolNs[vm] > 0;
}

/** All parked vCPUs of a VM may run again, the last parked first. */
export function unparkAll(state: Credit2State, vm: number, nowNs: number): void {
  const { parked } = state;
  for (let vcpu = parked.head(vm); vcpu !== NONE; vcpu = parked.head(vm)) {
    unpark(state, vcpu, nowNs);
    if (!isRunnable(state, vcpu)) continue;
    updateLoad(state, state.runqueueOf[vcpu], vcpu, 1, nowNs);
    insert(state, vcpu);
    tickleFor(state, vcpu, nowNs);
  }
}

/** Off the parked list. */
export function unpark(state: Credit2State, vcpu: number, nowNs: number): void {
  state.parked.remove(state.vmOf[vcpu], vcpu);
  state.stops[vcpu] &= ~Stop.parked;
  if (state.trace !== null) state.trace.own(nowNs, Own.unpark, vcpu);
}

/**
 * A cap period is over. A timer that comes more than a period late fills up for all of them. Budget that a running vCPU
 * holds isn't touched, so within one period a VM may use that, too.
 */
export function refill(state: Credit2State, vm: number, nowNs: number): void {
  const { poolNs, refillNs, timers } = state;
  const timer = refillTimer(vm);
  let nextNs = timers.dueOf(timer);
  do {
    nextNs += state.capPeriodNs;
    poolNs[vm] += refillNs[vm];
  } while (nextNs <= nowNs);
  if (poolNs[vm] > 0) {
    poolNs[vm] = Math.min(poolNs[vm], refillNs[vm]);
    unparkAll(state, vm, nowNs);
  }
  timers.arm(timer, nextNs);
  if (state.trace !== null) state.trace.own(nowNs, Own.refill, vm, poolNs[vm]);
}

/** Of a VM that has started. @param cap 0: none from now on */
export function setCap(state: Credit2State, vm: number, cap: number, nowNs: number): void {
  const old = state.cap[vm];
  state.cap[vm] = cap;
  if (cap > 0) {
    const vcpus = state.firstVcpu[vm + 1] - state.firstVcpu[vm];
    const refillNs = Math.floor((state.capPeriodNs * cap) / 100);
    state.refillNs[vm] = refillNs;
    state.quotaNs[vm] = Math.max(Math.floor(refillNs / vcpus), LEAST_QUOTA_NS);
    if (old === 0) startCap(state, vm, nowNs);
  } else if (old > 0) {
    endCap(state, vm, nowNs);
  }
}

/** Its vCPUs have no budget yet; those that run must look for some. */
function startCap(state: Credit2State, vm: number, nowNs: number): void {
  state.poolNs[vm] = state.refillNs[vm];
  state.timers.arm(refillTimer(vm), nowNs + state.capPeriodNs);
  for (let vcpu = state.firstVcpu[vm]; vcpu < state.firstVcpu[vm + 1]; vcpu++) {
    if (isCurrent(state, vcpu)) {
      burn(state, vcpu, nowNs);
      tickle(state, state.pcpuOf[vcpu]);
    }
    state.budgetNs[vcpu] = 0;
  }
}

function endCap(state: Credit2State, vm: number, nowNs: number): void {
  state.timers.cancel(refillTimer(vm));
  for (let vcpu = state.firstVcpu[vm]; vcpu < state.firstVcpu[vm + 1]; vcpu++)
    state.budgetNs[vcpu] = Infinity;
  unparkAll(state, vm, nowNs);
}
