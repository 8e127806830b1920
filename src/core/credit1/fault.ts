import { isActive } from './activation.ts';
import { Priority } from './constants.ts';
import { NONE } from '../linked-lists.ts';
import { IDLE } from '../policy.ts';
import type { CreditState } from './state.ts';
import { acctTimer, Flag, sliceTimer, Stop, tickTimer } from './state.ts';

/**
 * The fault in credit1's state, in a sentence, or null. A fault is a broken invariant. Between two calls of the policy:
 *
 * - A vCPU that can run is on exactly one pCPU, the one that it is assigned to: it runs there, or waits in the queue.
 * - A vCPU that can't run is in no queue. It runs only where a decision that replaces it is already asked for.
 * - Each pCPU counts its runnable vCPUs right. If it idles while somebody waits in its queue, a decision is asked for.
 * - Each busy pCPU has armed its tick, and its slice timer unless a decision is asked for.
 * - The total weight is the sum over the active vCPUs. A VM is listed as active while one of its vCPUs is.
 *
 * The check walks over everything, so only tests and paranoid mode ask for it.
 */
export function faultOf(state: CreditState): string | null {
  const place = new Int32Array(state.vcpuCount).fill(NONE);
  for (let pcpu = 0; pcpu < state.pcpuCount; pcpu++) {
    const fault = pcpuFault(state, pcpu, place);
    if (fault !== null) return fault;
  }
  for (let vcpu = 0; vcpu < state.vcpuCount; vcpu++) {
    const fault = vcpuFault(state, vcpu, place[vcpu]);
    if (fault !== null) return fault;
  }
  if (!state.timers.isArmed(acctTimer(state))) return 'no accounting is ahead';
  return activityFault(state);
}

/** @param place index vCPU: the pCPU that it was found on, filled in here */
function pcpuFault(state: CreditState, pcpu: number, place: Int32Array): string | null {
  const { runq, timers } = state;
  const current = state.current[pcpu];
  const isDeciding = state.resched.has(pcpu);
  let found = 0;
  for (let vcpu = current === IDLE ? runq.head(pcpu) : current; vcpu !== NONE;) {
    if (place[vcpu] !== NONE) return `vCPU ${vcpu} is on pCPU ${place[vcpu]} and on ${pcpu}`;
    place[vcpu] = pcpu;
    found++;
    vcpu = found === 1 && current !== IDLE ? runq.head(pcpu) : runq.next(vcpu);
  }
  if (state.runnable[pcpu] !== found)
    return `pCPU ${pcpu} counts ${state.runnable[pcpu]} vCPUs and has ${found}`;
  if (state.crowded.has(pcpu) !== found > 1) return `pCPU ${pcpu} has ${found} vCPUs: crowded or not?`;
  if (current === IDLE) {
    if (found > 0 && !isDeciding)
      return `pCPU ${pcpu} idles while vCPU ${runq.head(pcpu)} waits in its queue`;
    if (!state.idlers.has(pcpu) && !isDeciding) return `pCPU ${pcpu} idles and is not known to`;
    return null;
  }
  if (state.idlers.has(pcpu)) return `pCPU ${pcpu} runs vCPU ${current} and counts as idle`;
  if (!timers.isArmed(tickTimer(pcpu))) return `pCPU ${pcpu} is busy and no tick is ahead`;
  if (!timers.isArmed(sliceTimer(state, pcpu)) && !isDeciding)
    return `vCPU ${current} runs on pCPU ${pcpu} without an end of its slice`;
  return null;
}

function vcpuFault(state: CreditState, vcpu: number, place: number): string | null {
  const pcpu = state.pcpuOf[vcpu];
  const stops = state.stops[vcpu];
  const priority = state.priority[vcpu];
  const isCurrent = place !== NONE && state.current[place] === vcpu;
  if (stops === 0 && place === NONE) return `vCPU ${vcpu} can run and is nowhere`;
  if (place !== NONE && place !== pcpu) return `vCPU ${vcpu} of pCPU ${pcpu} is on ${place}`;
  if (place !== NONE && !state.affinity.of(vcpu).has(place) && (stops & Stop.moving) === 0)
    return `vCPU ${vcpu} may not be on pCPU ${place}`;
  if (stops !== 0 && place !== NONE && !(isCurrent && state.resched.has(place)))
    return `vCPU ${vcpu} can't run (${stops}) and is on pCPU ${place}`;
  if (priority !== Priority.boost && priority !== Priority.under && priority !== Priority.over)
    return `vCPU ${vcpu} has priority ${priority}`;
  if (((stops & Stop.parked) !== 0) !== ((state.flags[vcpu] & Flag.parked) !== 0))
    return `vCPU ${vcpu} is half parked`;
  return null;
}

function activityFault(state: CreditState): string | null {
  let weight = 0;
  for (let vm = 0; vm < state.vmCount; vm++) {
    let active = 0;
    for (let vcpu = state.firstVcpu[vm]; vcpu < state.firstVcpu[vm + 1]; vcpu++) {
      if (isActive(state, vcpu)) active++;
    }
    if (state.activeCount[vm] !== active)
      return `VM ${vm} counts ${state.activeCount[vm]} active vCPUs and has ${active}`;
    if (state.activeVms.isLinked(vm) !== active > 0)
      return `VM ${vm} with ${active} active vCPUs: listed or not?`;
    weight += active * state.weight[vm];
  }
  return state.totalWeight === weight
    ? null
    : `the total weight is ${state.totalWeight}, should be ${weight}`;
}
