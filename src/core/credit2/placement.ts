import { startVcpuLoad } from './load.ts';
import { join } from './members.ts';
import { nextOf } from './pcpus.ts';
import { type Credit2State, Flag, Stop } from './state.ts';
import { Own } from './terms.ts';

/**
 * Placement picks a pCPU for a vCPU that is created or that moves. If it was asked to move to a runqueue, it goes
 * there. Otherwise it goes to the least loaded one, as the averages were when they were last brought up to date. There
 * it gets the next allowed pCPU behind the last one that was picked. Who runs it in the end is a matter of tickling.
 */
export function pick(state: Credit2State, vcpu: number, nowNs: number): number {
  const pcpu = pickPcpu(state, vcpu);
  state.bias[state.runqueues.of[pcpu]] = pcpu;
  if (state.trace !== null) state.trace.own(nowNs, Own.pick, vcpu, state.runqueues.of[pcpu], pcpu);
  return pcpu;
}

/** The next pCPU of a runqueue where a vCPU may run, behind the last picked one; −1: it may run on none of them. */
export function nextAllowed(state: Credit2State, vcpu: number, runqueue: number): number {
  const allowed = state.affinity.of(vcpu);
  return nextOf(state, runqueue, allowed, allowed, state.bias[runqueue]);
}

function pickPcpu(state: Credit2State, vcpu: number): number {
  if ((state.flags[vcpu] & Flag.move) !== 0) {
    state.flags[vcpu] &= ~Flag.move;
    const pcpu = nextAllowed(state, vcpu, state.target[vcpu]);
    if (pcpu >= 0) return pcpu;
  }
  const { count } = state.runqueues;
  let best = -1;
  let least = Infinity;
  for (let runqueue = 0; runqueue < count; runqueue++) {
    const pcpu = nextAllowed(state, vcpu, runqueue);
    const load = loadWithout(state, runqueue, vcpu);
    if (pcpu < 0 || load >= least) continue;
    least = load;
    best = pcpu;
  }
  return best;
}

/** How loaded a runqueue is by the others. */
function loadWithout(state: Credit2State, runqueue: number, vcpu: number): number {
  const load = state.queueLoad[runqueue];
  const isMember = state.members.isLinked(vcpu) && state.runqueueOf[vcpu] === runqueue;
  return isMember ? Math.max(load - state.load[vcpu], 0) : load;
}

/** A VM starts: place its vCPUs one by one. They are blocked, and have the weight that every new vCPU has. */
export function createVcpus(state: Credit2State, vm: number, nowNs: number): void {
  for (let vcpu = state.firstVcpu[vm]; vcpu < state.firstVcpu[vm + 1]; vcpu++) {
    startVcpuLoad(state, vcpu, nowNs);
    state.pcpuOf[vcpu] = pick(state, vcpu, nowNs);
    join(state, vcpu, state.runqueues.of[state.pcpuOf[vcpu]]);
    state.stops[vcpu] &= ~Stop.absent;
  }
}
