import type { PolicyVm } from '../core/policy.ts';
import type { Topology } from '../core/topology.ts';
import { policyTypeOf } from '../policies.ts';
import type { ScriptedEvent } from '../machine/agenda.ts';
import { byField } from './parameters.ts';
import type { Scenario, SchedulerSpec, VmSpec } from './scenario.ts';

/**
 * A scenario in the loop's terms: numbers in place of names, pCPU numbers in place of host CPUs. It crosses threads as
 * it is.
 */
export interface Plan {
  readonly spec: SchedulerSpec;
  /** Index pCPU: the host CPU. */
  readonly cpus: readonly number[];
  /** absent: one socket, no SMT */
  readonly topology?: Topology;
  readonly vms: readonly PolicyVm[];
  readonly startNs: readonly number[];
  readonly events: readonly ScriptedEvent[];
  /** Infinity: until the work is done */
  readonly durationNs: number;
  /** The run ends when these vCPUs have finished; none: it doesn't. */
  readonly awaited: readonly number[];
}

export function planOf(scenario: Scenario): Plan {
  const pcpuOf = new Map(scenario.pcpus.map((cpu, pcpu) => [cpu, pcpu]));
  const pcpusOf = (pin: readonly number[] | null) => pin?.map((cpu) => pcpuOf.get(cpu) ?? -1) ?? null;
  const vmOf = (name: string): number => scenario.vms.findIndex((vm) => vm.name === name);
  const finite = [...vcpusOf(scenario).entries()].filter(([, { vm }]) => vm.work !== null);
  const isEndless = scenario.vms.some((vm) => vm.work === null);
  const { vmParameters } = policyTypeOf(scenario.scheduler.type);
  return {
    spec: scenario.scheduler,
    cpus: scenario.pcpus,
    ...(scenario.topology === undefined ? {} : { topology: scenario.topology }),
    vms: scenario.vms.map((vm) => {
      const pcpus = pcpusOf(vm.pin);
      return { parameters: byField(vmParameters, vm), vcpus: Array.from({ length: vm.vcpus }, () => pcpus) };
    }),
    startNs: scenario.vms.map((vm) => vm.startNs),
    events: scenario.events.flatMap((event): ScriptedEvent[] => {
      const { atNs } = event;
      switch (event.kind) {
        case 'set':
          return [{ atNs, kind: event.kind, vm: vmOf(event.vm), parameters: byField(vmParameters, event) }];
        case 'pause':
        case 'unpause':
        case 'destroy':
          return [{ ...event, vm: vmOf(event.vm) }];
        case 'pin':
          return [
            { atNs, kind: event.kind, vm: vmOf(event.vm), vcpu: event.vcpu, pcpus: pcpusOf(event.pin) },
          ];
        case 'tune':
          return [event];
        // It is for those who look on.
        case 'mark':
          return [];
      }
    }),
    durationNs: scenario.durationNs ?? Infinity,
    // With a duration and an endless VM the finite ones may finish early; the run goes on for the others.
    awaited: scenario.durationNs === null || !isEndless ? finite.map(([vcpu]) => vcpu) : [],
  };
}

/** Of the events that a plan has: their places among the scenario's. Marks are for those who look on. */
export function eventPlaces({ events }: Scenario): number[] {
  return [...events.keys()].filter((place) => events[place].kind !== 'mark');
}

/** A vCPU of a scenario. Its index in vcpusOf()'s list is its number everywhere. */
export interface VcpuPlace {
  readonly vm: VmSpec;
  readonly vmIndex: number;
  /** as threads are named: VM/v0 */
  readonly id: string;
}

export function vcpusOf(scenario: Scenario): VcpuPlace[] {
  return scenario.vms.flatMap((vm, vmIndex) =>
    Array.from({ length: vm.vcpus }, (_, i) => ({ vm, vmIndex, id: `${vm.name}/v${i}` })),
  );
}

/** Weight and cap of a VM, each where the scheduler's VMs have one. */
export function settingsAtStart({ weight, cap }: VmSpec): Pick<VmSpec, 'weight' | 'cap'> {
  return { ...(weight !== undefined && { weight }), ...(cap !== undefined && { cap }) };
}
