/**
 * Tickle: a vCPU waits, so ask one pCPU at most to decide anew. Looked at are those where it may run and that have not
 * been tickled since they last decided, beginning with its own, in turn:
 *
 *     one is idle                                   ─► the first that is
 *     the vCPU goes before one of those that run    ─► the pCPU of the one that comes last of all
 *     else                                          ─► none
 */
import { IDLE } from '../policy.ts';
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
  const { untickled, current, level, deadlineNs, pcpuCount, latest } = state;
  if (!goesBefore(level[vcpu], deadlineNs[vcpu], latest.level, latest.deadlineNs)) return -1;
  const allowed = state.affinity.of(vcpu);
  // Of the one that comes last so far. As long as it isn't after the vCPU, its pCPU is no target.
  let target = -1;
  let lastLevel = level[vcpu];
  let lastNs = deadlineNs[vcpu];
  let pcpu = state.pcpuOf[vcpu];
  for (let left = pcpuCount; left > 0; left--) {
    if (untickled.has(pcpu) && allowed.has(pcpu)) {
      const running = current[pcpu];
      if (running === IDLE) return pcpu;
      const runningLevel = level[running];
      if (goesBefore(lastLevel, lastNs, runningLevel, deadlineNs[running])) {
        target = pcpu;
        lastLevel = runningLevel;
        lastNs = deadlineNs[running];
      }
    }
    if (++pcpu === pcpuCount) pcpu = 0;
  }
  // Whoever comes last of all is it, or else at most the vCPU itself.
  if (allowed.count === pcpuCount) {
    latest.level = lastLevel;
    latest.deadlineNs = lastNs;
  }
  return target;
}

function goesBefore(level: number, deadlineNs: number, other: number, otherNs: number): boolean {
  return level < other || (level === other && deadlineNs < otherNs);
}
