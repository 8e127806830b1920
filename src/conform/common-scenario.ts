/** What golden scenarios of all policies say in the same way, to and from simulations. */
import { LabError } from '../base/errors.ts';
import type { ScriptedEvent } from '../machine/agenda.ts';
import type { GuestSpec } from '../sim/guest.ts';
import type { SimOptions, SimVcpu, SimVm } from '../sim/simulate.ts';
import type { GoldenEvent, GoldenScenario, GoldenVcpu, GoldenVm } from './golden-schema.ts';

/** Names of all vCPUs in order: `A.0`. */
export function vcpuNames(scenario: GoldenScenario): string[] {
  return scenario.vms.flatMap((vm) => vm.vcpus.map((_, index) => `${vm.name}.${index}`));
}

/** Golden files give ms with a fraction; the nearest whole ns is meant. */
export function ns(ms: number | undefined): number {
  return Math.round((ms ?? NaN) * 1e6);
}

/** A key with a value in whole numbers of a smaller unit, or nothing. */
export function optional<Key extends string>(
  key: Key,
  value: number | undefined,
  unitNs: number,
): Partial<Record<Key, number>> {
  if (value === undefined) return {};
  return { [key]: Math.round(value * unitNs) } as Record<Key, number>;
}

/** How long the run is, and on what. */
export function commonSimulation(
  scenario: GoldenScenario,
): Pick<SimOptions, 'pcpuCount' | 'durationNs' | 'stopWhenDone' | 'sampleNs'> {
  const { params } = scenario;
  return {
    pcpuCount: scenario.pcpus,
    durationNs: ns(scenario.duration_ms),
    stopWhenDone: Number(params.stop_when_done ?? 0) !== 0,
    sampleNs: ns(params.sample_ms ?? 1000),
  };
}

/** The reverse. @throws LabError BAD_SCENARIO for a topology */
export function commonScenario(
  name: string,
  { pcpuCount, durationNs = NaN, topology }: SimOptions,
): Pick<GoldenScenario, 'name' | 'pcpus' | 'duration_ms'> {
  if (topology !== undefined) {
    throw new LabError('BAD_SCENARIO', 'a golden file has no topology: its pCPUs are all alike', {
      hint: 'leave out the topology',
    });
  }
  return { name, pcpus: pcpuCount, duration_ms: durationNs / 1e6 };
}

export function commonParams({ stopWhenDone, sampleNs }: SimOptions): GoldenScenario['params'] {
  return {
    ...(sampleNs !== undefined && { sample_ms: sampleNs / 1e6 }),
    ...(stopWhenDone === true && { stop_when_done: 1 }),
  };
}

/** When a VM starts, and what it computes. */
export function commonVm(vm: GoldenVm): Required<Pick<SimVm, 'startNs' | 'vcpus'>> {
  return {
    startNs: ns(vm.start_ms ?? 0),
    vcpus: vm.vcpus.map((vcpu) => ({
      guest: guestOf(vcpu),
      ...(vcpu.pin !== undefined && { pin: vcpu.pin }),
    })),
  };
}

/** The reverse. */
export function commonVmFields({ startNs = 0, vcpus }: SimVm): Omit<GoldenVm, 'name'> {
  return { ...(startNs !== 0 && { start_ms: startNs / 1e6 }), vcpus: vcpus.map(vcpuOf) };
}

/** The number of the VM that an event names. @throws LabError BAD_FILE */
export function vmOf(event: GoldenEvent, scenario: GoldenScenario): number {
  const vm = scenario.vms.findIndex(({ name }) => name === event.vm);
  if (vm >= 0) return vm;
  throw new LabError('BAD_FILE', `scenario ${scenario.name}: an event names an unknown VM`, {
    got: String(event.vm),
  });
}

/** @throws LabError BAD_SCENARIO: files can't tell this event */
export function refuseEvent({ kind }: ScriptedEvent, expected: string): never {
  throw new LabError('BAD_SCENARIO', `golden files have no event '${kind}'`, {
    expected,
    hint: 'leave the event out; `--trace` records such a simulation',
  });
}

function guestOf(vcpu: GoldenVcpu): GuestSpec {
  const count = vcpu.count === undefined ? {} : { count: vcpu.count };
  switch (vcpu.type) {
    case 'hog':
      return { kind: 'hog' };
    case 'finite':
      return { kind: 'finite', workNs: ns(vcpu.work_ms) };
    case 'io':
      return { kind: 'io', runNs: ns(vcpu.run_ms), sleepNs: ns(vcpu.sleep_ms), ...count };
    case 'periodic':
      return { kind: 'periodic', runNs: ns(vcpu.run_ms), periodNs: ns(vcpu.period_ms), ...count };
    case 'yield':
      return { kind: 'yield', runNs: ns(vcpu.run_ms), ...count };
  }
}

function vcpuOf({ guest, pin }: SimVcpu): GoldenVcpu {
  return { ...guestFields(guest), ...(pin !== undefined && { pin }) };
}

function guestFields(guest: GuestSpec): GoldenVcpu {
  const count = 'count' in guest && guest.count !== undefined ? { count: guest.count } : {};
  switch (guest.kind) {
    case 'hog':
      return { type: 'hog' };
    case 'finite':
      return { type: 'finite', work_ms: guest.workNs / 1e6 };
    case 'io':
      return { type: 'io', run_ms: guest.runNs / 1e6, sleep_ms: guest.sleepNs / 1e6, ...count };
    case 'periodic':
      return { type: 'periodic', run_ms: guest.runNs / 1e6, period_ms: guest.periodNs / 1e6, ...count };
    case 'yield':
      return { type: 'yield', run_ms: guest.runNs / 1e6, ...count };
  }
}
