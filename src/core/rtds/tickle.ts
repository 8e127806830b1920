/**
 * Tickle: a vCPU waits, so ask one pCPU at most to decide anew. Looked at are those where it may run and that have not
 * been tickled since they last decided, beginning with its own, in turn:
 *
 *     one is idle                                   ─► the first that is
 *     the vCPU goes before one of those that run    ─► the pCPU of the one that comes last of all
 *     else                                          ─► none
 */
import { IDLE } from '../policy.ts';
import { isAbove } from './queues.ts';
import { Ask } from './reason.ts';
import { askFor, type RtdsState } from './state.ts';
import { Own } from './terms.ts';

export function tickle(state: RtdsState, vcpu: number, nowNs: number): void {
  const target = targetFor(state, vcpu);
  if (target < 0) return;
  state.untickled.delete(target);
  askFor(state, target, Ask.tickle);
  if (state.trace !== null) state.trace.own(nowNs, Own.tickle, vcpu, target);
}

function targetFor(state: RtdsState, vcpu: number): number {
  const { untickled, current } = state;
  const allowed = state.affinity.of(vcpu);
  const own = state.pcpuOf[vcpu];
  const isOwn = untickled.has(own) && allowed.has(own);
  const first = isOwn ? own : untickled.nextCommon(allowed, own);
  if (first < 0) return -1;
  let last = first;
  let pcpu = first;
  do {
    if (current[pcpu] === IDLE) return pcpu;
    if (isAbove(state, current[last], current[pcpu])) last = pcpu;
    pcpu = untickled.nextCommon(allowed, pcpu);
  } while (pcpu !== first);
  return isAbove(state, vcpu, current[last]) ? last : -1;
}
