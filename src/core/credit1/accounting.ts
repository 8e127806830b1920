import { ACTIVE_VMS, deactivate, moveToFront } from './activation.ts';
import { Priority } from './constants.ts';
import { NONE } from '../linked-lists.ts';
import type { CreditState } from './state.ts';
import { acctTimer, Flag, Stop } from './state.ts';
import { Own } from './terms.ts';
import { sleep, wakeUp } from './wake.ts';

/** Wake-ups out of accounting happen on the pCPU that runs the master timer. */
const MASTER_PCPU = 0;

/**
 * Credit is granted here: once per slice the accounting pass hands out the credits of all pCPUs, by weight and within
 * caps. Then it sets the priority of each vCPU by the credits that it has. (burn.ts debits them.)
 *
 *     slice 30 ms, 1 pCPU: 300 credits.   A w=256 has −300, B w=512 has −300
 *       fair(A) = ⌈300·256/768⌉ = 100 ─► A −200: OVER      fair(B) = 200 ─► B −100: OVER
 *
 * A VM's fair part may exceed its peak: its cap, or what its vCPUs can use in a slice. Then it gets the peak, and the
 * rest is shared by the VMs behind it in the list. If a VM before it could have used more, the VM moves to the front,
 * so that in the next pass that one has part of the rest, too. Every division rounds up, so the parts may sum to a few
 * credits more than there are. The debt that the last pass left is handed out on top.
 */
export function account(state: CreditState, nowNs: number): void {
  state.timers.arm(acctTimer(state), nowNs + state.tsliceNs);
  if (state.totalWeight === 0) state.balance = 0;
  else distribute(state, nowNs);
  if (state.trace !== null) state.trace.own(nowNs, Own.acct, state.totalWeight, state.balance);
}

function distribute(state: CreditState, nowNs: number): void {
  const { activeVms, creditsPerSlice } = state;
  const totalWeight = state.totalWeight;
  const debt = state.balance < 0 ? -state.balance : 0;
  let toShare = creditsPerSlice * state.pcpuCount + debt;
  let weightLeft = totalWeight;
  let newBalance = 0;
  let hasSlack = false;

  for (let vm = activeVms.head(ACTIVE_VMS), next; vm !== NONE; vm = next) {
    next = activeVms.next(vm); // before the pass moves or unlinks this VM
    const count = state.activeCount[vm];
    const weight = state.weight[vm] * count;
    const cap = state.cap[vm];
    weightLeft -= weight;

    let peak = count * creditsPerSlice + divideUp(debt * weight, totalWeight);
    let capPerVcpu = NONE;
    if (cap !== 0) {
      const capCredits = divideUp(cap * creditsPerSlice, 100);
      if (capCredits < peak) peak = capCredits;
      capPerVcpu = divideUp(capCredits, count);
    }

    let fair = divideUp(toShare * weight, totalWeight);
    if (state.trace !== null) state.trace.own(nowNs, Own.grant, vm, toShare, weight, fair, peak);
    if (fair < peak) {
      hasSlack = true;
    } else {
      if (weightLeft !== 0) toShare += divideUp((fair - peak) * totalWeight, weightLeft);
      if (hasSlack) moveToFront(state, vm);
      fair = peak;
    }
    newBalance += settle(state, vm, divideUp(fair, count), capPerVcpu, nowNs);
  }
  state.balance = newBalance;
  state.epoch = (state.epoch + 1) | 0;
}

/**
 * Give each active vCPU of a VM its share, and set its priority, parking and activity by what it then has.
 * @param capPerVcpu credits of debt beyond which a vCPU is parked, NONE if the VM has no cap
 * @returns the sum of their credits
 */
function settle(state: CreditState, vm: number, share: number, capPerVcpu: number, nowNs: number): number {
  const { activeVcpus, priority, flags, creditsPerSlice } = state;
  let sum = 0;
  for (let vcpu = activeVcpus.head(vm), next; vcpu !== NONE; vcpu = next) {
    next = activeVcpus.next(vcpu); // before it is deactivated
    const before = state.credit[vcpu];
    let credit = before + share;
    if (credit < 0) {
      priority[vcpu] = Priority.over;
      if (capPerVcpu !== NONE && credit < -capPerVcpu && (flags[vcpu] & Flag.parked) === 0)
        park(state, vcpu, nowNs);
      if (credit < -creditsPerSlice) credit = -creditsPerSlice;
    } else {
      priority[vcpu] = Priority.under;
      if ((flags[vcpu] & Flag.parked) !== 0) unpark(state, vcpu, nowNs);
      if (credit > creditsPerSlice) {
        deactivate(state, vcpu, nowNs);
        credit >>= 1;
      }
    }
    state.credit[vcpu] = credit;
    state.lastShare[vcpu] = share;
    sum += credit;
    if (state.trace !== null) state.trace.own(nowNs, Own.pay, vcpu, before, share, credit, priority[vcpu]);
  }
  return sum;
}

/** Park a vCPU that is over its cap: it leaves its pCPU at once, until an accounting finds its debt paid. */
function park(state: CreditState, vcpu: number, nowNs: number): void {
  state.flags[vcpu] |= Flag.parked;
  state.stops[vcpu] |= Stop.parked;
  sleep(state, vcpu);
  if (state.trace !== null) state.trace.own(nowNs, Own.park, vcpu);
}

/** The debt of a parked vCPU is paid: it may run again. */
function unpark(state: CreditState, vcpu: number, nowNs: number): void {
  state.stops[vcpu] &= ~Stop.parked;
  if (state.stops[vcpu] === 0) wakeUp(state, vcpu, nowNs, MASTER_PCPU);
  state.flags[vcpu] &= ~Flag.parked; // only now: a wake-up from parking doesn't boost
  if (state.trace !== null) state.trace.own(nowNs, Own.unpark, vcpu);
}

/** ⌈x / y⌉ for whole x ≥ 0, y > 0. Exact while x + y < 2^53. */
export function divideUp(x: number, y: number): number {
  return Math.floor((x + y - 1) / y);
}
