import { IDLE } from '../policy.ts';
import { isAbove } from './queues.ts';
import { List, REPLENISHMENT, type RtdsState, sliceTimer } from './state.ts';

/**
 * The fault in the state of RTDS, in a sentence, or null. A fault is a broken invariant. Between two calls of the
 * policy:
 *
 * - A vCPU that can run is current on the pCPU that it is assigned to, or waits; one that can't waits nowhere, and runs
 *   only where a decision is already asked for.
 * - The run queue is in order, and all in it have budget. All in the other list have none, and no extra time.
 * - Whoever can run or runs is due for a replenishment, and nobody else. The timer goes by the first of them.
 * - Nobody who runs on a pCPU that wasn't tickled comes after the latest one.
 * - A busy pCPU has armed its slice timer unless a decision is asked for; one that was tickled is about to decide.
 */
export function faultOf(state: RtdsState): string | null {
  for (let vcpu = 0; vcpu < state.vcpuCount; vcpu++) {
    const fault = vcpuFault(state, vcpu);
    if (fault !== null) return fault;
  }
  for (let pcpu = 0; pcpu < state.pcpuCount; pcpu++) {
    const isDeciding = state.resched.has(pcpu);
    if (!state.untickled.has(pcpu) && !isDeciding) return `pCPU ${pcpu} was tickled and doesn't decide`;
    if (state.untickled.has(pcpu) && comesAfterLatest(state, state.current[pcpu]))
      return `pCPU ${pcpu} runs somebody who comes after the latest`;
    if (state.current[pcpu] === IDLE || isDeciding) continue;
    if (!state.timers.isArmed(sliceTimer(pcpu)))
      return `vCPU ${state.current[pcpu]} runs on pCPU ${pcpu} without an end of its slice`;
  }
  return queueFault(state);
}

function comesAfterLatest({ latest, level, deadlineNs }: RtdsState, vcpu: number): boolean {
  if (vcpu === IDLE) return latest.level !== Infinity;
  return level[vcpu] > latest.level || (level[vcpu] === latest.level && deadlineNs[vcpu] > latest.deadlineNs);
}

function vcpuFault(state: RtdsState, vcpu: number): string | null {
  const pcpu = state.pcpuOf[vcpu];
  const isCurrent = state.current[pcpu] === vcpu;
  const isWaiting = state.waiting.isLinked(vcpu);
  const canRun = state.stops[vcpu] === 0;
  if (isCurrent && isWaiting) return `vCPU ${vcpu} runs and waits`;
  if (canRun && !isCurrent && !isWaiting) return `vCPU ${vcpu} can run and is nowhere`;
  if (!canRun && isWaiting) return `vCPU ${vcpu} can't run (${state.stops[vcpu]}) and waits`;
  if (!canRun && isCurrent && !state.resched.has(pcpu))
    return `vCPU ${vcpu} can't run (${state.stops[vcpu]}) and runs on pCPU ${pcpu}`;
  if (state.replenishments.isLinked(vcpu) !== (isCurrent || isWaiting))
    return `vCPU ${vcpu}: due for a replenishment or not?`;
  if (state.budgetNs[vcpu] < 0) return `vCPU ${vcpu} has a budget of ${state.budgetNs[vcpu]} ns`;
  return null;
}

function queueFault(state: RtdsState): string | null {
  const run = state.waiting.itemsOf(List.run);
  for (const [i, vcpu] of run.entries()) {
    if (state.budgetNs[vcpu] <= 0) return `vCPU ${vcpu} waits in the run queue without budget`;
    if (i > 0 && isAbove(state, vcpu, run[i - 1])) return `vCPU ${vcpu} waits behind ${run[i - 1]}`;
  }
  for (const vcpu of state.waiting.itemsOf(List.depleted))
    if (state.isOut[vcpu] === 0) return `vCPU ${vcpu} waits for a budget and isn't out of it`;
  const isDue = state.replenishments.itemsOf(0).length > 0;
  return state.timers.isArmed(REPLENISHMENT) === isDue ? null : 'the replenishment timer is armed or not?';
}
