import type { ParameterValues } from '../core/policy.ts';

/** A change while the loop runs. */
export type LoopChange =
  | { readonly kind: 'set'; readonly vm: number; readonly parameters: ParameterValues }
  | { readonly kind: 'pause' | 'unpause' | 'destroy'; readonly vm: number }
  | {
      readonly kind: 'pin';
      readonly vm: number;
      /** of the VM, from 0; null: all of them */
      readonly vcpu: number | null;
      /** null: all of them */
      readonly pcpus: readonly number[] | null;
    }
  | { readonly kind: 'tune'; readonly parameters: ParameterValues };

/** A change that a scenario makes at run time. */
export type ScriptedEvent = LoopChange & { readonly atNs: number };

/**
 * What is planned from the beginning: when each VM starts, in order of time and VM, and the events, in order
 * of time and list.
 */
export class Agenda {
  private readonly startNs: readonly number[];
  private readonly startOrder: readonly number[];
  private readonly events: readonly ScriptedEvent[];
  private readonly indexOf: readonly number[];
  private startsTaken = 0;
  private eventsTaken = 0;
  /** Of the event that was taken last: its place in the list that was given. */
  eventIndex = -1;
  /** When something is planned next, Infinity when nothing is left. */
  nextNs: number;

  /** @param startNs per VM */
  constructor(startNs: readonly number[], events: readonly ScriptedEvent[]) {
    this.startNs = startNs;
    this.startOrder = startNs.map((_, vm) => vm).sort((a, b) => startNs[a] - startNs[b] || a - b);
    this.indexOf = events.map((_, index) => index).sort((a, b) => events[a].atNs - events[b].atNs || a - b);
    this.events = this.indexOf.map((index) => events[index]);
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
    this.eventIndex = this.indexOf[this.eventsTaken];
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
