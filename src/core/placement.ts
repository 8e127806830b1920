import type { CreditState } from './state.ts';

/**
 * The best pCPU for a vCPU, on a machine of one socket without SMT (Xen's general rule, which compares how
 * idle the candidates' cores and sockets are, reduces to this):
 *
 * start from its own pCPU, or the next allowed one. Stay there if it is idle, or if it is the vCPU's own and
 * nobody waits in its queue, even though another vCPU may be running. Else the next allowed idle one in
 * cyclic order. Else stay.
 */
export function pickPcpu(state: CreditState, vcpu: number): number {
  const allowed = state.affinity.of(vcpu);
  const own = state.pcpuOf[vcpu];
  let start = own;
  if (allowed.has(own)) {
    if (state.runq.isEmpty(own)) return own;
  } else {
    start = allowed.next(own);
  }
  if (state.idlers.count === 0 || state.idlers.has(start)) return start;
  const idle = state.idlers.nextCommon(allowed, start);
  return idle >= 0 ? idle : start;
}
