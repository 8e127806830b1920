import { NONE } from '../linked-lists.ts';
import type { CreditState } from './state.ts';
import { Own } from './terms.ts';

/** The one list that holds the active VMs. */
export const ACTIVE_VMS = 0;

export function isActive(state: CreditState, vcpu: number): boolean {
  return state.activeVcpus.isLinked(vcpu);
}

/** A tick found a vCPU running that earns no credits yet: from now on it takes part in accounting. */
export function activate(state: CreditState, vcpu: number, nowNs: number): void {
  const vm = state.vmOf[vcpu];
  state.activeVcpus.insertBefore(vm, vcpu, state.activeVcpus.head(vm));
  state.activeCount[vm]++;
  state.totalWeight += state.weight[vm];
  if (!state.activeVms.isLinked(vm)) moveToFront(state, vm);
  if (state.trace !== null) state.trace.own(nowNs, Own.activate, vcpu, state.activeCount[vm]);
}

/** A vCPU has earned more than it used: it takes no part in accounting until a tick finds it running again. */
export function deactivate(state: CreditState, vcpu: number, nowNs: number): void {
  const vm = state.vmOf[vcpu];
  state.activeVcpus.remove(vm, vcpu);
  state.activeCount[vm]--;
  state.totalWeight -= state.weight[vm];
  if (state.activeVcpus.head(vm) === NONE) state.activeVms.remove(ACTIVE_VMS, vm);
  if (state.trace !== null) state.trace.own(nowNs, Own.deactivate, vcpu, state.activeCount[vm]);
}

/** Serve this VM first in the next accounting. */
export function moveToFront(state: CreditState, vm: number): void {
  if (state.activeVms.isLinked(vm)) state.activeVms.remove(ACTIVE_VMS, vm);
  state.activeVms.insertBefore(ACTIVE_VMS, vm, state.activeVms.head(ACTIVE_VMS));
}
