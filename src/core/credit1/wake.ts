import { Priority } from './constants.ts';
import { IDLE } from '../policy.ts';
import { Ask } from './reason.ts';
import type { CreditState } from './state.ts';
import { addRunnable, askFor, dequeue, dropRunnable, Flag, Stop } from './state.ts';
import { Own } from './terms.ts';
import { place } from './placement.ts';
import { tickle } from './tickle.ts';

/**
 * Boost and queue: a vCPU has become runnable. It is boosted if it wakes as UNDER, it is queued, and a pCPU is tickled
 * for it. Nothing happens to a vCPU that already runs or waits.
 */
export function wakeUp(state: CreditState, vcpu: number, nowNs: number, wakingPcpu: number): void {
  const { priority, flags } = state;
  const pcpu = state.pcpuOf[vcpu];
  if (state.current[pcpu] === vcpu || state.runq.isQueued(vcpu)) return;
  const unboostable = flags[vcpu] & (Flag.migrating | Flag.parked);
  flags[vcpu] &= ~Flag.migrating;
  if (state.isBoosting && unboostable === 0 && priority[vcpu] === Priority.under) {
    priority[vcpu] = Priority.boost;
    state.boosts[vcpu]++;
    if (state.trace !== null) state.trace.own(nowNs, Own.boost, vcpu, Priority.boost);
  }
  if ((flags[vcpu] & Flag.yield) === 0) state.runq.insert(pcpu, vcpu);
  else state.runq.insertYielding(pcpu, vcpu, state.current[pcpu] !== IDLE);
  addRunnable(state, pcpu);
  tickle(state, vcpu, wakingPcpu);
}

/**
 * A vCPU has ceased to be runnable: off the queue, or off its pCPU at the next schedule(). Credit and
 * priority stay as they are.
 */
export function sleep(state: CreditState, vcpu: number): void {
  const pcpu = state.pcpuOf[vcpu];
  if (state.current[pcpu] === vcpu) {
    askFor(state, pcpu, Ask.stop);
  } else if (state.runq.isQueued(vcpu)) {
    dequeue(state, pcpu, vcpu);
    dropRunnable(state, pcpu);
  }
}

/**
 * The second half of a migration: a vCPU that a tick marked is off its pCPU and goes where it is now best
 * placed.
 */
export function finishMigration(state: CreditState, vcpu: number, nowNs: number): void {
  const from = state.pcpuOf[vcpu];
  const to = place(state, vcpu);
  state.stops[vcpu] &= ~Stop.moving;
  if (to !== from) {
    state.counters.migrations[vcpu]++;
    if (state.trace !== null) state.trace.migrate(nowNs, vcpu, from, to);
  }
  if (state.stops[vcpu] === 0) wakeUp(state, vcpu, nowNs, from);
}
