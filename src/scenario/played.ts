import type { LoopChange } from '../machine/agenda.ts';
import { named } from './parameters.ts';
import type { Scenario, ScenarioEvent, VmSpec } from './scenario.ts';

/** What may be done to a run under way: what changes the schedule, and marks for those who look on. */
export type PlayedChange = LoopChange | { readonly kind: 'mark'; readonly text: string };

/**
 * A scenario as it is played: it begins as it was planned, and grows by the VMs and the events that come while the run
 * is under way. Simulated again, it is that run.
 */
export class PlayedScenario {
  /** VMs keep their numbers, also those that were destroyed. */
  readonly vms: VmSpec[];
  readonly events: ScenarioEvent[];
  private readonly planned: Scenario;

  constructor(planned: Scenario) {
    this.planned = planned;
    this.vms = [...planned.vms];
    this.events = [...planned.events];
  }

  get pcpus(): readonly number[] {
    return this.planned.pcpus;
  }

  /** As it is now. @param endNs when the run ended; absent: as long as it was planned */
  scenario(endNs?: number): Scenario {
    const { planned, vms, events } = this;
    const durationNs = endNs ?? planned.durationNs;
    return { ...planned, durationNs, vms: [...vms], events: [...events] };
  }

  /** @returns the VM as it started */
  start(spec: VmSpec, atNs: number): VmSpec {
    const started = { ...spec, startNs: atNs };
    this.vms.push(started);
    return started;
  }

  /** @returns the change as an event */
  change(change: PlayedChange, atNs: number): ScenarioEvent {
    const event = this.eventOf(change, atNs);
    this.events.push(event);
    return event;
  }

  private eventOf(change: PlayedChange, atNs: number): ScenarioEvent {
    switch (change.kind) {
      case 'set':
        return { atNs, kind: change.kind, vm: this.vms[change.vm].name, ...named(change.parameters) };
      case 'pause':
      case 'unpause':
      case 'destroy':
        return { atNs, kind: change.kind, vm: this.vms[change.vm].name };
      case 'pin': {
        const { vm, vcpu, pcpus } = change;
        const pin = pcpus?.map((pcpu) => this.planned.pcpus[pcpu]) ?? null;
        return { atNs, kind: change.kind, vm: this.vms[vm].name, vcpu, pin };
      }
      case 'tune':
        return { atNs, kind: change.kind, parameters: defined(change.parameters) };
      case 'mark':
        return { atNs, kind: change.kind, text: change.text };
    }
  }
}

function defined(parameters: Readonly<Partial<Record<string, number>>>): Record<string, number> {
  return Object.fromEntries(
    Object.entries(parameters).flatMap(([field, value]) => (value === undefined ? [] : [[field, value]])),
  );
}
