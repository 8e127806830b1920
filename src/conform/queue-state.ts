import { IDLE } from '../core/policy.ts';
import type { CreditState } from '../core/credit1/state.ts';

/** Who runs on a pCPU and who waits there, in order, at one instant. */
export interface QueueState {
  readonly pcpu: number;
  /** null: it idles */
  readonly current: QueuedVcpu | null;
  readonly queue: readonly QueuedVcpu[];
}

export interface QueuedVcpu {
  readonly name: string;
  /** BOOST 0, UNDER −1, OVER −2 */
  readonly priority: number;
  readonly credit: number;
}

/** @param names of all vCPUs */
export function queueStates(state: CreditState, names: readonly string[]): QueueState[] {
  const shown = (vcpu: number): QueuedVcpu => ({
    name: names[vcpu],
    priority: state.priority[vcpu],
    credit: state.credit[vcpu],
  });
  return Array.from(state.current, (current, pcpu) => {
    const queue: QueuedVcpu[] = [];
    for (let vcpu = state.runq.head(pcpu); vcpu >= 0; vcpu = state.runq.next(vcpu)) queue.push(shown(vcpu));
    return { pcpu, current: current === IDLE ? null : shown(current), queue };
  });
}
