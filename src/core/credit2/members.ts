/** Who is assigned to which runqueue, and what follows from it: the highest weight, and the load that it brings. */
import { NONE } from '../linked-lists.ts';
import type { Credit2State } from './state.ts';

export function join(state: Credit2State, vcpu: number, runqueue: number): void {
  const { topWeight, weightOf } = state;
  state.runqueueOf[vcpu] = runqueue;
  state.members.insertBefore(runqueue, vcpu, NONE);
  if (weightOf[vcpu] > topWeight[runqueue]) topWeight[runqueue] = weightOf[vcpu];
  state.queueLoad[runqueue] += state.load[vcpu];
}

export function leave(state: Credit2State, vcpu: number): void {
  const { queueLoad } = state;
  const runqueue = state.runqueueOf[vcpu];
  state.members.remove(runqueue, vcpu);
  if (state.weightOf[vcpu] === state.topWeight[runqueue]) findTopWeight(state, runqueue);
  queueLoad[runqueue] = Math.max(queueLoad[runqueue] - state.load[vcpu], 0);
}

/** Of a member. What it has run since it was last charged is charged at the new weight. */
export function setWeight(state: Credit2State, vcpu: number, weight: number): void {
  const { topWeight, weightOf } = state;
  const runqueue = state.runqueueOf[vcpu];
  const old = weightOf[vcpu];
  weightOf[vcpu] = weight;
  if (weight > topWeight[runqueue]) topWeight[runqueue] = weight;
  else if (old === topWeight[runqueue]) findTopWeight(state, runqueue);
}

function findTopWeight(state: Credit2State, runqueue: number): void {
  const { members, weightOf } = state;
  let top = 1;
  for (let vcpu = members.head(runqueue); vcpu !== NONE; vcpu = members.next(vcpu))
    if (weightOf[vcpu] > top) top = weightOf[vcpu];
  state.topWeight[runqueue] = top;
}
