import { IDLE, type Policy } from '../core/policy.ts';
import type { QueueState, QueuedVcpu } from './conformance-schema.ts';

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
