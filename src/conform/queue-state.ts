import { IDLE, type Policy } from '../core/policy.ts';
import type { QueueState, QueuedVcpu } from './conformance-schema.ts';

/** @param names of all vCPUs */
export function queueStates(policy: Policy, names: readonly string[]): QueueState[] {
  const { vcpuReadings } = policy.terms;
  const values = new Float64Array(vcpuReadings.length);
  const shown = (vcpu: number): QueuedVcpu => {
    policy.readVcpu(vcpu, values, 0);
    return {
      name: names[vcpu],
      readings: vcpuReadings.map(({ key }, i) => ({ name: key, value: values[i] })),
    };
  };
  return Array.from(policy.current, (current, pcpu) => ({
    pcpu,
    current: current === IDLE ? null : shown(current),
    queue: policy.queueOf(pcpu).map(shown),
  }));
}
