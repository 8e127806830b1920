import { NONE } from '../linked-lists.ts';
import { IDLE } from '../policy.ts';
import { takeBudget } from './caps.ts';
import { IDLE_CREDIT } from './constants.ts';
import { type Credit2State, isRunnable } from './state.ts';

/** Whoever was switched in less than the rate limit ago keeps the pCPU, unless it yielded or can't run. */
export function isRateLimited(state: Credit2State, vcpu: number, yields: boolean, nowNs: number): boolean {
  if (vcpu === IDLE || yields || state.ratelimitNs === 0 || !isRunnable(state, vcpu)) return false;
  return nowNs - state.enteredNs[vcpu] < state.ratelimitNs;
}

/**
 * Candidate: the vCPU that a pCPU should run. That is the first in the queue that has more credit than the current one,
 * or more by the migration resistance if it comes from another pCPU. A vCPU for which another pCPU was asked to come is
 * left to that one. A capped one must find budget.
 *
 * If the current vCPU yields, any credit is enough; but a vCPU from another pCPU needs that much more all the same. It
 * needs that even to be taken by an idle pCPU, so one that is deep in debt waits for its own.
 * @returns the current one if nobody is better; IDLE if it can't run
 */
export function candidate(state: Credit2State, pcpu: number, yields: boolean, nowNs: number): number {
  const { queue, credit, pcpuOf, affinity, migrateResist } = state;
  const runqueue = state.runqueues.of[pcpu];
  const current = state.current[pcpu];
  const stays = current !== IDLE && isRunnable(state, current);
  const ownCredit = stays ? credit[current] : IDLE_CREDIT;
  for (let vcpu = queue.head(runqueue); vcpu !== NONE;) {
    if (!yields && credit[vcpu] <= ownCredit) break;
    const following = queue.next(vcpu); // who finds no budget leaves the queue
    const isNear = pcpuOf[vcpu] === pcpu || ownCredit + migrateResist <= credit[vcpu];
    if (
      isNear &&
      affinity.of(vcpu).has(pcpu) &&
      !isAwaited(state, vcpu, pcpu) &&
      takeBudget(state, vcpu, nowNs)
    )
      return vcpu;
    vcpu = following;
  }
  return stays ? current : IDLE;
}

/** Another pCPU of its runqueue was tickled for it, and hasn't come yet. */
function isAwaited(state: Credit2State, vcpu: number, pcpu: number): boolean {
  const awaited = state.tickledPcpu[vcpu];
  return (
    awaited !== NONE &&
    awaited !== pcpu &&
    state.tickled.has(awaited) &&
    state.runqueues.of[awaited] === state.runqueueOf[vcpu]
  );
}
