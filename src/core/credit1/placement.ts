/**
 * Placement picks the best pCPU for a vCPU: when the vCPU is created, and at a tick, which may send it elsewhere.
 *
 * A pCPU counts as **free** if it idles. The vCPU's own pCPU is also free while it runs somebody, if nobody waits in
 * its queue. The search begins with the own pCPU, or the next allowed one; if that isn't free, with the next allowed
 * one that is. It goes over the other free pCPUs in cyclic order, and compares each with the best so far:
 *
 *     same socket     it wins if its core has more free threads: rather a whole core than half of one
 *     another socket  it wins if its socket has more than twice as many free pCPUs: memory is far from there
 *
 * A winner wins for its whole group: its core, or its socket. Each pCPU remembers which pCPU was last picked when it
 * won, its idle bias. The best is now the next free pCPU of the group behind that bias, so that picks rotate. The core
 * of the winner isn't looked at again, nor is the core (or socket) of a pCPU that loses.
 *
 *     socket 0              socket 1            ■ runs somebody    · idle
 *     core 0     core 1     core 2     core 3
 *     0■   1·    2·   3·    4■   5·    6■   7·
 *
 * Example: a second vCPU waits on pCPU 0 when the tick comes. Where should the running one go?
 *
 *     0 isn't free: somebody waits there. The next that is:  1
 *     2 against 1, same socket:    2 free threads (2, 3) against 1 (1)                 2 wins; behind its bias 7: 2
 *     5 against 2, other sockets:  2 free pCPUs (5, 7), not above twice 3 (1, 2, 3)    2 stays; socket 1 is done with
 *
 * It goes to 2, the idle core, and not to 1, the idle sibling of a busy one. 2 becomes the bias of 2.
 *
 * On one socket without SMT no pCPU ever wins, since each core has one thread. There the first free pCPU is taken at
 * once, with the same result.
 */
import type { CreditState } from './state.ts';
import { Flag } from './state.ts';
import { NONE } from '../linked-lists.ts';

/** Another socket must have more than this many times as many free pCPUs. */
const OTHER_SOCKET_FACTOR = 2;

/** The best pCPU for a vCPU; it stays where it is. */
export function pickPcpu(state: CreditState, vcpu: number): number {
  return state.isFlat ? pickFlat(state, vcpu) : pick(state, vcpu, false);
}

/** Assign a vCPU that isn't running to the best pCPU. Its next wake-up won't boost it. @returns the pCPU */
export function place(state: CreditState, vcpu: number): number {
  const pcpu = state.isFlat ? pickFlat(state, vcpu) : pick(state, vcpu, true);
  state.pcpuOf[vcpu] = pcpu;
  state.flags[vcpu] |= Flag.migrating;
  return pcpu;
}

function pickFlat(state: CreditState, vcpu: number): number {
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

/** @param commits the vCPU will go there, so that biases rotate */
function pick(state: CreditState, vcpu: number, commits: boolean): number {
  const { free, candidates, cores, idleBias } = state;
  const own = state.pcpuOf[vcpu];
  const allowed = state.affinity.of(vcpu);
  const start = allowed.has(own) ? own : allowed.next(own);
  free.assign(state.idlers);
  if (start === own && state.runq.isEmpty(own)) free.add(own);
  candidates.assignCommon(allowed, free);
  if (candidates.count === 0) return start;
  let best = candidates.has(start) ? start : candidates.next(start);
  candidates.delete(best);
  let winner = NONE;
  while (candidates.count > 0) {
    const rival = candidates.next(best);
    const isNear = state.sockets.of[best] === state.sockets.of[rival];
    const groups = isNear ? cores : state.sockets;
    const factor = isNear ? 1 : OTHER_SOCKET_FACTOR;
    const group = groups.of[rival];
    if (groups.countIn(group, free) > factor * groups.countIn(groups.of[best], free)) {
      winner = rival;
      best = groups.nextIn(group, candidates, idleBias[rival]);
      cores.deleteFrom(cores.of[best], candidates);
    } else {
      groups.deleteFrom(group, candidates);
    }
  }
  if (commits && winner !== NONE) idleBias[winner] = best;
  return best;
}
