/**
 * Which pCPUs can be asked to look at their queue.
 *
 *                  not tickled      tickled
 *     idle         free             (comes at once)
 *     not idle     busy             (comes at once)
 *
 * Where cores have several threads, a core all of whose threads are free is preferred: `freeCores`.
 */
import type { CpuSet } from '../cpu-set.ts';
import { Ask } from './reason.ts';
import { askFor, type Credit2State } from './state.ts';

export function becomeIdle(state: Credit2State, pcpu: number): void {
  state.idle.add(pcpu);
  file(state, pcpu);
  joinFreeCore(state, pcpu);
}

export function becomeBusy(state: Credit2State, pcpu: number): void {
  state.idle.delete(pcpu);
  file(state, pcpu);
  leaveFreeCore(state, pcpu);
}

/** Ask a pCPU to look at its queue. Until it does, nobody else asks it. */
export function tickle(state: Credit2State, pcpu: number, why: number = Ask.tickle): void {
  state.tickled.add(pcpu);
  file(state, pcpu);
  leaveFreeCore(state, pcpu);
  askFor(state, pcpu, why);
}

/** It looks. */
export function endTickle(state: Credit2State, pcpu: number): void {
  state.tickled.delete(pcpu);
  file(state, pcpu);
  joinFreeCore(state, pcpu);
}

function file({ idle, tickled, free, busy }: Credit2State, pcpu: number): void {
  const isIdle = idle.has(pcpu);
  const isTickled = tickled.has(pcpu);
  if (isIdle && !isTickled) free.add(pcpu);
  else free.delete(pcpu);
  if (isIdle || isTickled) busy.delete(pcpu);
  else busy.add(pcpu);
}

function joinFreeCore({ isSmt, siblings, free, freeCores }: Credit2State, pcpu: number): void {
  if (!isSmt) return;
  const core = siblings.of[pcpu];
  if (siblings.countIn(core, free) === siblings.sizeOf(core)) siblings.addTo(core, freeCores);
}

function leaveFreeCore({ isSmt, siblings, freeCores }: Credit2State, pcpu: number): void {
  if (isSmt && freeCores.has(pcpu)) siblings.deleteFrom(siblings.of[pcpu], freeCores);
}

/** The next pCPU of a runqueue after any pCPU, cyclically, that is in both sets; −1 if there is none. */
export function nextOf(
  { runqueues }: Credit2State,
  runqueue: number,
  one: CpuSet,
  other: CpuSet,
  after: number,
): number {
  // The whole set is searched a word at a time.
  if (runqueues.count === 1) return one.nextCommon(other, after);
  return runqueues.nextCommonIn(runqueue, one, other, after);
}
