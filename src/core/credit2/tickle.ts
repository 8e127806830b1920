/**
 * Preempt, which Xen calls tickle: a vCPU was queued, so ask one pCPU at most to look at the queue. Who is asked, in
 * this order:
 *
 *     its own pCPU, if it is pinned to it and it is free
 *     a pCPU whose whole core is free, its own if possible       (where cores have several threads)
 *     a free pCPU, its own if possible
 *     its own, if the vCPU there has less credit                 these two only if the running vCPU has been there for
 *     the one whose vCPU has the least credit, if that is        the rate limit, or nearly so
 *       less by more than the migration resistance
 *
 * Who runs is charged before it is compared, and stays charged. A vCPU for which nobody is asked waits until some slice
 * ends: nobody remembers that it would have preempted, had the rate limit been over.
 */
import { IDLE } from '../policy.ts';
import { burn } from './burn.ts';
import { TICKLE_TOLERANCE_NS } from './constants.ts';
import { nextOf, tickle } from './pcpus.ts';
import type { Credit2State } from './state.ts';
import { Own } from './terms.ts';

export function tickleFor(state: Credit2State, vcpu: number, nowNs: number): void {
  const pcpu = targetOf(state, vcpu, nowNs);
  if (pcpu < 0) return;
  tickle(state, pcpu);
  state.tickledPcpu[vcpu] = pcpu;
  if (state.trace !== null) state.trace.own(nowNs, Own.tickle, vcpu, pcpu);
}

function targetOf(state: Credit2State, vcpu: number, nowNs: number): number {
  const { free, freeCores, busy } = state;
  const own = state.pcpuOf[vcpu];
  const runqueue = state.runqueueOf[vcpu];
  const allowed = state.affinity.of(vcpu);
  if (allowed.count === 1 && free.has(own)) return own;
  const isAllowed = allowed.has(own);
  if (state.isSmt && freeCores.count > 0) {
    if (isAllowed && freeCores.has(own)) return own;
    const pcpu = nextOf(state, runqueue, freeCores, allowed, own);
    if (pcpu >= 0) return pcpu;
  }
  if (free.count > 0) {
    if (isAllowed && free.has(own)) return own;
    const pcpu = nextOf(state, runqueue, free, allowed, own);
    if (pcpu >= 0) return pcpu;
  }
  if (isAllowed && busy.has(own) && advantage(state, vcpu, own, 0, nowNs) > 0) return own;
  return weakestElsewhere(state, vcpu, own, nowNs);
}

/** The pCPU, not its own, over whose vCPU it has the greatest advantage above 0; the lowest of equals, or −1. */
function weakestElsewhere(state: Credit2State, vcpu: number, own: number, nowNs: number): number {
  const { runqueues, busy, migrateResist } = state;
  const runqueue = state.runqueueOf[vcpu];
  const allowed = state.affinity.of(vcpu);
  const size = runqueues.sizeOf(runqueue);
  let best = -1;
  let most = 0;
  for (let i = 0; i < size; i++) {
    const pcpu = runqueues.memberOf(runqueue, i);
    if (pcpu === own || !busy.has(pcpu) || !allowed.has(pcpu)) continue;
    const points = advantage(state, vcpu, pcpu, migrateResist, nowNs);
    if (points > most) {
      most = points;
      best = pcpu;
    }
  }
  return best;
}

/** By how much it beats the vCPU that a pCPU runs. Inside a decision that one may have become idle only just now. */
function advantage(state: Credit2State, vcpu: number, pcpu: number, resist: number, nowNs: number): number {
  const current = state.current[pcpu];
  if (current === IDLE) return -1;
  const { ratelimitNs, credit } = state;
  if (ratelimitNs !== 0 && nowNs - state.enteredNs[current] <= ratelimitNs - TICKLE_TOLERANCE_NS) return -1;
  burn(state, current, nowNs);
  return credit[vcpu] - credit[current] - resist;
}
