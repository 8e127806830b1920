/**
 * The best pCPU for a vCPU: where Xen places it when it is created, and, at a tick, whether it should be elsewhere.
 *
 * A pCPU counts as **free** if it idles, and the vCPU's own one also if nobody waits in its queue, even though
 * somebody may be running. Start from the own pCPU, or the next allowed one; if that isn't free, from the next
 * allowed one that is. Then look at the other free ones in cyclic order, each against the best so far:
 *
 *     same socket     it wins if its core has more free threads: rather a whole core than half of one
 *     another socket  it wins if its socket has more than twice as many free pCPUs: memory is far from there
 *
 * The winner stands for its core (or socket): the best is now that group's next free pCPU behind the winner's
 * idle bias, the one that was picked here last, so that picks rotate. Its core is done with; so is the core (or
 * socket) of one that loses.
 *
 *     socket 0              socket 1            ■ runs somebody    · idle
 *     core 0     core 1     core 2     core 3
 *     0■   1·    2·   3·    4■   5·    6■   7·
 *
 * Say a second vCPU waits on pCPU 0, and the tick comes: where to with the one that runs?
 *
 *     0 isn't free: somebody waits there. The next that is:  1
 *     2 against 1, same socket:    2 free threads (2, 3) against 1 (1)                 2 wins; behind its bias 7: 2
 *     5 against 2, other sockets:  2 free pCPUs (5, 7), not above twice 3 (1, 2, 3)    2 stays; socket 1 is done with
 *
 * It goes to 2, the idle core, and not to 1, the idle sibling of a busy one. 2 becomes the bias of 2.
 *
 * On one socket without SMT nobody ever wins, since each has one free thread: that shorter way is taken where it
 * leads to the same.
 */
import type { CreditState } from './state.ts';
import { Flag } from './state.ts';
import { NONE } from '../linked-lists.ts';

/** How many times as many free pCPUs another socket must have, and more. */
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
