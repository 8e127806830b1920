import { Priority } from './constants.ts';
import { IDLE } from '../policy.ts';
import { Ask } from './reason.ts';
import type { CreditState } from './state.ts';
import { askFor } from './state.ts';

/**
 * Preempt, which Xen calls tickle: a vCPU was queued, so ask one pCPU at most to reschedule for it.
 *
 *     its own pCPU is idle                                  ─► that one
 *     no pCPU is idle, and the queued vCPU is above the     ─► its own: preempt
 *       running one
 *     the idle pCPUs are none where it may run, and it is   ─► its own: preempt
 *       above the running one
 *     some are idle where it may run                        ─► ONE of them, in turn, which then steals it
 *
 * So an idle pCPU elsewhere suppresses preemption, whatever the priorities. Xen's rule for a vCPU pinned to
 * one idle pCPU is part of the first line, since an idle pCPU's current vCPU is its idle vCPU.
 */
export function tickle(state: CreditState, vcpu: number, wakingPcpu: number): void {
  const target = tickleTarget(state, vcpu, wakingPcpu);
  if (target < 0) return;
  state.idlers.delete(target);
  askFor(state, target, Ask.tickle);
}

function tickleTarget(state: CreditState, vcpu: number, wakingPcpu: number): number {
  const own = state.pcpuOf[vcpu];
  if (state.current[own] === IDLE) return own;
  if (state.idlers.count > 0) {
    const { lastTickled } = state;
    const idle = state.idlers.nextCommon(state.affinity.of(vcpu), lastTickled[wakingPcpu]);
    if (idle >= 0) {
      lastTickled[wakingPcpu] = idle;
      return idle;
    }
  }
  return state.isTickling && state.priority[vcpu] > currentPriority(state, own) ? own : -1;
}

/** Priority of what a pCPU runs. */
export function currentPriority(state: CreditState, pcpu: number): number {
  const vcpu = state.current[pcpu];
  return vcpu === IDLE ? Priority.idle : state.priority[vcpu];
}
