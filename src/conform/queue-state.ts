import { IDLE, type Policy } from '../core/policy.ts';

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

/** @param names of all vCPUs @param policy of the type that golden files are of */
export function queueStates(policy: Policy, names: readonly string[]): QueueState[] {
  const readings = new Float64Array(2);
  const shown = (vcpu: number): QueuedVcpu => {
    policy.readVcpu(vcpu, readings, 0);
    const [priority, credit] = readings;
    return { name: names[vcpu], priority, credit };
  };
  return Array.from(policy.current, (current, pcpu) => ({
    pcpu,
    current: current === IDLE ? null : shown(current),
    queue: policy.queueOf(pcpu).map(shown),
  }));
}
