/** Budgets: used up while running, given anew at deadlines. */
import { noteRise } from './queues.ts';
import { hasExtratime, isCurrent, noteRunning, type RtdsState } from './state.ts';
import { Own } from './terms.ts';

/** Levels are kept in 32 bits, and stay at the last one. */
const MAX_LEVEL = 2 ** 32 - 1;

/**
 * A whole new budget, and the next deadline that lies ahead: periods that were missed are gone. To be called at the
 * deadline or later. Of one that runs, what it ran since it was last charged is forgotten.
 * @param periodNs of a vCPU that is just being created not yet its VM's, and so is the budget
 */
export function renew(
  state: RtdsState,
  vcpu: number,
  nowNs: number,
  periodNs: number,
  budgetNs: number,
): void {
  const { deadlineNs } = state;
  const periods = Math.floor((nowNs - deadlineNs[vcpu]) / periodNs) + 1;
  deadlineNs[vcpu] += periods * periodNs;
  if (isCurrent(state, vcpu)) forgive(state, vcpu, nowNs);
  state.budgetNs[vcpu] = budgetNs;
  state.level[vcpu] = 0;
  if (isCurrent(state, vcpu)) noteRunning(state, vcpu);
  if (state.trace !== null) state.trace.own(nowNs, Own.renew, vcpu, deadlineNs[vcpu], budgetNs, 0);
  endOut(state, vcpu, nowNs);
}

/** It has budget again, if it had none. */
export function endOut(state: RtdsState, vcpu: number, nowNs: number): void {
  if (state.isOut[vcpu] === 0) return;
  state.isOut[vcpu] = 0;
  if (state.trace !== null) state.trace.own(nowNs, Own.refill, vcpu);
}

/** The same with what its VM has. */
export function renewOfVm(state: RtdsState, vcpu: number, nowNs: number): void {
  const vm = state.vmOf[vcpu];
  renew(state, vcpu, nowNs, state.vmPeriodNs[vm], state.vmBudgetNs[vm]);
}

function forgive(state: RtdsState, vcpu: number, nowNs: number): void {
  const { chargedNs, chargedAtNs, cpuTimes } = state;
  chargedAtNs[vcpu] = nowNs;
  if (state.chargesWallTime) chargedNs[vcpu] = nowNs;
  else if (cpuTimes !== null) chargedNs[vcpu] = cpuTimes.cpuNs(vcpu);
}

/** Whether the vCPU that runs got less CPU time since it was last charged than time went by. */
export function isRobbed(state: RtdsState, vcpu: number, nowNs: number, cpuNs: number): boolean {
  if (state.chargesWallTime) return false;
  return cpuNs - state.chargedNs[vcpu] < nowNs - state.chargedAtNs[vcpu];
}

/**
 * Charge the vCPU that runs for what it has run since it was last charged.
 * @returns whether its budget is used up
 */
export function burn(state: RtdsState, vcpu: number, nowNs: number, cpuNs: number): boolean {
  const { budgetNs, chargedNs } = state;
  const clockNs = state.chargesWallTime ? nowNs : cpuNs;
  budgetNs[vcpu] -= clockNs - chargedNs[vcpu];
  chargedNs[vcpu] = clockNs;
  state.chargedAtNs[vcpu] = nowNs;
  if (budgetNs[vcpu] > 0) return false;
  state.depletions[vcpu]++;
  if (hasExtratime(state, vcpu)) {
    riseLevel(state, vcpu);
  } else {
    budgetNs[vcpu] = 0;
    state.isDepleted[vcpu] = 1;
    state.isOut[vcpu] = 1;
    if (state.trace !== null) state.trace.own(nowNs, Own.deplete, vcpu);
  }
  return true;
}

/** Go on behind all who are on a level before: the budget is whole again, and what it overran is forgotten. */
export function riseLevel(state: RtdsState, vcpu: number): void {
  if (state.level[vcpu] < MAX_LEVEL) state.level[vcpu]++;
  noteRise(state, vcpu);
  if (isCurrent(state, vcpu)) noteRunning(state, vcpu);
  state.budgetNs[vcpu] = state.vmBudgetNs[state.vmOf[vcpu]];
}
