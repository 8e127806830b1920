import type { ParameterValues, Policy } from '../core/policy.ts';

/** A change that a scenario makes at run time. */
export type ScriptedEvent =
  | { readonly atNs: number; readonly kind: 'set'; readonly vm: number; readonly parameters: ParameterValues }
  | { readonly atNs: number; readonly kind: 'pause' | 'unpause'; readonly vm: number }
  | { readonly atNs: number; readonly kind: 'tune'; readonly parameters: ParameterValues };

/** Wake-ups by an event happen on the first pCPU, where Xen's control domain would run. */
const CONTROL_PCPU = 0;

/**
 * What is planned from the beginning: when each VM starts, in order of time and VM, and the events, in order
 * of time and list.
 */
export class Agenda {
  private readonly startNs: readonly number[];
  private readonly startOrder: readonly number[];
  private readonly events: readonly ScriptedEvent[];
  private startsTaken = 0;
  private eventsTaken = 0;
  /** When something is planned next, Infinity when nothing is left. */
  nextNs: number;

  /** @param startNs per VM */
  constructor(startNs: readonly number[], events: readonly ScriptedEvent[]) {
    this.startNs = startNs;
    this.startOrder = startNs.map((_, vm) => vm).sort((a, b) => startNs[a] - startNs[b] || a - b);
    this.events = [...events].sort((a, b) => a.atNs - b.atNs);
    this.nextNs = this.earliest();
  }

  /** The next VM that is due to start, or −1. */
  takeStart(nowNs: number): number {
    if (this.nextStartNs() > nowNs) return -1;
    const vm = this.startOrder[this.startsTaken++];
    this.nextNs = this.earliest();
    return vm;
  }

  /** The next event that is due, or null. */
  takeEvent(nowNs: number): ScriptedEvent | null {
    if (this.nextEventNs() > nowNs) return null;
    const event = this.events[this.eventsTaken++];
    this.nextNs = this.earliest();
    return event;
  }

  private earliest(): number {
    return Math.min(this.nextStartNs(), this.nextEventNs());
  }

  private nextStartNs(): number {
    return this.startsTaken < this.startOrder.length
      ? this.startNs[this.startOrder[this.startsTaken]]
      : Infinity;
  }

  private nextEventNs(): number {
    return this.eventsTaken < this.events.length ? this.events[this.eventsTaken].atNs : Infinity;
  }
}

export function applyEvent(policy: Policy, event: ScriptedEvent, nowNs: number): void {
  switch (event.kind) {
    case 'set':
      policy.setVm(event.vm, event.parameters, nowNs);
      break;
    case 'pause':
      policy.pauseVm(event.vm, nowNs);
      break;
    case 'unpause':
      policy.unpauseVm(event.vm, nowNs, CONTROL_PCPU);
      break;
    case 'tune':
      policy.tune(event.parameters, nowNs);
      break;
  }
}
