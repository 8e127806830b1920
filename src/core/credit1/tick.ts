import { activate, isActive } from './activation.ts';
import { burn, burnTick } from './burn.ts';
import { Priority } from './constants.ts';
import { pickPcpu } from './placement.ts';
import { IDLE } from '../policy.ts';
import { Ask } from './reason.ts';
import type { CreditState } from './state.ts';
import { askFor, Stop, tickTimer } from './state.ts';
import { Own } from './terms.ts';

/**
 * The tick of a busy pCPU samples who runs. That vCPU loses its boost and is debited. If it takes no part in accounting
 * yet, it does from now on (it is active). Otherwise it migrates to an idle pCPU, if others wait here and there is a
 * better one.
 */
export function tick(state: CreditState, pcpu: number, nowNs: number, cpuNs: number): void {
  const vcpu = state.current[pcpu];
  if (vcpu !== IDLE) {
    if (state.priority[vcpu] === Priority.boost) {
      state.priority[vcpu] = Priority.under;
      if (state.trace !== null) state.trace.own(nowNs, Own.unboost, vcpu, Priority.under);
    }
    burn(state, vcpu, cpuNs);
    burnTick(state, vcpu);
    if (!isActive(state, vcpu)) {
      activate(state, vcpu, nowNs);
    } else if (pickPcpu(state, vcpu) !== pcpu) {
      state.stops[vcpu] |= Stop.moving;
      askFor(state, pcpu, Ask.move);
    }
    if (state.trace !== null) state.trace.tick(nowNs, pcpu, vcpu);
  }
  if (state.sortEpoch[pcpu] !== state.epoch) {
    state.sortEpoch[pcpu] = state.epoch;
    state.runq.sort(pcpu);
  }
  state.timers.arm(tickTimer(pcpu), nowNs + state.tickNs);
}

/**
 * Ticks start on absolute multiples of their period, counted from boot and shifted by the pCPU's phase; from
 * then on each follows the one before.
 */
export function startTicks(state: CreditState, pcpu: number, nowNs: number): void {
  const originNs = pcpu * state.tickPhaseNs - state.bootNs;
  const ticksSinceOrigin = Math.floor((nowNs - originNs) / state.tickNs);
  state.timers.arm(tickTimer(pcpu), (ticksSinceOrigin + 1) * state.tickNs + originNs);
}

export function stopTicks(state: CreditState, pcpu: number): void {
  state.timers.cancel(tickTimer(pcpu));
}
