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
import { entitledGroups } from './entitled.ts';

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
  destroyed: boolean;
  cpuNs: number;
  /** all vCPUs that have had no pin of their own */
  readonly common: Part;
  readonly own: Map<number, Part>;
}

/** vCPUs of a VM that have gone the same way so far. */
interface Part {
  vcpus: number;
  /** indexes of pCPUs that they may run on; null: all */
  pcpus: readonly number[] | null;
  /** CPU time that they together still need */
  leftNs: number;
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
  const work = vms.map(workOf);
  const states = vms.map((vm, i): State => {
    const { vcpus, pin } = vm;
    const each = work[i];
    const common = {
      vcpus,
      pcpus: pcpusOf(scenario, pin),
      leftNs: each === null ? Infinity : each * vcpus,
      endNs: null,
    };
    return { vm, paused: false, started: false, destroyed: false, cpuNs: 0, common, own: new Map() };
  });
  const changes = changesOf(scenario, states);
  const fixedWindowNs = options.windowNs ?? scenario.durationNs;
  const unfinished = () =>
    states.some((state) => !state.destroyed && state.common.leftNs !== Infinity && endOf(state) === null);
  const inWindow = () => fixedWindowNs !== null && nowNs < fixedWindowNs;

  let nowNs = 0;
  let nextChange = 0;
  while (unfinished() || inWindow()) {
    for (; nextChange < changes.length && changes[nextChange].atNs <= nowNs; nextChange++)
      changes[nextChange].apply();
    const rates = entitledGroups(
      pcpus.length,
      states.map((state, i) => ({
        ...owed(scenario, state.vm),
        demand: demands[i],
        groups: partsOf(state).map((part) => ({
          vcpus: canRun(state) && part.endNs === null ? part.vcpus : 0,
          pcpus: part.pcpus,
        })),
      })),
    ).flat();
    const parts = states.flatMap((state) => partsOf(state).map((part) => ({ state, part })));
    const stops = parts.map(({ part }, i) => (rates[i] > 0 ? nowNs + part.leftNs / rates[i] : Infinity));
    const windowStop = fixedWindowNs !== null && inWindow() ? fixedWindowNs : Infinity;
    const changeStop = nextChange < changes.length ? changes[nextChange].atNs : Infinity;
    const stopNs = Math.min(windowStop, changeStop, ...stops);
    // Nothing will change any more: a VM that is unfinished now stays so for ever.
    if (stopNs === Infinity) break;
    const counts = fixedWindowNs === null || nowNs < fixedWindowNs;
    for (const [i, { state, part }] of parts.entries()) {
      const usedNs = rates[i] * (stopNs - nowNs);
      if (counts) state.cpuNs += usedNs;
      part.leftNs -= usedNs;
      if (stops[i] <= stopNs) part.endNs = stopNs;
    }
    nowNs = stopNs;
  }
  return {
    windowNs: fixedWindowNs ?? nowNs,
    vms: vms.map((vm, i) => {
      const { cpuNs } = states[i];
      const endNs = endOf(states[i]);
      return { name: vm.name, wallNs: endNs === null ? null : endNs - vm.startNs, cpuNs };
    }),
  };
}

/**
 * How much of a pCPU a vCPU uses when it is alone: `interactive` and `periodic` compute their size in µs (1000) out of
 * every 10 ms, and `sleeper` 1 ms before each sleep of its size (9000).
 */
export function soloDemand({ workload: { spec, size } }: VmSpec): number {
  if (spec === 'interactive' || spec === 'periodic') return (size ?? 1000) / 10_000;
  if (spec === 'sleeper') return 1000 / (1000 + (size ?? 9000));
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
function changesOf(scenario: Scenario, states: readonly State[]): { atNs: number; apply: () => void }[] {
  const { vms, events } = scenario;
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
        applyEvent(scenario, event, states[index.get(event.vm) ?? -1]);
    },
  }));
  return [...starts, ...rest].sort((a, b) => a.atNs - b.atNs);
}

function applyEvent(
  scenario: Scenario,
  event: Exclude<ScenarioEvent, { kind: 'tune' | 'mark' }>,
  state: State,
): void {
  switch (event.kind) {
    case 'set':
      state.vm = changedVm(scenario, state.vm, event);
      break;
    case 'pause':
    case 'unpause':
      state.paused = event.kind === 'pause';
      break;
    case 'destroy':
      state.destroyed = true;
      break;
    case 'pin': {
      const pins = pcpusOf(scenario, event.pin);
      const pinned = event.vcpu === null ? partsOf(state) : [ownPart(state, event.vcpu)];
      for (const part of pinned) part.pcpus = pins;
    }
  }
}

/** That of a vCPU which goes its own way from now on. */
function ownPart({ common, own }: State, vcpu: number): Part {
  let part = own.get(vcpu);
  if (part === undefined) {
    const leftNs = common.leftNs / common.vcpus;
    part = { ...common, vcpus: 1, leftNs };
    if (common.leftNs !== Infinity) common.leftNs -= leftNs;
    common.vcpus--;
    own.set(vcpu, part);
  }
  return part;
}

function partsOf({ common, own }: State): Part[] {
  return [common, ...own.values()];
}

function canRun({ started, paused, destroyed }: State): boolean {
  return started && !paused && !destroyed;
}

/** When all its vCPUs had done their work; null: they haven't. */
function endOf(state: State): number | null {
  const ends = partsOf(state)
    .filter(({ vcpus }) => vcpus > 0)
    .map(({ endNs }) => endNs ?? Infinity);
  const last = Math.max(...ends);
  return last === Infinity ? null : last;
}

function pcpusOf({ pcpus }: Scenario, pin: readonly number[] | null): readonly number[] | null {
  return pin?.map((cpu) => pcpus.indexOf(cpu)) ?? null;
}
