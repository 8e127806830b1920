/** A scenario as the check makes it up: plain data that a scenario file can say, too (scenario-text.ts). */
import { flatTopology, gridTopology, type TopologyShape } from '../core/topology.ts';
import type { ParameterValues } from '../core/policy.ts';
import type { ScriptedEvent } from '../machine/agenda.ts';
import type { GuestSpec } from '../sim/guest.ts';
import type { SimOptions } from '../sim/simulate.ts';

/** What each vCPU of a VM does. Times in ns. */
export type Load =
  /** computes without end */
  | { readonly kind: 'hog' }
  /** computes so long, and is done */
  | { readonly kind: 'finite'; readonly workNs: number }
  /** every 10 ms (`interactive`): computes so long, and sleeps for the rest */
  | { readonly kind: 'sleeper'; readonly runNs: number; readonly bursts: number | null }
  /** sleeps, and computes for 10 µs (`idle`) */
  | { readonly kind: 'waker'; readonly sleepNs: number; readonly bursts: number | null }
  /** computes so long, and lets others go first (`polite`) */
  | { readonly kind: 'yielder'; readonly runNs: number; readonly bursts: number | null };

export interface CaseVm {
  readonly vcpus: number;
  readonly load: Load;
  readonly startNs: number;
  /** null: all pCPUs */
  readonly pin: readonly number[] | null;
  /** by field; absent ones have their default */
  readonly parameters: ParameterValues;
}

export interface Case {
  /** what it is about, as a clause */
  readonly name: string;
  readonly pcpuCount: number;
  /** null: one socket, no SMT */
  readonly topology: TopologyShape | null;
  /** of the scheduler, by field */
  readonly parameters: ParameterValues;
  readonly vms: readonly CaseVm[];
  readonly events: readonly ScriptedEvent[];
  readonly durationNs: number;
  /** all VMs have the same right to the only pCPU, so each must have a turn */
  readonly everybodyRuns: boolean;
}

/** What `interactive` and `idle` do, in src/predict/sim-options.ts, too. */
export const SLEEPER_PERIOD_NS = 10e6;
export const WAKER_RUN_NS = 10_000;

/** `A`, `B`, `C`, … */
export function vmName(vm: number): string {
  return String.fromCharCode('A'.charCodeAt(0) + vm);
}

/** `A/v0`, `A/v1`, `B/v0`, … by the number of the vCPU */
export function vcpuNames({ vms }: Case): string[] {
  return vms.flatMap(({ vcpus }, vm) => Array.from({ length: vcpus }, (_, vcpu) => `${vmName(vm)}/v${vcpu}`));
}

/** CPU time of each vCPU until it is done, ns; null: it never is. */
export function workOf(load: Load): number | null {
  switch (load.kind) {
    case 'hog':
      return null;
    case 'finite':
      return load.workNs;
    case 'waker':
      return load.bursts === null ? null : load.bursts * WAKER_RUN_NS;
    case 'sleeper':
    case 'yielder':
      return load.bursts === null ? null : load.bursts * load.runNs;
  }
}

/** The same as the simulator takes it. */
export function optionsOf(scenario: Case): SimOptions {
  const { pcpuCount, topology, parameters, vms, events, durationNs } = scenario;
  return {
    pcpuCount,
    topology: topology === null ? flatTopology(pcpuCount) : gridTopology(topology),
    scheduler: { parameters },
    vms: vms.map(({ vcpus, load, startNs, pin, parameters: ofVm }) => ({
      parameters: ofVm,
      startNs,
      vcpus: Array.from({ length: vcpus }, () => ({ guest: guestOf(load), ...(pin !== null && { pin }) })),
    })),
    events,
    durationNs,
    stopWhenDone: vms.every(({ load }) => workOf(load) !== null),
  };
}

function guestOf(load: Load): GuestSpec {
  switch (load.kind) {
    case 'hog':
    case 'finite':
      return load;
    case 'sleeper': {
      const { runNs } = load;
      return { kind: 'io', runNs, sleepNs: SLEEPER_PERIOD_NS - runNs, ...countOf(load) };
    }
    case 'waker':
      return { kind: 'io', runNs: WAKER_RUN_NS, sleepNs: load.sleepNs, ...countOf(load) };
    case 'yielder':
      return { kind: 'yield', runNs: load.runNs, ...countOf(load) };
  }
}

function countOf({ bursts }: { readonly bursts: number | null }): { readonly count?: number } {
  return bursts === null ? {} : { count: bursts };
}
