import { IDLE } from './policy.ts';
import type { CreditState } from './state.ts';
import { addRunnable, dequeue, dropRunnable, Flag } from './state.ts';
import { NONE } from './linked-lists.ts';

/**
 * Look for better work than a priority in the queues of the other pCPUs, and take the first that is found: it
 * is then assigned here, in no queue. The search starts behind the pCPU last stolen from, and visits only
 * pCPUs where somebody waits behind a running vCPU. (An idle pCPU never has anybody waiting: whoever is
 * queued there tickles it first.)
 * @returns the stolen vCPU, or NONE
 */
export function steal(state: CreditState, thief: number, abovePriority: number, nowNs: number): number {
  const { crowded } = state;
  const first = crowded.next(state.balanceBias);
  if (first < 0) return NONE;
  let peer = first;
  do {
    if (peer !== thief && state.current[peer] !== IDLE) {
      const vcpu = candidate(state, peer, thief, abovePriority, nowNs);
      if (vcpu !== NONE) {
        move(state, vcpu, peer, thief, nowNs);
        return vcpu;
      }
    }
    peer = crowded.next(peer);
  } while (peer !== first);
  return NONE;
}

/**
 * The first vCPU in a peer's queue that is above the priority, may run on the thief, didn't yield and isn't
 * cache-hot.
 */
function candidate(
  state: CreditState,
  peer: number,
  thief: number,
  abovePriority: number,
  nowNs: number,
): number {
  const { runq, priority, flags, affinity } = state;
  for (let vcpu = runq.head(peer); vcpu !== NONE; vcpu = runq.next(vcpu)) {
    if (priority[vcpu] <= abovePriority) return NONE;
    if ((flags[vcpu] & Flag.yield) === 0 && affinity.of(vcpu).has(thief) && !isHot(state, vcpu, nowNs))
      return vcpu;
  }
  return NONE;
}

function isHot(state: CreditState, vcpu: number, nowNs: number): boolean {
  return nowNs - state.descheduledNs[vcpu] < state.migrationDelayNs;
}

function move(state: CreditState, vcpu: number, from: number, to: number, nowNs: number): void {
  dequeue(state, from, vcpu);
  dropRunnable(state, from);
  state.pcpuOf[vcpu] = to;
  addRunnable(state, to);
  state.balanceBias = from;
  state.counters.steals[vcpu]++;
  if (state.trace !== null) state.trace.steal(nowNs, vcpu, from, to);
}
