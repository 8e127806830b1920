import { NONE } from '../linked-lists.ts';
import { IDLE } from '../policy.ts';
import { LOWEST_CREDIT } from './constants.ts';
import { isQueued } from './runq.ts';
import { type Credit2State, isCurrent, isRunnable, sliceTimer, Stop } from './state.ts';

/**
 * The fault in credit2's state, in a sentence, or null. A fault is a broken invariant. Between two calls of the policy:
 *
 * - A queue is in order of credit, and has only vCPUs that can run, of its own members.
 * - A vCPU that can run is on exactly one pCPU, the one that it is assigned to, or in the queue; one that can't run is
 *   in no queue. It runs only where a decision is asked for, or while it is asked to move (see moveTo()).
 * - Each runqueue counts those that wait and run, and knows the highest weight of its members.
 * - A tickled pCPU is asked for a decision; a pCPU counts as idle if it runs nobody; a busy one has a slice.
 * - A parked vCPU is in its VM's list. One of a capped VM that is neither running nor to be taken off has no budget.
 *
 * The check walks over everything, so only tests and paranoid mode ask for it.
 */
export function faultOf(state: Credit2State): string | null {
  for (let pcpu = 0; pcpu < state.pcpuCount; pcpu++) {
    const fault = pcpuFault(state, pcpu);
    if (fault !== null) return fault;
  }
  for (let runqueue = 0; runqueue < state.runqueues.count; runqueue++) {
    const fault = runqueueFault(state, runqueue);
    if (fault !== null) return fault;
  }
  for (let vcpu = 0; vcpu < state.vcpuCount; vcpu++) {
    const fault = vcpuFault(state, vcpu);
    if (fault !== null) return fault;
  }
  return null;
}

function pcpuFault(state: Credit2State, pcpu: number): string | null {
  const { idle, tickled, free, busy, resched, timers } = state;
  const isIdle = state.current[pcpu] === IDLE;
  const isTickled = tickled.has(pcpu);
  if (idle.has(pcpu) !== isIdle) return `pCPU ${pcpu} runs ${state.current[pcpu]}: does it idle or not?`;
  if (isTickled && !resched.has(pcpu)) return `pCPU ${pcpu} was tickled and is not to decide`;
  if (free.has(pcpu) !== (isIdle && !isTickled) || busy.has(pcpu) !== (!isIdle && !isTickled))
    return `pCPU ${pcpu}: is it free, busy or tickled?`;
  if (!isIdle && !timers.isArmed(sliceTimer(state, pcpu)) && !resched.has(pcpu))
    return `vCPU ${state.current[pcpu]} runs on pCPU ${pcpu} without an end of its slice`;
  return coreFault(state, pcpu);
}

function coreFault({ isSmt, siblings, free, freeCores }: Credit2State, pcpu: number): string | null {
  if (!isSmt) return null;
  const core = siblings.of[pcpu];
  const isFree = siblings.countIn(core, free) === siblings.sizeOf(core);
  return freeCores.has(pcpu) === isFree ? null : `the core of pCPU ${pcpu}: is it free or not?`;
}

function runqueueFault(state: Credit2State, runqueue: number): string | null {
  const { queue, members, credit } = state;
  let top = 1;
  let busy = 0;
  for (let vcpu = members.head(runqueue); vcpu !== NONE; vcpu = members.next(vcpu)) {
    if (state.runqueueOf[vcpu] !== runqueue || state.runqueues.of[state.pcpuOf[vcpu]] !== runqueue)
      return `vCPU ${vcpu} on pCPU ${state.pcpuOf[vcpu]} is a member of runqueue ${runqueue}`;
    top = Math.max(top, state.weightOf[vcpu]);
  }
  for (let vcpu = queue.head(runqueue); vcpu !== NONE; vcpu = queue.next(vcpu)) {
    const following = queue.next(vcpu);
    if (following !== NONE && credit[following] > credit[vcpu])
      return `vCPU ${following} waits behind ${vcpu} and has more credit`;
    if (state.runqueueOf[vcpu] !== runqueue) return `vCPU ${vcpu} waits in runqueue ${runqueue}`;
    busy++;
  }
  for (let pcpu = 0; pcpu < state.pcpuCount; pcpu++)
    if (state.runqueues.of[pcpu] === runqueue && state.current[pcpu] !== IDLE) busy++;
  if (state.topWeight[runqueue] !== top)
    return `the highest weight in runqueue ${runqueue} is ${state.topWeight[runqueue]}, should be ${top}`;
  return state.busyCount[runqueue] === busy
    ? null
    : `runqueue ${runqueue} counts ${state.busyCount[runqueue]} vCPUs and has ${busy}`;
}

function vcpuFault(state: Credit2State, vcpu: number): string | null {
  const waits = isQueued(state, vcpu);
  const runs = isCurrent(state, vcpu);
  const stops = state.stops[vcpu];
  const isParked = (stops & Stop.parked) !== 0;
  const isDeciding = runs && state.resched.has(state.pcpuOf[vcpu]);
  if (waits && !isRunnable(state, vcpu)) return `vCPU ${vcpu} can't run (${stops}) and waits`;
  if (waits && runs) return `vCPU ${vcpu} runs and waits`;
  if (isRunnable(state, vcpu) && !waits && !runs) return `vCPU ${vcpu} can run and is nowhere`;
  if (runs && (stops & ~Stop.moving) !== 0 && !isDeciding)
    return `vCPU ${vcpu} can't run (${stops}) and runs on pCPU ${state.pcpuOf[vcpu]}`;
  if (isParked !== state.parked.isLinked(vcpu)) return `vCPU ${vcpu} is half parked`;
  if (state.credit[vcpu] < LOWEST_CREDIT) return `vCPU ${vcpu} has ${state.credit[vcpu]} credits`;
  const budgetNs = state.budgetNs[vcpu];
  if (!runs && budgetNs > 0 && budgetNs !== Infinity)
    return `vCPU ${vcpu} doesn't run and holds a budget of ${budgetNs} ns`;
  return null;
}
