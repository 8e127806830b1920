import type { SedfState } from './state.ts';

/**
 * Where a vCPU belongs: its number in its VM, modulo how many pCPUs it may run on, is the pCPU to look from; the
 * first one from there on where it may run is it, or else the lowest. Load is never looked at. So the first vCPU of
 * every VM is on pCPU 0, unless pinned, and with gaps in the pins not even the vCPUs of one VM are spread:
 *
 *     may run on     vCPU 0   1   2   3
 *     0 1 2 3             0   1   2   3
 *     2 3                 2   2   2   2
 *     1 3                 1   1   1   1
 */
export function pickPcpu(state: SedfState, vcpu: number): number {
  const allowed = state.affinity.of(vcpu);
  const number = vcpu - state.firstVcpu[state.vmOf[vcpu]];
  return allowed.next((number % allowed.count) - 1);
}

/** Assign a vCPU that is in no queue to where it belongs. @returns the pCPU */
export function place(state: SedfState, vcpu: number): number {
  const pcpu = pickPcpu(state, vcpu);
  state.pcpuOf[vcpu] = pcpu;
  return pcpu;
}
