import { FULL_SCORE, IDLE_NS, QUANTUM_NS, RECHECK_NS, WEIGHT_SCORE } from './constants.ts';
import { NONE } from '../linked-lists.ts';
import { Own } from './own.ts';
import { IDLE } from '../policy.ts';
import { reasonOf, SedfChoice, SedfReason } from './reason.ts';
import { beginOf, chargeOf, Class, isExtra, type SedfState, Stop, tellTerms } from './state.ts';
import { finishMove } from './wake.ts';

/** Schedule: decide what a pCPU runs from now on. @returns the vCPU, or IDLE */
export function schedule(state: SedfState, pcpu: number, nowNs: number, cpuNs: number): number {
  const { trace } = state;
  const prev = state.current[pcpu];
  const reason = trace === null ? SedfReason.tickled : reasonOf(state, pcpu, nowNs, cpuNs);
  state.resched.delete(pcpu);
  state.asked[pcpu] = 0;
  const wasRobbed = prev !== IDLE && putAway(state, pcpu, nowNs, cpuNs);
  beginPeriods(state, pcpu, nowNs);
  moveOn(state, pcpu, nowNs);
  const choice = choose(state, pcpu, nowNs);
  const next = chosen(state, pcpu, choice);
  const leastNs = wasRobbed && next === prev ? RECHECK_NS : 0;
  begin(state, pcpu, choice, next, nowNs, leastNs);
  if (trace !== null) trace.decide(nowNs, pcpu, prev, next, reason, choice);
  if (next !== prev) switchTo(state, pcpu, prev, next, nowNs);
  return next;
}

/** The current vCPU's stint is over. @returns whether it was charged less than the time that went by */
function putAway(state: SedfState, pcpu: number, nowNs: number, cpuNs: number): boolean {
  const vcpu = state.current[pcpu];
  if (state.stops[vcpu] !== 0) state.isAsleep[vcpu] = 1;
  if (state.isAsleep[vcpu] !== 0) state.everBlocked[vcpu] = 1;
  const chargeNs = chargeOf(state, vcpu, nowNs, cpuNs);
  if (isExtra(state.stint[pcpu])) {
    state.extraNs[vcpu] += cpuNs - state.chargedNs[vcpu];
    endExtra(state, pcpu, vcpu);
  } else {
    endReserved(state, pcpu, vcpu, chargeNs, nowNs);
  }
  state.chargedNs[vcpu] = cpuNs;
  return chargeNs < nowNs - state.sinceNs[vcpu];
}

/**
 * It ran on its reservation. With some of its slice left it keeps its place; else what it had too much counts in the
 * next period, which it waits for.
 */
function endReserved(state: SedfState, pcpu: number, vcpu: number, chargeNs: number, nowNs: number): void {
  const { queues, usedNs, sliceNs } = state;
  const isAwake = state.isAsleep[vcpu] === 0;
  usedNs[vcpu] += chargeNs;
  const isUsedUp = usedNs[vcpu] >= sliceNs[vcpu];
  if (isAwake && !isUsedUp) return;
  queues.remove(pcpu, vcpu);
  if (isUsedUp) {
    usedNs[vcpu] -= sliceNs[vcpu];
    if (state.periodNs[vcpu] < state.periodOrigNs[vcpu]) stretch(state, vcpu, nowNs);
    state.deadlineNs[vcpu] += state.periodNs[vcpu];
  }
  if (isAwake) queues.insertWaiting(pcpu, vcpu);
  else queues.removeFromAll(pcpu, vcpu);
}

/**
 * What is left of scaling periods for a short latency: one that is shorter than the original is doubled, with the
 * slice, at the end of each slice. It is still met by a vCPU that became best effort while it ran on a reservation with
 * a period above 100 ms: its reservation comes back.
 */
function stretch(state: SedfState, vcpu: number, nowNs: number): void {
  const { periodNs, sliceNs, periodOrigNs, sliceOrigNs } = state;
  periodNs[vcpu] *= 2;
  sliceNs[vcpu] *= 2;
  if (periodNs[vcpu] > periodOrigNs[vcpu] || sliceNs[vcpu] > sliceOrigNs[vcpu]) {
    periodNs[vcpu] = periodOrigNs[vcpu];
    sliceNs[vcpu] = sliceOrigNs[vcpu];
  }
  tellTerms(state, vcpu, Own.terms, nowNs);
}

/**
 * It ran in extra time. Whatever it had of it, it pays for the whole piece: out of L0 by having had its turn, out of L1
 * by its score, which all others there gain on it.
 */
function endExtra(state: SedfState, pcpu: number, vcpu: number): void {
  const { queues, score1 } = state;
  const isAwake = state.isAsleep[vcpu] === 0;
  state.usedNs[vcpu] = 0;
  if (state.stint[pcpu] === Class.compensation) {
    queues.compensation.remove(pcpu, vcpu);
    state.lostNs[vcpu] = 0;
    state.wantsExtra[vcpu] = 0;
  } else {
    const paid = score1[vcpu];
    queues.extra.remove(pcpu, vcpu);
    score1[vcpu] = priceOf(state, vcpu);
    if (isAwake && state.isAware[vcpu] !== 0) queues.extra.insert(pcpu, vcpu, paid);
  }
  if (!isAwake) queues.removeFromAll(pcpu, vcpu);
}

/** What a piece of extra time costs in L1. Kept as a number of 32 bits, like all scores. */
function priceOf(state: SedfState, vcpu: number): number {
  const sliceNs = state.sliceNs[vcpu];
  if (state.extraWeight[vcpu] !== 0) return Math.trunc(WEIGHT_SCORE / state.extraWeight[vcpu]);
  // Xen would divide by 0 here, and crash. It counts as having the weight 1 instead.
  return sliceNs === 0 ? WEIGHT_SCORE : Math.trunc((FULL_SCORE * state.periodNs[vcpu]) / sliceNs);
}

/** Those whose period begins can have their slices. */
function beginPeriods(state: SedfState, pcpu: number, nowNs: number): void {
  const { queues } = state;
  for (let vcpu = queues.firstWaiting(pcpu); vcpu !== NONE; vcpu = queues.firstWaiting(pcpu)) {
    if (beginOf(state, vcpu) > nowNs) return;
    queues.remove(pcpu, vcpu);
    queues.insertDue(pcpu, vcpu);
  }
}

/**
 * At the head of the run queue, those without a reservation go on to their next period, and so do those whose deadline
 * has passed. The walk ends at the first one for whom neither holds. Where it goes on is noted before a vCPU moves.
 */
function moveOn(state: SedfState, pcpu: number, nowNs: number): void {
  const { queues, sliceNs, deadlineNs, usedNs } = state;
  let vcpu = queues.firstDue(pcpu);
  while (vcpu !== NONE) {
    const following = queues.nextDue(vcpu);
    if (sliceNs[vcpu] === 0) skipPeriods(state, pcpu, vcpu, nowNs);
    else if (deadlineNs[vcpu] < nowNs || usedNs[vcpu] > sliceNs[vcpu]) miss(state, pcpu, vcpu, nowNs);
    else return;
    vcpu = following;
  }
}

/** To the first period that isn't over yet. */
function skipPeriods(state: SedfState, pcpu: number, vcpu: number, nowNs: number): void {
  const { queues, deadlineNs, periodNs } = state;
  queues.remove(pcpu, vcpu);
  deadlineNs[vcpu] += periodNs[vcpu];
  const lateNs = nowNs - beginOf(state, vcpu);
  if (lateNs > 0) deadlineNs[vcpu] += Math.ceil(lateNs / periodNs[vcpu]) * periodNs[vcpu];
  queues.insertWaiting(pcpu, vcpu);
}

/** What was due is lost, and a fresh slice begins. */
function miss(state: SedfState, pcpu: number, vcpu: number, nowNs: number): void {
  const { queues, trace, deadlineNs, periodNs, usedNs } = state;
  state.misses[vcpu]++;
  if (trace !== null) trace.own(nowNs, Own.miss, vcpu, deadlineNs[vcpu], state.sliceNs[vcpu], usedNs[vcpu]);
  queues.remove(pcpu, vcpu);
  deadlineNs[vcpu] += periodNs[vcpu];
  const lateNs = nowNs - deadlineNs[vcpu];
  if (lateNs > 0) deadlineNs[vcpu] += Math.ceil(lateNs / periodNs[vcpu]) * periodNs[vcpu];
  usedNs[vcpu] = 0;
  queues.insert(pcpu, vcpu, nowNs);
}

/** Reservations first; extra time only if a whole piece of it fits in before the next period begins. */
function choose(state: SedfState, pcpu: number, nowNs: number): SedfChoice {
  const { queues } = state;
  if (queues.firstDue(pcpu) !== NONE) return SedfChoice.reservation;
  const waiting = queues.firstWaiting(pcpu);
  if (waiting === NONE) return SedfChoice.nobody;
  if (beginOf(state, waiting) - nowNs < QUANTUM_NS) return SedfChoice.gap;
  if (queues.compensation.first(pcpu) !== NONE) return SedfChoice.compensation;
  return queues.extra.first(pcpu) === NONE ? SedfChoice.nobody : SedfChoice.extra;
}

function chosen({ queues }: SedfState, pcpu: number, choice: SedfChoice): number {
  switch (choice) {
    case SedfChoice.reservation:
      return queues.firstDue(pcpu);
    case SedfChoice.compensation:
      return queues.compensation.first(pcpu);
    case SedfChoice.extra:
      return queues.extra.first(pcpu);
    case SedfChoice.nobody:
    case SedfChoice.gap:
      return IDLE;
  }
}

/** @param leastNs of a slice that isn't used up yet: how soon to look again at the earliest */
function begin(
  state: SedfState,
  pcpu: number,
  choice: SedfChoice,
  next: number,
  nowNs: number,
  leastNs: number,
): void {
  const lengthNs = lengthOf(state, pcpu, choice, next, nowNs, leastNs);
  const endNs = nowNs + (lengthNs < 0 ? QUANTUM_NS : lengthNs);
  state.stint[pcpu] = classFor(choice);
  state.decisionEndNs[pcpu] = endNs;
  if (next !== IDLE) state.sinceNs[next] = nowNs;
  // With nobody there at all, there is nothing to look at again.
  if (next === IDLE && state.queues.firstWaiting(pcpu) === NONE) state.timers.cancel(pcpu);
  else state.timers.arm(pcpu, endNs);
}

/** How long a decision holds, if nothing comes between. Below 0: such is the slice that a weight came to. */
function lengthOf(
  state: SedfState,
  pcpu: number,
  choice: SedfChoice,
  next: number,
  nowNs: number,
  leastNs: number,
): number {
  if (choice === SedfChoice.compensation || choice === SedfChoice.extra) return QUANTUM_NS;
  const waiting = state.queues.firstWaiting(pcpu);
  const untilBeginNs = waiting === NONE ? Infinity : beginOf(state, waiting) - nowNs;
  if (choice !== SedfChoice.reservation) return untilBeginNs === Infinity ? IDLE_NS : untilBeginNs;
  const leftNs = state.sliceNs[next] - state.usedNs[next];
  return Math.min(leftNs < 0 ? leftNs : Math.max(leftNs, leastNs), untilBeginNs);
}

function classFor(choice: SedfChoice): Class {
  switch (choice) {
    case SedfChoice.reservation:
      return Class.reservation;
    case SedfChoice.compensation:
      return Class.compensation;
    case SedfChoice.extra:
      return Class.extra;
    case SedfChoice.nobody:
    case SedfChoice.gap:
      return Class.none;
  }
}

function switchTo(state: SedfState, pcpu: number, prev: number, next: number, nowNs: number): void {
  state.current[pcpu] = next;
  state.counters.switches[pcpu]++;
  if (next !== IDLE) state.counters.dispatches[next]++;
  if (prev !== IDLE && (state.stops[prev] & Stop.moving) !== 0) finishMove(state, prev, nowNs);
}
