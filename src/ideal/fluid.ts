/**
 * A scenario under the ideal scheduler: one that divides the pCPUs at every instant exactly as entitlement.ts says.
 *
 * Between two changes (a VM starts or finishes, an event) all rates are constant, so the whole run is a handful of
 * straight lines, and its result exact:
 *
 *     work │        ╱ B done             two VMs 1:1, work 1 s and 2 s, on one pCPU
 *          │ A done╱                     A is done at 2 s, B at 3 s
 *          │  ╱─ ─╱
 *          └──────────► t
 */
import type { Entitlement } from '../core/entitlement.ts';
import { changedVm, entitlementOf, whyNoIdeal } from '../scenario/entitlement.ts';
import type { Scenario, ScenarioEvent, VmSpec } from '../scenario/scenario.ts';
import { entitlement } from './entitlement.ts';

export interface FluidOptions {
  /**
   * Solo CPU time of the work of each of a VM's vCPUs, ns; null: endless. Default: what the scenario says, which
   * must then be in seconds and not in units.
   */
  readonly workNs?: (vm: VmSpec, index: number) => number | null;
  /** How much of a pCPU a vCPU uses when nothing holds it back, 0..1. Default: soloDemand(). */
  readonly demand?: (vm: VmSpec, index: number) => number;
  /** Length of the window over which CPU time is counted. Default: the duration, else until all finite work is done. */
  readonly windowNs?: number;
}

export interface FluidVm {
  readonly name: string;
  /** execution time: from the VM's start until its work is done; null if endless or if it never finishes */
  readonly wallNs: number | null;
  /** CPU time inside the window */
  readonly cpuNs: number;
}

export interface FluidResult {
  readonly windowNs: number;
  readonly vms: readonly FluidVm[];
}

interface State {
  /** as events have left it */
  vm: VmSpec;
  paused: boolean;
  started: boolean;
  /** CPU time that all vCPUs together still need */
  leftNs: number;
  cpuNs: number;
  endNs: number | null;
}

/**
 * @throws TypeError when the work is in units and no option says how long a unit takes, or when the scheduler doesn't
 *   say what its VMs are entitled to
 */
export function fluid(scenario: Scenario, options: FluidOptions = {}): FluidResult {
  const { vms, pcpus } = scenario;
  const workOf = options.workNs ?? statedWork;
  const demandOf = options.demand ?? soloDemand;
  const demands = vms.map(demandOf);
  const pins = vms.map((vm) => vm.pin?.map((cpu) => pcpus.indexOf(cpu)) ?? null);
  const work = vms.map(workOf);
  const states = vms.map((vm, i): State => {
    const each = work[i];
    return {
      vm,
      paused: false,
      started: false,
      leftNs: each === null ? Infinity : each * vm.vcpus,
      cpuNs: 0,
      endNs: null,
    };
  });
  const changes = changesOf(scenario, states);
  const fixedWindowNs = options.windowNs ?? scenario.durationNs;
  const unfinished = () => states.some((state) => state.leftNs !== Infinity && state.endNs === null);
  const inWindow = () => fixedWindowNs !== null && nowNs < fixedWindowNs;

  let nowNs = 0;
  let nextChange = 0;
  while (unfinished() || inWindow()) {
    for (; nextChange < changes.length && changes[nextChange].atNs <= nowNs; nextChange++)
      changes[nextChange].apply();
    const rates = entitlement(
      pcpus.length,
      states.map((state, i) => ({
        ...owed(scenario, state.vm),
        vcpus: state.started && !state.paused && state.endNs === null ? vms[i].vcpus : 0,
        demand: demands[i],
        pcpus: pins[i],
      })),
    );
    const stops = states.map((state, i) => (rates[i] > 0 ? nowNs + state.leftNs / rates[i] : Infinity));
    const windowStop = fixedWindowNs !== null && inWindow() ? fixedWindowNs : Infinity;
    const changeStop = nextChange < changes.length ? changes[nextChange].atNs : Infinity;
    const stopNs = Math.min(windowStop, changeStop, ...stops);
    // Nothing will change any more: a VM that is unfinished now stays so for ever.
    if (stopNs === Infinity) break;
    const counts = fixedWindowNs === null || nowNs < fixedWindowNs;
    for (const [i, state] of states.entries()) {
      const usedNs = rates[i] * (stopNs - nowNs);
      if (counts) state.cpuNs += usedNs;
      state.leftNs -= usedNs;
      if (stops[i] <= stopNs) state.endNs = stopNs;
    }
    nowNs = stopNs;
  }
  return {
    windowNs: fixedWindowNs ?? nowNs,
    vms: vms.map((vm, i) => {
      const { endNs, cpuNs } = states[i];
      return { name: vm.name, wallNs: endNs === null ? null : endNs - vm.startNs, cpuNs };
    }),
  };
}

/** How much of a pCPU a vCPU uses when it is alone: `interactive` computes its size in µs (1000) out of every 10 ms. */
export function soloDemand({ workload: { spec, size } }: VmSpec): number {
  if (spec === 'interactive') return (size ?? 1000) / 10_000;
  return spec === 'idle' ? 0 : 1;
}

function owed(scenario: Scenario, vm: VmSpec): Entitlement {
  const entitlement = entitlementOf(scenario, vm);
  if (entitlement === null) throw new TypeError(`there is no ideal: ${whyNoIdeal(scenario)}`);
  return entitlement;
}

function statedWork(vm: VmSpec): number | null {
  if (vm.work?.kind === 'units')
    throw new TypeError(`the work of VM ${vm.name} is in units: say how long one takes`);
  return vm.work?.ns ?? null;
}

/** Starts and events in the order in which they happen. */
function changesOf(
  { vms, events }: Scenario,
  states: readonly State[],
): { atNs: number; apply: () => void }[] {
  const index = new Map(vms.map((vm, i) => [vm.name, i]));
  const starts = vms.map((vm, i) => ({
    atNs: vm.startNs,
    apply: () => {
      states[i].started = true;
    },
  }));
  const rest = events.map((event) => ({
    atNs: event.atNs,
    apply: () => {
      if (event.kind !== 'tune' && event.kind !== 'mark')
        applyEvent(event, states[index.get(event.vm) ?? -1]);
    },
  }));
  return [...starts, ...rest].sort((a, b) => a.atNs - b.atNs);
}

function applyEvent(event: Exclude<ScenarioEvent, { kind: 'tune' | 'mark' }>, state: State): void {
  if (event.kind === 'set') {
    state.vm = changedVm(state.vm, event);
  } else if (event.kind !== 'pin') {
    state.paused = event.kind !== 'unpause';
  }
}
