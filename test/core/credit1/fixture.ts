import { Credit1 } from '../../../src/core/credit1/credit1.ts';
import type { Credit1Options, Credit1Vm } from '../../../src/core/credit1/options.ts';

/** A VM whose vCPUs may run anywhere. */
export function vm(weight: number, cap = 0, vcpus = 1): Credit1Vm {
  return { weight, cap, vcpus: Array.from({ length: vcpus }, () => null) };
}

/** A VM with one vCPU per list of allowed pCPUs. */
export function pinnedVm(...pins: number[][]): Credit1Vm {
  return { weight: 256, cap: 0, vcpus: pins };
}

/** A policy whose VMs have all been started at t = 0; nobody has been woken yet. */
export function started(pcpuCount: number, vms: Credit1Vm[], options: Partial<Credit1Options> = {}): Credit1 {
  const policy = new Credit1({ pcpuCount, vms, ...options });
  vms.forEach((_, index) => policy.startVm(index, 0));
  return policy;
}

/** Take every decision that is asked for, nobody having used any CPU time. @returns the pCPUs decided upon, in order */
export function settle(policy: Credit1, nowNs: number): number[] {
  const pcpus: number[] = [];
  for (let pcpu = policy.nextResched(); pcpu >= 0; pcpu = policy.nextResched()) {
    policy.schedule(pcpu, nowNs, 0);
    pcpus.push(pcpu);
  }
  return pcpus;
}

/** Wake these vCPUs one after the other, taking the decisions after each. */
export function run(policy: Credit1, nowNs: number, ...vcpus: number[]): void {
  for (const vcpu of vcpus) {
    policy.wake(vcpu, nowNs, policy.pcpuOf[vcpu]);
    settle(policy, nowNs);
  }
}

/** The vCPUs that wait on a pCPU, in order. */
export function queue(policy: Credit1, pcpu: number): number[] {
  const { runq } = policy.state;
  const vcpus: number[] = [];
  for (let vcpu = runq.head(pcpu); vcpu >= 0; vcpu = runq.next(vcpu)) vcpus.push(vcpu);
  return vcpus;
}
