import { FULL_SCORE } from './constants.ts';
import { Own } from './own.ts';
import { IDLE } from '../policy.ts';
import { Ask } from './reason.ts';
import { place } from './placement.ts';
import { askFor, beginOf, Class, type SedfState, Stop } from './state.ts';

/**
 * A vCPU has become runnable. What it gets depends on where in its period it wakes up:
 *
 *     begin of its period                     deadline
 *     early   │   short: it loses what is left    │   long: a new period
 *     ────────┼───────────────────────────────────┼────────────────────────►
 *             deadline + period, extra time       deadline = now + period
 *             (L0) for what it lost
 *
 * Early is who has used up its slice, or lost it by a short block: it has extra time until its period begins. Nothing
 * happens to a vCPU that already is in a queue.
 */
export function wakeUp(state: SedfState, vcpu: number, nowNs: number): void {
  const { queues, deadlineNs } = state;
  const pcpu = state.pcpuOf[vcpu];
  state.isAsleep[vcpu] = 0;
  if (queues.isAwake(vcpu)) return;
  const isFirst = state.hasDeadline[vcpu] === 0;
  if (isFirst) {
    state.hasDeadline[vcpu] = 1;
    deadlineNs[vcpu] = nowNs + state.sliceNs[vcpu];
  }
  const kind = take(state, pcpu, vcpu, nowNs);
  if (state.isAware[vcpu] !== 0) queues.extra.insert(pcpu, vcpu, 0);
  queues.insert(pcpu, vcpu, nowNs);
  if (state.trace !== null) {
    const { lostNs, wantsExtra } = state;
    state.trace.own(nowNs, kind, vcpu, isFirst ? 1 : 0, deadlineNs[vcpu], lostNs[vcpu], wantsExtra[vcpu]);
  }
  if (shouldDecide(state, pcpu, vcpu)) askFor(state, pcpu, Ask.wake);
}

/** @returns which kind of wake-up it is, as a record */
function take(state: SedfState, pcpu: number, vcpu: number, nowNs: number): number {
  if (nowNs < beginOf(state, vcpu)) {
    state.extraWakes[vcpu]++;
    if (state.wantsExtra[vcpu] !== 0) state.queues.compensation.insert(pcpu, vcpu, 0);
    return Own.extraWake;
  }
  if (nowNs < state.deadlineNs[vcpu]) {
    state.shortWakes[vcpu]++;
    forfeit(state, pcpu, vcpu);
    return Own.shortWake;
  }
  state.longWakes[vcpu]++;
  state.deadlineNs[vcpu] = nowNs + state.periodNs[vcpu];
  state.usedNs[vcpu] = 0;
  return Own.longWake;
}

/** What is left of the slice is lost. One turn in L0 makes up for it, a piece of extra time at most. */
function forfeit(state: SedfState, pcpu: number, vcpu: number): void {
  const periodNs = state.periodNs[vcpu];
  state.deadlineNs[vcpu] += periodNs;
  if (state.everBlocked[vcpu] !== 0) {
    const lostNs = Math.max(0, state.sliceNs[vcpu] - state.usedNs[vcpu]);
    state.lostNs[vcpu] = lostNs;
    if (lostNs > 0) {
      state.score0[vcpu] = Math.trunc((FULL_SCORE * periodNs) / lostNs);
      state.wantsExtra[vcpu] = 1;
      state.queues.compensation.insert(pcpu, vcpu, 0);
    }
  }
  state.usedNs[vcpu] = 0;
}

/** Whether a pCPU is to decide now that this vCPU is there. It may decide as before. */
function shouldDecide(state: SedfState, pcpu: number, vcpu: number): boolean {
  const current = state.current[pcpu];
  if (current === IDLE || beginOf(state, vcpu) < state.decisionEndNs[pcpu]) return true;
  const wants = state.wantsExtra[vcpu] !== 0;
  switch (state.stint[pcpu]) {
    case Class.compensation:
      return wants && state.score0[vcpu] < state.score0[current];
    case Class.extra:
      return wants;
    default:
      return false;
  }
}

/**
 * A vCPU has ceased to be runnable: out of all queues, or off its pCPU at the next decision. What it has had, lost and
 * paid stays as it is.
 */
export function sleep(state: SedfState, vcpu: number): void {
  const pcpu = state.pcpuOf[vcpu];
  if (state.current[pcpu] === vcpu) {
    askFor(state, pcpu, Ask.stop);
  } else {
    state.isAsleep[vcpu] = 1;
    state.queues.removeFromAll(pcpu, vcpu);
  }
}

/**
 * A vCPU goes to where placement wants it. That is a block and a wake-up in the same instant, as in Xen: it may lose
 * the rest of its slice. One that runs is put to sleep first.
 */
export function move(state: SedfState, vcpu: number, nowNs: number): void {
  state.stops[vcpu] |= Stop.moving;
  sleep(state, vcpu);
  if (state.current[state.pcpuOf[vcpu]] !== vcpu) finishMove(state, vcpu, nowNs);
}

/** The second half of a move: the vCPU is off its pCPU. */
export function finishMove(state: SedfState, vcpu: number, nowNs: number): void {
  const from = state.pcpuOf[vcpu];
  const to = place(state, vcpu);
  state.stops[vcpu] &= ~Stop.moving;
  if (to !== from) {
    state.counters.migrations[vcpu]++;
    if (state.trace !== null) state.trace.migrate(nowNs, vcpu, from, to);
  }
  if (state.stops[vcpu] === 0) wakeUp(state, vcpu, nowNs);
}
