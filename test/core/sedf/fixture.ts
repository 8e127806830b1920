import { IDLE } from '../../../src/core/policy.ts';
import type { ParameterValues } from '../../../src/core/policy.ts';
import type { PolicyOptions } from '../../../src/core/policy-type.ts';
import { Sedf } from '../../../src/core/sedf/sedf.ts';

export const MS = 1e6;

/** A reservation, in ms. */
export function reserved(periodMs: number, sliceMs: number, extratime = 0): ParameterValues {
  return { periodNs: periodMs * MS, sliceNs: sliceMs * MS, extratime };
}

/**
 * A policy whose VMs, of one vCPU each, have all been started at t = 0; nobody has been woken yet. It charges the
 * time that goes by, unless other parameters are given.
 */
export function started(vms: readonly ParameterValues[], options: Partial<PolicyOptions> = {}): Sedf {
  const policy = new Sedf({
    pcpuCount: 1,
    vms: vms.map((parameters) => ({ parameters, vcpus: [null] })),
    parameters: { wallTime: 1 },
    ...options,
  });
  for (let vm = 0; vm < policy.state.vmCount; vm++) policy.startVm(vm, 0);
  return policy;
}

/** Take every decision that is asked for. @param cpuNs what each vCPU has had so far; default: the time since t = 0 */
export function settle(policy: Sedf, nowNs: number, cpuNs: (vcpu: number) => number = () => nowNs): void {
  for (let pcpu = policy.nextResched(); pcpu >= 0; pcpu = policy.nextResched()) {
    const current = policy.current[pcpu];
    policy.schedule(pcpu, nowNs, current === IDLE ? 0 : cpuNs(current));
  }
}

/** Wake these vCPUs one after the other, taking the decisions after each. */
export function wake(policy: Sedf, nowNs: number, ...vcpus: number[]): void {
  for (const vcpu of vcpus) {
    policy.wake(vcpu, nowNs);
    settle(policy, nowNs);
  }
}

/** A vCPU blocks. */
export function block(policy: Sedf, nowNs: number, vcpu: number): void {
  policy.block(vcpu);
  settle(policy, nowNs);
}

/** Let the timers fire until then. */
export function passUntil(policy: Sedf, untilNs: number): void {
  while (policy.nextTimerNs() <= untilNs) {
    const nowNs = policy.nextTimerNs();
    policy.fireTimer();
    settle(policy, nowNs);
  }
}
