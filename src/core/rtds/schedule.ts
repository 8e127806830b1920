import { NONE } from '../linked-lists.ts';
import { burn, isRobbed } from './budget.ts';
import { IDLE } from '../policy.ts';
import { dequeue, dropReplenishment, enqueue, isAbove } from './queues.ts';
import { Ask, reasonOf, RtdsChoice } from './reason.ts';
import { List, noteRunning, type RtdsState, sliceTimer } from './state.ts';
import { tickle } from './tickle.ts';

/**
 * Where others took some of a vCPU's time, a bit of its budget is left when the timer comes. What is left may be less
 * than it takes to look again, and nothing of it is used while others have the core; so one looks after this long. It
 * is little beside budgets, since what is overrun is forgotten.
 */
const RECHECK_NS = 20_000;

/** Decide what a pCPU runs from now on. @returns the vCPU, or IDLE */
export function schedule(state: RtdsState, pcpu: number, nowNs: number, cpuNs: number): number {
  const { trace } = state;
  const prev = state.current[pcpu];
  const asked = state.asked[pcpu];
  state.resched.delete(pcpu);
  state.asked[pcpu] = 0;
  state.untickled.add(pcpu);
  const wasRobbed = prev !== IDLE && isRobbed(state, prev, nowNs, cpuNs);
  const isUsedUp = prev !== IDLE && burn(state, prev, nowNs, cpuNs);
  const first = firstFor(state, pcpu);
  const isEarly = wasRobbed && !isUsedUp && asked === Ask.slice;
  const next = goesOn(state, pcpu, prev, first, isEarly) ? prev : first;
  if (trace !== null) {
    const choice = next === IDLE ? RtdsChoice.nobody : next === prev ? RtdsChoice.kept : RtdsChoice.queue;
    trace.decide(nowNs, pcpu, prev, next, reasonOf(state, prev, asked, isUsedUp), choice);
  }
  const leastNs = isEarly && next === prev ? RECHECK_NS : 0;
  if (next === IDLE) state.timers.cancel(sliceTimer(pcpu));
  else state.timers.arm(sliceTimer(pcpu), nowNs + Math.max(state.budgetNs[next], leastNs));
  noteRunning(state, next);
  if (next !== prev) switchTo(state, pcpu, prev, next, nowNs);
  return next;
}

/** The first in the run queue that may run there, or IDLE. */
function firstFor(state: RtdsState, pcpu: number): number {
  const { waiting, affinity } = state;
  let vcpu = waiting.head(List.run);
  while (vcpu !== NONE && !affinity.of(vcpu).has(pcpu)) vcpu = waiting.next(vcpu);
  return vcpu === NONE ? IDLE : vcpu;
}

/**
 * Of equals the one that waits comes.
 * @param isEarly its time is over, but others kept it from using its budget up: it isn't the other's turn
 */
function goesOn(state: RtdsState, pcpu: number, prev: number, first: number, isEarly: boolean): boolean {
  if (prev === IDLE || state.stops[prev] !== 0 || state.budgetNs[prev] <= 0) return false;
  if (!state.affinity.of(prev).has(pcpu)) return false;
  if (first === IDLE || isAbove(state, prev, first)) return true;
  return isEarly && !isAbove(state, first, prev);
}

function switchTo(state: RtdsState, pcpu: number, prev: number, next: number, nowNs: number): void {
  const { counters, pcpuOf } = state;
  state.current[pcpu] = next;
  counters.switches[pcpu]++;
  if (next !== IDLE) {
    dequeue(state, next);
    state.chargedAtNs[next] = nowNs;
    if (state.chargesWallTime) state.chargedNs[next] = nowNs;
    counters.dispatches[next]++;
    if (pcpuOf[next] !== pcpu) {
      counters.migrations[next]++;
      if (state.trace !== null) state.trace.migrate(nowNs, next, pcpuOf[next], pcpu);
      pcpuOf[next] = pcpu;
    }
  }
  if (prev !== IDLE) leave(state, prev, pcpu, nowNs);
}

/** It is off its pCPU: it waits, or is due for nothing. */
function leave(state: RtdsState, vcpu: number, pcpu: number, nowNs: number): void {
  const allowed = state.affinity.of(vcpu);
  if (!allowed.has(pcpu)) state.pcpuOf[vcpu] = allowed.next(pcpu);
  if (state.stops[vcpu] === 0) {
    enqueue(state, vcpu);
    tickle(state, vcpu, nowNs);
  } else {
    dropReplenishment(state, vcpu);
  }
}
