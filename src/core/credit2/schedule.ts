import { NONE } from '../linked-lists.ts';
import { IDLE } from '../policy.ts';
import { balance } from './balance.ts';
import { burnTo } from './burn.ts';
import { candidate, isRateLimited } from './candidate.ts';
import { giveBack, takeBudget, unparkAll } from './caps.ts';
import { LONGEST_SLICE_NS, MIGRATION_COMPENSATION, SHORTEST_SLICE_NS } from './constants.ts';
import { updateLoad, updateQueueLoad } from './load.ts';
import { assign, finishMove } from './move.ts';
import { becomeBusy, becomeIdle, endTickle } from './pcpus.ts';
import { Credit2Choice, reasonOf } from './reason.ts';
import { reset } from './reset.ts';
import { dequeue, insert } from './runq.ts';
import { type Credit2State, Flag, isRunnable, sliceTimer, Stop } from './state.ts';
import { tickleFor } from './tickle.ts';

/** Schedule: decide what a pCPU runs from now on. @returns the vCPU, or IDLE */
export function schedule(state: Credit2State, pcpu: number, nowNs: number, cpuNs: number): number {
  const prev = state.current[pcpu];
  const asked = state.asked[pcpu];
  state.resched.delete(pcpu);
  state.asked[pcpu] = 0;
  state.timers.cancel(sliceTimer(state, pcpu));
  if (state.tickled.has(pcpu)) endTickle(state, pcpu);
  if (prev !== IDLE) {
    burnTo(state, prev, nowNs, cpuNs);
    takeBudget(state, prev, nowNs);
  }
  const reason = state.trace === null ? 0 : reasonOf(state, asked, prev);
  const yields = takeYield(state, prev);
  const isKept = isRateLimited(state, prev, yields, nowNs);
  const next = isKept ? prev : candidate(state, pcpu, yields, nowNs);
  const returns = next !== prev && prev !== IDLE && isRunnable(state, prev);
  if (next === IDLE) {
    if (!state.idle.has(pcpu)) becomeIdle(state, pcpu);
    updateQueueLoad(state, state.runqueues.of[pcpu], 0, nowNs);
  } else {
    begin(state, pcpu, prev, next, nowNs, returns);
  }
  if (state.trace !== null) {
    const choice = isKept ? Credit2Choice.rateLimited : choiceOf(prev, next);
    state.trace.decide(nowNs, pcpu, prev, next, reason, choice);
  }
  if (next !== prev) switchTo(state, pcpu, prev, next, nowNs, returns);
  return next;
}

function takeYield({ flags }: Credit2State, vcpu: number): boolean {
  if (vcpu === IDLE || (flags[vcpu] & Flag.yield) === 0) return false;
  flags[vcpu] &= ~Flag.yield;
  return true;
}

function choiceOf(prev: number, next: number): Credit2Choice {
  if (next === IDLE) return Credit2Choice.nobody;
  return next === prev ? Credit2Choice.kept : Credit2Choice.queue;
}

/** A vCPU was chosen: new credit if nobody has any, compensation if it comes from elsewhere, and its slice. */
function begin(
  state: Credit2State,
  pcpu: number,
  prev: number,
  next: number,
  nowNs: number,
  returns: boolean,
): void {
  const { credit } = state;
  const runqueue = state.runqueues.of[pcpu];
  if (next === prev) {
    updateLoad(state, runqueue, next, 0, nowNs);
  } else {
    dequeue(state, next);
    state.flags[next] |= Flag.on;
  }
  if (state.idle.has(pcpu)) becomeBusy(state, pcpu);
  if (credit[next] <= 0 && headCredit(state, runqueue) <= 0) {
    reset(state, runqueue, next, nowNs);
    balance(state, runqueue, nowNs);
  }
  // The one that goes back may be given to the queue's head: it counts as waiting.
  const inFlight = returns ? credit[prev] : 0;
  state.chargedNs[next] = nowNs;
  state.tickledPcpu[next] = NONE;
  if (state.pcpuOf[next] !== pcpu) {
    credit[next] += MIGRATION_COMPENSATION;
    assign(state, next, pcpu, nowNs);
  }
  const sliceNs = sliceOf(state, runqueue, next, next === prev, inFlight, nowNs);
  state.sliceNs[next] = sliceNs;
  state.timers.arm(sliceTimer(state, pcpu), nowNs + sliceNs);
}

/** Of the vCPU that waits first; below 0 or 0: nobody waits who has credit. */
function headCredit({ queue, credit }: Credit2State, runqueue: number): number {
  const head = queue.head(runqueue);
  return head === NONE ? 0 : credit[head];
}

/**
 * Until it has no more credit than the next one, or none at all; but not less than the rest of its rate limit, nor than
 * the shortest slice, nor more than the longest.
 */
function sliceOf(
  state: Credit2State,
  runqueue: number,
  vcpu: number,
  goesOn: boolean,
  inFlight: number,
  nowNs: number,
): number {
  const { ratelimitNs } = state;
  const restNs = ratelimitNs === 0 || !goesOn ? ratelimitNs : state.enteredNs[vcpu] + ratelimitNs - nowNs;
  const lowNs = Math.max(SHORTEST_SLICE_NS, restNs);
  const lead = state.credit[vcpu] - Math.max(headCredit(state, runqueue), inFlight, 0);
  const timeNs = lead > 0 ? Math.floor((lead * state.weightOf[vcpu]) / state.topWeight[runqueue]) : 0;
  const wantedNs = Math.min(timeNs, state.budgetNs[vcpu]);
  return wantedNs < lowNs ? lowNs : Math.min(wantedNs, LONGEST_SLICE_NS);
}

function switchTo(
  state: Credit2State,
  pcpu: number,
  prev: number,
  next: number,
  nowNs: number,
  returns: boolean,
): void {
  state.current[pcpu] = next;
  state.counters.switches[pcpu]++;
  if (next !== IDLE) {
    state.enteredNs[next] = nowNs;
    state.counters.dispatches[next]++;
  }
  if (prev === IDLE) return;
  putAway(state, prev, returns, nowNs);
  if ((state.stops[prev] & Stop.moving) !== 0) finishMove(state, prev, nowNs);
}

/** A vCPU has left its pCPU. The pCPU runs another one already when it is queued and looks for a pCPU. */
function putAway(state: Credit2State, vcpu: number, returns: boolean, nowNs: number): void {
  state.flags[vcpu] &= ~Flag.on;
  const unparks = giveBack(state, vcpu);
  if (returns && isRunnable(state, vcpu)) {
    insert(state, vcpu);
    tickleFor(state, vcpu, nowNs);
  } else {
    updateLoad(state, state.runqueueOf[vcpu], vcpu, -1, nowNs);
  }
  if (unparks) unparkAll(state, state.vmOf[vcpu], nowNs);
}
