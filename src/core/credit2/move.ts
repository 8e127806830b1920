/** A vCPU changes its runqueue, or only the pCPU that it is assigned to. */
import { updateQueueLoad } from './load.ts';
import { join, leave } from './members.ts';
import { tickle } from './pcpus.ts';
import { nextAllowed, pick } from './placement.ts';
import { dequeue, insert, isQueued } from './runq.ts';
import { type Credit2State, Flag, isRunnable, Stop } from './state.ts';
import { Own } from './terms.ts';
import { tickleFor } from './tickle.ts';
import { wakeUp } from './wake.ts';

/**
 * To another runqueue, where it may run. Credit stays as it is, although the heaviest vCPU may be another one there.
 *
 * A vCPU that a pCPU runs, or has just chosen, goes when it is off that pCPU. For one that was only just chosen Xen
 * tickles the pCPU that it came from, so it may run for a whole slice before it goes.
 */
export function moveTo(state: Credit2State, vcpu: number, runqueue: number, nowNs: number): void {
  const from = state.runqueueOf[vcpu];
  const isLater = (state.flags[vcpu] & Flag.on) !== 0;
  if (state.trace !== null) state.trace.own(nowNs, Own.move, vcpu, from, runqueue, isLater ? 1 : 0);
  if (isLater) {
    state.target[vcpu] = runqueue;
    state.flags[vcpu] |= Flag.move;
    state.stops[vcpu] |= Stop.moving;
    tickle(state, state.pcpuOf[vcpu]);
    return;
  }
  const waits = isQueued(state, vcpu);
  if (waits) {
    dequeue(state, vcpu);
    updateQueueLoad(state, from, -1, nowNs);
  }
  leave(state, vcpu);
  const pcpu = nextAllowed(state, vcpu, runqueue);
  state.bias[runqueue] = pcpu;
  assign(state, vcpu, pcpu, nowNs);
  join(state, vcpu, runqueue);
  if (!waits) return;
  updateQueueLoad(state, runqueue, 1, nowNs);
  insert(state, vcpu);
  tickleFor(state, vcpu, nowNs);
}

/** A vCPU that is to move is off its pCPU, and goes. In another runqueue Xen picks its pCPU twice. */
export function finishMove(state: Credit2State, vcpu: number, nowNs: number): void {
  const pcpu = pick(state, vcpu, nowNs);
  const runqueue = state.runqueues.of[pcpu];
  state.stops[vcpu] &= ~Stop.moving;
  if (runqueue !== state.runqueueOf[vcpu]) moveTo(state, vcpu, runqueue, nowNs);
  else assign(state, vcpu, pcpu, nowNs);
  if (isRunnable(state, vcpu)) wakeUp(state, vcpu, nowNs);
}

/** To a pCPU, where it is counted from now on. */
export function assign(state: Credit2State, vcpu: number, pcpu: number, nowNs: number): void {
  const from = state.pcpuOf[vcpu];
  if (from === pcpu) return;
  state.pcpuOf[vcpu] = pcpu;
  state.counters.migrations[vcpu]++;
  if (state.trace !== null) state.trace.migrate(nowNs, vcpu, from, pcpu);
}
