/**
 * Scenarios that are a little simpler than one, the greatest steps first. Who follows the first that still fails, again
 * and again, comes to one in which everything is needed.
 */
import type { ScriptedEvent } from '../machine/agenda.ts';
import { type Case, type CaseVm, type Load, workOf } from './case.ts';

/**
 * @param atNs when it failed
 * @param isWait what fails is that something doesn't happen: the time for it is needed
 */
export function* smaller(scenario: Case, atNs: number, isWait: boolean): Generator<Case> {
  if (!isWait) yield* shorter(scenario, atNs);
  yield* withoutVms(scenario);
  yield* withoutEvents(scenario);
  yield* withFewerPcpus(scenario);
  if (Object.keys(scenario.parameters).length > 0) yield { ...scenario, parameters: {} };
  for (const [vm, each] of scenario.vms.entries())
    for (const simpler of simplerVms(each)) yield withVm(scenario, vm, simpler);
  yield* withEarlierEvents(scenario);
}

/** What failed after that long fails in a run that is over then. */
function* shorter(scenario: Case, atNs: number): Generator<Case> {
  const { durationNs, events, vms } = scenario;
  const latestNs = Math.max(...events.map((event) => event.atNs), ...vms.map(({ startNs }) => startNs));
  const enoughNs = Math.max(1e6, roundUp(Math.max(atNs, latestNs) + 1));
  if (enoughNs < durationNs) yield { ...scenario, durationNs: enoughNs, everybodyRuns: false };
}

/** To two digits: 347 ms are 350 ms. */
function roundUp(ns: number): number {
  const unit = 10 ** Math.max(0, Math.floor(Math.log10(ns)) - 1);
  return Math.ceil(ns / unit) * unit;
}

function* withoutVms(scenario: Case): Generator<Case> {
  const { vms, events } = scenario;
  if (vms.length === 1) return;
  for (let gone = vms.length - 1; gone >= 0; gone--) {
    const kept = events.flatMap((event): ScriptedEvent[] => {
      if (event.kind === 'tune') return [event];
      if (event.vm === gone) return [];
      return [{ ...event, vm: event.vm > gone ? event.vm - 1 : event.vm }];
    });
    yield { ...scenario, vms: vms.filter((_, vm) => vm !== gone), events: kept };
  }
}

function* withoutEvents(scenario: Case): Generator<Case> {
  const { events } = scenario;
  if (events.length > 1) yield { ...scenario, events: [] };
  for (const gone of events.keys())
    yield { ...scenario, events: events.filter((_, index) => index !== gone) };
}

function* withFewerPcpus(scenario: Case): Generator<Case> {
  const { topology, pcpuCount } = scenario;
  if (topology !== null) yield { ...scenario, topology: null };
  if (pcpuCount === 1) return;
  const onFewer = (count: number): Case => {
    const fitting = (pin: readonly number[] | null): readonly number[] | null => {
      const kept = pin?.filter((pcpu) => pcpu < count) ?? null;
      return kept !== null && (kept.length === 0 || kept.length === count) ? null : kept;
    };
    return {
      ...scenario,
      pcpuCount: count,
      topology: null,
      vms: scenario.vms.map((each) => ({ ...each, pin: fitting(each.pin) })),
      events: scenario.events.map((event) =>
        event.kind === 'pin' ? { ...event, pcpus: fitting(event.pcpus) } : event,
      ),
    };
  };
  yield onFewer(1);
  if (pcpuCount > 2) yield onFewer(pcpuCount - 1);
}

function* simplerVms(vm: CaseVm): Generator<CaseVm> {
  if (vm.vcpus > 1) yield { ...vm, vcpus: 1 };
  if (vm.vcpus > 2) yield { ...vm, vcpus: vm.vcpus - 1 };
  if (vm.startNs > 0) yield { ...vm, startNs: 0 };
  if (vm.pin !== null) yield { ...vm, pin: null };
  if (vm.pin !== null && vm.pin.length > 1) yield { ...vm, pin: vm.pin.slice(0, 1) };
  const fields = Object.keys(vm.parameters);
  for (const gone of fields)
    yield {
      ...vm,
      parameters: Object.fromEntries(Object.entries(vm.parameters).filter(([field]) => field !== gone)),
    };
  for (const load of simplerLoads(vm.load)) yield { ...vm, load };
}

/** Work that ends stays work that ends. */
function* simplerLoads(load: Load): Generator<Load> {
  const isEndless = workOf(load) === null;
  if (load.kind !== 'hog' && isEndless) yield { kind: 'hog' };
  if (load.kind !== 'finite' && !isEndless) yield { kind: 'finite', workNs: 10e6 };
  if (load.kind === 'finite' && load.workNs > 10e6) yield { kind: 'finite', workNs: 10e6 };
  if (load.kind === 'sleeper' && load.runNs !== 1e6) yield { ...load, runNs: 1e6 };
  if (load.kind === 'yielder' && load.runNs !== 1e6) yield { ...load, runNs: 1e6 };
  if (load.kind === 'waker' && load.sleepNs !== 1e6) yield { ...load, sleepNs: 1e6 };
  if ('bursts' in load && load.bursts !== null && load.bursts > 2) yield { ...load, bursts: 2 };
}

function* withEarlierEvents(scenario: Case): Generator<Case> {
  const { events, vms } = scenario;
  for (const [index, event] of events.entries()) {
    const startNs = 'vm' in event ? vms[event.vm].startNs : 0;
    for (const atNs of [startNs + 5e6, startNs + 20e6]) {
      const isInOrder = index === 0 || atNs >= events[index - 1].atNs;
      if (atNs < event.atNs && isInOrder)
        yield { ...scenario, events: events.with(index, { ...event, atNs }) };
    }
  }
}

function withVm(scenario: Case, vm: number, simpler: CaseVm): Case {
  const isThere = (event: ScriptedEvent): boolean =>
    event.kind !== 'pin' || event.vm !== vm || event.vcpu === null || event.vcpu < simpler.vcpus;
  return { ...scenario, vms: scenario.vms.with(vm, simpler), events: scenario.events.filter(isThere) };
}

/**
 * The simplest scenario that can be come to so.
 * @param fails when it fails, ns of virtual time, or null if it doesn't, or otherwise
 * @param isWait as of smaller()
 * @param mayGoOn asked before each attempt
 */
export function simplest(
  scenario: Case,
  atNs: number,
  isWait: boolean,
  fails: (smallerOne: Case) => number | null,
  mayGoOn: () => boolean,
): Case {
  let [best, bestNs] = [scenario, atNs];
  for (;;) {
    let found: readonly [Case, number] | null = null;
    for (const candidate of smaller(best, bestNs, isWait)) {
      if (!mayGoOn()) return best;
      const failedNs = fails(candidate);
      if (failedNs === null) continue;
      found = [candidate, failedNs];
      break;
    }
    if (found === null) return best;
    [best, bestNs] = found;
  }
}
