import { NONE } from '../linked-lists.ts';
import { IDLE } from '../policy.ts';
import type { SedfState } from './state.ts';

/**
 * The fault in SEDF's state, in a sentence, or null. A fault is a broken invariant. Between two calls of the policy:
 *
 * - A vCPU that can run is in the run queue or in the wait queue of its pCPU, also while it runs.
 * - One that can't is in no queue; or it runs, and a decision that replaces it is already asked for.
 * - Whoever is in L0 or L1 is in the run queue or the wait queue, too.
 * - A pCPU that runs somebody, or has somebody whose period is to come, has its timer armed or is to decide.
 *
 * The check walks over everything, so only tests and paranoid mode ask for it.
 */
export function faultOf(state: SedfState): string | null {
  const { queues, pcpuOf } = state;
  const found = new Int32Array(state.vcpuCount).fill(NONE);
  for (let pcpu = 0; pcpu < state.pcpuCount; pcpu++) {
    for (const vcpu of queues.awakeOn(pcpu)) {
      if (pcpuOf[vcpu] !== pcpu) return `vCPU ${vcpu} of pCPU ${pcpuOf[vcpu]} is in a queue of ${pcpu}`;
      if (!queues.isAwake(vcpu)) return `vCPU ${vcpu} is only in a queue for extra time`;
      found[vcpu] = pcpu;
    }
    const isBusy = state.current[pcpu] !== IDLE || queues.firstWaiting(pcpu) !== NONE;
    if (isBusy && !state.timers.isArmed(pcpu) && !state.resched.has(pcpu))
      return `pCPU ${pcpu} has somebody and no timer`;
  }
  for (let vcpu = 0; vcpu < state.vcpuCount; vcpu++) {
    const pcpu = pcpuOf[vcpu];
    const stops = state.stops[vcpu];
    const leaves = state.current[pcpu] === vcpu && state.resched.has(pcpu);
    if (stops === 0 && found[vcpu] === NONE) return `vCPU ${vcpu} can run and is nowhere`;
    if (stops !== 0 && found[vcpu] !== NONE && !leaves)
      return `vCPU ${vcpu} can't run (${stops}) and is in a queue`;
    if (stops === 0 && !leaves && !state.affinity.of(vcpu).has(pcpu))
      return `vCPU ${vcpu} may not be on pCPU ${pcpu}`;
  }
  return null;
}
