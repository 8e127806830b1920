/**
 * Balancing between runqueues, when a reset has happened in one, `own`. The other one whose load differs most is the
 * partner. If the difference is too much, the best deal is looked for: one vCPU pushed there, one pulled from there, or
 * both, whichever brings the loads nearest to each other. So loads are made equal, not shares.
 *
 *     own      2.0  (A 1.0, B 1.0)      push A      1.0      Only what makes the difference strictly smaller counts:
 *     partner  0.3  (C 0.3)            ───────►     1.3      2.0 against 1.0 would stay as it is.
 *
 * How much is too much depends on the runqueue with the highest number, where Xen means the partner. We do the same, so
 * that traces agree.
 */
import { NONE } from '../linked-lists.ts';
import { LOAD_UNIT, updateQueueLoad, updateVcpuLoad } from './load.ts';
import { moveTo } from './move.ts';
import { nextAllowed } from './placement.ts';
import { type Credit2State, Flag } from './state.ts';
import { Own } from './terms.ts';

/** Too much, while both could take more; and when one is fully loaded. */
const UNDER_TOLERANCE = LOAD_UNIT;
const OVER_TOLERANCE = LOAD_UNIT / 8;

export function balance(state: Credit2State, own: number, nowNs: number): void {
  if (state.runqueues.count === 1) return;
  const other = partnerOf(state, own, nowNs);
  if (other === NONE || !isTooMuch(state, own, other, nowNs)) return;
  const { deal } = state;
  findDeal(state, own, other, nowNs);
  const { push, pull } = deal;
  if (push !== NONE) moveTo(state, push, other, nowNs);
  if (pull !== NONE) moveTo(state, pull, own, nowNs);
}

function partnerOf(state: Credit2State, own: number, nowNs: number): number {
  const { queueLoad } = state;
  const { count } = state.runqueues;
  let partner = NONE;
  let most = 0;
  updateQueueLoad(state, own, 0, nowNs);
  for (let runqueue = 0; runqueue < count; runqueue++) {
    if (runqueue === own) continue;
    updateQueueLoad(state, runqueue, 0, nowNs);
    const difference = Math.abs(queueLoad[own] - queueLoad[runqueue]);
    if (difference <= most) continue;
    most = difference;
    partner = runqueue;
  }
  return partner;
}

function isTooMuch(state: Credit2State, own: number, other: number, nowNs: number): boolean {
  const { runqueues, queueLoad, trace } = state;
  const last = runqueues.count - 1;
  const difference = Math.abs(queueLoad[own] - queueLoad[other]);
  if (trace !== null) trace.own(nowNs, Own.weigh, own, last, difference);
  const full = Math.max(runqueues.sizeOf(own), runqueues.sizeOf(last)) * LOAD_UNIT;
  const isUnder = Math.max(queueLoad[own], queueLoad[last]) < full;
  if (difference < (isUnder ? UNDER_TOLERANCE : OVER_TOLERANCE)) return false;
  if (trace !== null) trace.own(nowNs, Own.balance, own, other, queueLoad[own], queueLoad[other]);
  return true;
}

/** The loads of the partner's members are brought up to date only if some own member can move, as Xen does it. */
function findDeal(state: Credit2State, own: number, other: number, nowNs: number): void {
  const { members, deal, pulls, queueLoad } = state;
  deal.difference = Math.abs(queueLoad[own] - queueLoad[other]);
  deal.push = NONE;
  deal.pull = NONE;
  const count = findPulls(state, own, other);
  let isFirst = true;
  for (let push = members.head(own); push !== NONE; push = members.next(push)) {
    updateVcpuLoad(state, push, 0, nowNs);
    if (!isMovable(state, push, other)) continue;
    if (isFirst) updateLoads(state, other, nowNs);
    isFirst = false;
    for (let i = 0; i < count; i++) consider(state, own, other, push, pulls[i]);
    consider(state, own, other, push, NONE);
  }
  for (let i = 0; i < count; i++) consider(state, own, other, NONE, pulls[i]);
}

/** The partner's members that can move. @returns how many are in `pulls` now */
function findPulls(state: Credit2State, own: number, other: number): number {
  const { members, pulls } = state;
  let count = 0;
  for (let pull = members.head(other); pull !== NONE; pull = members.next(pull))
    if (isMovable(state, pull, own)) pulls[count++] = pull;
  return count;
}

function updateLoads(state: Credit2State, runqueue: number, nowNs: number): void {
  const { members } = state;
  for (let vcpu = members.head(runqueue); vcpu !== NONE; vcpu = members.next(vcpu))
    updateVcpuLoad(state, vcpu, 0, nowNs);
}

function isMovable(state: Credit2State, vcpu: number, to: number): boolean {
  return (state.flags[vcpu] & Flag.move) === 0 && nextAllowed(state, vcpu, to) >= 0;
}

function consider(state: Credit2State, own: number, other: number, push: number, pull: number): void {
  const { load, queueLoad, deal } = state;
  const moved = (push === NONE ? 0 : load[push]) - (pull === NONE ? 0 : load[pull]);
  const difference = Math.abs(queueLoad[own] - moved - (queueLoad[other] + moved));
  if (difference >= deal.difference) return;
  deal.difference = difference;
  deal.push = push;
  deal.pull = pull;
}
