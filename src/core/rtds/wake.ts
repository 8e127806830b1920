import { endOut, renewOfVm, riseLevel } from './budget.ts';
import { addReplenishment, armReplenishment, dequeue, dropReplenishment, enqueue } from './queues.ts';
import { Ask } from './reason.ts';
import { askFor, isCurrent, List, type RtdsState } from './state.ts';
import { tickle } from './tickle.ts';

/** A vCPU can run again. */
export function wakeUp(state: RtdsState, vcpu: number, nowNs: number): void {
  if (isCurrent(state, vcpu) || state.waiting.isLinked(vcpu)) return;
  if (nowNs >= state.deadlineNs[vcpu]) renewOfVm(state, vcpu, nowNs);
  addReplenishment(state, vcpu);
  if (state.replenishments.head(0) === vcpu) armReplenishment(state);
  enqueue(state, vcpu);
  tickle(state, vcpu, nowNs);
}

/** It can't run any longer. One that runs goes when its pCPU decides. */
export function sleep(state: RtdsState, vcpu: number): void {
  if (isCurrent(state, vcpu)) {
    askFor(state, state.pcpuOf[vcpu], Ask.stop);
  } else if (state.waiting.isLinked(vcpu)) {
    dequeue(state, vcpu);
    dropReplenishment(state, vcpu);
  }
}

/**
 * Its VM has extra time from now on. One without budget goes on at the next level, but nobody is told: it waits until a
 * pCPU decides for another reason, as in Xen.
 */
export function giveExtratime(state: RtdsState, vcpu: number, nowNs: number): void {
  if (state.budgetNs[vcpu] > 0) return;
  riseLevel(state, vcpu);
  state.isDepleted[vcpu] = 0;
  endOut(state, vcpu, nowNs);
  if (!state.waiting.isLinked(vcpu) || state.listOf[vcpu] === List.run) return;
  dequeue(state, vcpu);
  enqueue(state, vcpu);
}
