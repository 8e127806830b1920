import { NONE } from '../linked-lists.ts';
import type { Credit2State } from './state.ts';

/** Queue a vCPU before the first one with less credit. Only resets change credits in the queue, and keep the order. */
export function insert(state: Credit2State, vcpu: number): void {
  const { queue, credit } = state;
  const runqueue = state.runqueueOf[vcpu];
  const own = credit[vcpu];
  let at = queue.head(runqueue);
  while (at !== NONE && credit[at] >= own) at = queue.next(at);
  queue.insertBefore(runqueue, vcpu, at);
}

export function isQueued(state: Credit2State, vcpu: number): boolean {
  return state.queue.isLinked(vcpu);
}

export function dequeue(state: Credit2State, vcpu: number): void {
  state.queue.remove(state.runqueueOf[vcpu], vcpu);
}
