import { Credit2 } from '../../../src/core/credit2/credit2.ts';
import { credit2Type } from '../../../src/core/credit2/type.ts';
import { ARRANGEMENTS } from '../../../src/core/credit2/runqueues.ts';
import type { ParameterValues, PolicyVm } from '../../../src/core/policy.ts';
import type { PolicyOptions } from '../../../src/core/policy-type.ts';

/** A VM whose vCPUs may run anywhere. */
export function vm(weight = 256, cap = 0, vcpus = 1): PolicyVm {
  return { parameters: { weight, cap }, vcpus: Array.from({ length: vcpus }, () => null) };
}

/** A VM with one vCPU per list of allowed pCPUs. */
export function pinnedVm(...pins: number[][]): PolicyVm {
  return { vcpus: pins };
}

/** A runqueue for each pCPU, or for all of them. */
export const EACH: ParameterValues = { runqueue: ARRANGEMENTS.indexOf('cpu') };
export const ALL: ParameterValues = { runqueue: ARRANGEMENTS.indexOf('all') };

/** A policy that charges wall time, so that nobody need say what CPU time was used; no VM has started. */
export function created(pcpuCount: number, vms: PolicyVm[], options: Partial<PolicyOptions> = {}): Credit2 {
  const parameters = { wallTime: 1, ...options.parameters };
  const policy = credit2Type.create({ pcpuCount, vms, ...options, parameters });
  if (!(policy instanceof Credit2)) throw new Error('this is no credit2');
  return policy;
}

/** The same, and all VMs have started at t = 0; nobody has been woken yet. */
export function started(pcpuCount: number, vms: PolicyVm[], options: Partial<PolicyOptions> = {}): Credit2 {
  const policy = created(pcpuCount, vms, options);
  vms.forEach((_, index) => policy.startVm(index, 0));
  return policy;
}

/** Take every decision that is asked for. @returns the pCPUs decided upon, in order */
export function settle(policy: Credit2, nowNs: number): number[] {
  const pcpus: number[] = [];
  for (let pcpu = policy.nextResched(); pcpu >= 0; pcpu = policy.nextResched()) {
    policy.schedule(pcpu, nowNs, 0);
    pcpus.push(pcpu);
  }
  return pcpus;
}

/** Wake these vCPUs one after the other, taking the decisions after each. */
export function run(policy: Credit2, nowNs: number, ...vcpus: number[]): void {
  for (const vcpu of vcpus) {
    policy.wake(vcpu, nowNs);
    settle(policy, nowNs);
  }
}

/** Block a vCPU and take the decisions. */
export function stop(policy: Credit2, nowNs: number, vcpu: number): void {
  policy.block(vcpu, nowNs);
  settle(policy, nowNs);
}

/** Let all timers fire that are due until then, each at its instant, taking the decisions after each. */
export function pass(policy: Credit2, untilNs: number): void {
  for (let dueNs = policy.nextTimerNs(); dueNs <= untilNs; dueNs = policy.nextTimerNs()) {
    policy.fireTimer(dueNs);
    settle(policy, dueNs);
  }
}

/** When the slice of a pCPU's vCPU ends. */
export function sliceEndNs({ state }: Credit2, pcpu: number): number {
  return state.timers.dueOf(state.weight.length + pcpu);
}
