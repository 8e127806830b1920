import { IDLE } from '../policy.ts';
import type { CreditState } from './state.ts';
import { addRunnable, dequeue, dropRunnable, Flag } from './state.ts';
import { NONE } from '../linked-lists.ts';

/**
 * Steal: look for a vCPU above a priority in the queues of the other pCPUs, and take the first one that is found. It is
 * then assigned to the thief and in no queue. Sockets (each a NUMA node) are searched in turn, beginning with the
 * thief's own, since its memory is near. Inside a socket the search begins behind the pCPU that was last stolen from.
 *
 *     socket 0 (pCPUs 0–3)    socket 1 (4–7)    socket 2 (8–11)
 *     last stolen from: 0     6                 8
 *
 *     thief 5 looks at        7 4 6             9 10 11 8             1 2 3 0
 *
 * The search visits only pCPUs where a vCPU waits behind a running one. On an idle pCPU nobody waits, since a vCPU that
 * is queued there tickles it first.
 * @returns the stolen vCPU, or NONE
 */
export function steal(state: CreditState, thief: number, abovePriority: number, nowNs: number): number {
  if (state.crowded.count === 0) return NONE;
  const { count, of } = state.sockets;
  let socket = of[thief];
  for (let left = count; left > 0; left--) {
    const vcpu = stealWithin(state, socket, thief, abovePriority, nowNs);
    if (vcpu !== NONE) return vcpu;
    if (++socket === count) socket = 0;
  }
  return NONE;
}

function stealWithin(
  state: CreditState,
  socket: number,
  thief: number,
  abovePriority: number,
  nowNs: number,
): number {
  const first = nextCrowded(state, socket, state.balanceBias[socket]);
  if (first < 0) return NONE;
  let peer = first;
  do {
    if (peer !== thief && state.current[peer] !== IDLE) {
      const vcpu = candidate(state, peer, thief, abovePriority, nowNs);
      if (vcpu !== NONE) {
        move(state, vcpu, peer, thief, nowNs);
        return vcpu;
      }
    }
    peer = nextCrowded(state, socket, peer);
  } while (peer !== first);
  return NONE;
}

function nextCrowded({ crowded, sockets }: CreditState, socket: number, after: number): number {
  // The whole set is searched a word at a time.
  return sockets.count === 1 ? crowded.next(after) : sockets.nextIn(socket, crowded, after);
}

/**
 * The first vCPU in a peer's queue that is above the priority, may run on the thief, didn't yield and isn't
 * cache-hot.
 */
function candidate(
  state: CreditState,
  peer: number,
  thief: number,
  abovePriority: number,
  nowNs: number,
): number {
  const { runq, priority, flags, affinity } = state;
  for (let vcpu = runq.head(peer); vcpu !== NONE; vcpu = runq.next(vcpu)) {
    if (priority[vcpu] <= abovePriority) return NONE;
    if ((flags[vcpu] & Flag.yield) === 0 && affinity.of(vcpu).has(thief) && !isHot(state, vcpu, nowNs))
      return vcpu;
  }
  return NONE;
}

function isHot(state: CreditState, vcpu: number, nowNs: number): boolean {
  return nowNs - state.descheduledNs[vcpu] < state.migrationDelayNs;
}

function move(state: CreditState, vcpu: number, from: number, to: number, nowNs: number): void {
  dequeue(state, from, vcpu);
  dropRunnable(state, from);
  state.pcpuOf[vcpu] = to;
  addRunnable(state, to);
  state.balanceBias[state.sockets.of[from]] = from;
  state.counters.steals[vcpu]++;
  if (state.trace !== null) state.trace.steal(nowNs, vcpu, from, to);
}
