import type { Policy } from '../core/policy.ts';

/** What a policy knows at an instant, as plain data. */
export interface Inspection {
  readonly atNs: number;
  /** per pCPU: the vCPU that runs there, IDLE: none; and those that wait there, the next one first */
  readonly pcpus: readonly { readonly current: number; readonly queue: readonly number[] }[];
  /** per vCPU: its pCPU, and its readings in the order of the policy's terms */
  readonly vcpus: readonly { readonly pcpu: number; readonly readings: readonly number[] }[];
  /** per VM: its readings */
  readonly vms: readonly { readonly readings: readonly number[] }[];
}

/** Look into a policy between two of its calls. Allocates: for those who look on. */
export function readInspection(policy: Policy, atNs: number): Inspection {
  const { vcpuReadings, vmReadings } = policy.terms;
  const vmCount = policy.vcpuCount === 0 ? 0 : policy.vmOf[policy.vcpuCount - 1] + 1;
  const numbers = (count: number, read: (out: Float64Array) => void): number[] => {
    const out = new Float64Array(count);
    read(out);
    return [...out];
  };
  return {
    atNs,
    pcpus: Array.from(policy.current, (current, pcpu) => ({ current, queue: policy.queueOf(pcpu) })),
    vcpus: Array.from({ length: policy.vcpuCount }, (_, vcpu) => ({
      pcpu: policy.pcpuOf[vcpu],
      readings: numbers(vcpuReadings.length, (out) => policy.readVcpu(vcpu, out, 0)),
    })),
    vms: Array.from({ length: vmCount }, (_, vm) => ({
      readings: numbers(vmReadings.length, (out) => policy.readVm(vm, out, 0)),
    })),
  };
}
