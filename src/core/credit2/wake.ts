import { updateLoad } from './load.ts';
import { tickle } from './pcpus.ts';
import { dequeue, insert, isQueued } from './runq.ts';
import { type Credit2State, isCurrent } from './state.ts';
import { Own } from './terms.ts';
import { tickleFor } from './tickle.ts';

/**
 * A vCPU has become runnable: it is queued, and a pCPU is tickled for it. Its credit is what it was, however long it
 * slept. Nothing happens to a vCPU that already runs or waits.
 */
export function wakeUp(state: Credit2State, vcpu: number, nowNs: number): void {
  if (state.trace !== null) state.trace.own(nowNs, Own.ready, vcpu, state.credit[vcpu]);
  if (isCurrent(state, vcpu) || isQueued(state, vcpu)) return;
  updateLoad(state, state.runqueueOf[vcpu], vcpu, 1, nowNs);
  insert(state, vcpu);
  tickleFor(state, vcpu, nowNs);
}

/** A vCPU has ceased to be runnable: off the queue, or off its pCPU at the next schedule(). */
export function sleep(state: Credit2State, vcpu: number, nowNs: number): void {
  if (isCurrent(state, vcpu)) tickle(state, state.pcpuOf[vcpu]);
  else leaveQueue(state, vcpu, nowNs);
}

export function leaveQueue(state: Credit2State, vcpu: number, nowNs: number): void {
  if (!isQueued(state, vcpu)) return;
  updateLoad(state, state.runqueueOf[vcpu], vcpu, -1, nowNs);
  dequeue(state, vcpu);
}
