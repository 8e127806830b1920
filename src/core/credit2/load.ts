/**
 * How busy runqueues and vCPUs have been, for placing and balancing: averages that follow the present over a window of
 * about a second. They are kept in whole numbers. Time counts in grains of 1024 ns from boot, and the window is 2^20
 * grains. A pCPU's worth of load, or a vCPU that always runs or waits, is 2^18.
 *
 *                     d grains have passed, and the load was l meanwhile
 *     average  :=     average + ⌊d × l × 2^18 / 2^20⌋ − ⌊d × average / 2^20⌋          more than 2^20 grains:  l × 2^18
 *
 * Nobody reads them where there is only one runqueue, and then only `busyCount` is kept. Xen keeps a second average of
 * each runqueue, without the moves that balancing has made. It only shows it.
 */
import type { Credit2State } from './state.ts';

export const LOAD_UNIT = 2 ** 18;
export const NEW_VCPU_LOAD = LOAD_UNIT / 2;

const GRAIN_NS = 1024;
const WINDOW = 2 ** 20;

/** A vCPU began (1) or ceased (−1) to be queued or running, or neither (0): both averages go on from here. */
export function updateLoad(
  state: Credit2State,
  runqueue: number,
  vcpu: number,
  change: number,
  nowNs: number,
): void {
  updateQueueLoad(state, runqueue, change, nowNs);
  updateVcpuLoad(state, vcpu, change, nowNs);
}

export function updateQueueLoad(state: Credit2State, runqueue: number, change: number, nowNs: number): void {
  const { busyCount, queueLoad, queueLoadGrain } = state;
  const load = busyCount[runqueue];
  busyCount[runqueue] += change;
  if (state.runqueues.count === 1) return;
  const grain = grainOf(state, nowNs);
  queueLoad[runqueue] = average(queueLoad[runqueue], load, queueLoadGrain[runqueue], grain);
  queueLoadGrain[runqueue] = grain;
}

/** @param change 0: it is as busy as it is runnable */
export function updateVcpuLoad(state: Credit2State, vcpu: number, change: number, nowNs: number): void {
  if (state.runqueues.count === 1) return;
  const { load, loadGrain, stops } = state;
  const grain = grainOf(state, nowNs);
  const wasBusy = change === 0 ? stops[vcpu] === 0 : change < 0;
  load[vcpu] = average(load[vcpu], wasBusy ? 1 : 0, loadGrain[vcpu], grain);
  loadGrain[vcpu] = grain;
}

export function startVcpuLoad(state: Credit2State, vcpu: number, nowNs: number): void {
  state.load[vcpu] = NEW_VCPU_LOAD;
  state.loadGrain[vcpu] = grainOf(state, nowNs);
}

function grainOf(state: Credit2State, nowNs: number): number {
  return Math.floor((nowNs + state.bootNs) / GRAIN_NS);
}

function average(old: number, load: number, fromGrain: number, grain: number): number {
  if (fromGrain + WINDOW < grain) return load * LOAD_UNIT;
  const passed = grain > fromGrain ? grain - fromGrain : 0;
  return old + Math.floor((passed * load * LOAD_UNIT) / WINDOW) - Math.floor((passed * old) / WINDOW);
}
