/** A scenario as the simulator takes it. */
import { planOf } from '../scenario/plan.ts';
import { named } from '../scenario/parameters.ts';
import type { Scenario, VmSpec } from '../scenario/scenario.ts';
import type { ScriptedEvent } from '../machine/agenda.ts';
import type { GuestSpec } from '../sim/guest.ts';
import type { SimOptions, SimVm } from '../sim/simulate.ts';

/** CPU time of the work of each vCPU of a VM, ns; null: endless. Both numbers count from 0. */
export type WorkNs = (vm: number, vcpuOfVm: number) => number | null;

/** `interactive` and `periodic` wake every 10 ms. */
const PERIOD_NS = 10e6;
/** What `sleeper` computes between two sleeps. */
const SLEEPER_BURST_NS = 1e6;
/** What `idle` computes between two sleeps, and so in a unit: hardly anything. */
export const IDLE_BURST_NS = 10_000;
/** Weeks: no run lasts as long, and times stay whole numbers. */
const MAX_WORK_NS = 2 ** 52;

/** @param workNs in ns of CPU time, of every VM whose work is finite */
export function simOptionsOf(scenario: Scenario, workNs: WorkNs): SimOptions {
  const plan = planOf(scenario);
  const vms = plan.vms.map(({ parameters = {}, vcpus }, vm) => ({
    ...named(parameters),
    startNs: plan.startNs[vm],
    vcpus: vcpus.map((pin, vcpu) => ({
      guest: guestOf(scenario.vms[vm], workNs(vm, vcpu)),
      ...(pin !== null && { pin }),
    })),
  }));
  return {
    pcpuCount: plan.cpus.length,
    vms,
    events: plan.events,
    durationNs: scenario.durationNs ?? patienceNs(vms, plan.events),
    stopWhenDone: plan.awaited.length > 0,
    ...(plan.spec.instants !== undefined && { instants: plan.spec.instants }),
    scheduler: { type: plan.spec.type, parameters: plan.spec.parameters },
    ...(plan.topology !== undefined && { topology: plan.topology }),
  };
}

/**
 * What a vCPU does with its CPU time. Of the built-ins some sleep or yield; every other workload computes all the time,
 * a module of the user's too, since it can't be seen from outside how its steps end.
 */
export function guestOf({ workload: { spec, size } }: VmSpec, workNs: number | null): GuestSpec {
  switch (spec) {
    case 'interactive': {
      const runNs = burstNs(size);
      return { kind: 'io', runNs, sleepNs: PERIOD_NS - runNs, ...bursts(workNs, runNs) };
    }
    case 'idle':
      return {
        kind: 'io',
        runNs: IDLE_BURST_NS,
        sleepNs: (size ?? 1000) * 1e6,
        ...bursts(workNs, IDLE_BURST_NS),
      };
    case 'periodic':
      return {
        kind: 'periodic',
        runNs: burstNs(size),
        periodNs: PERIOD_NS,
        ...bursts(workNs, burstNs(size)),
      };
    case 'sleeper':
      return {
        kind: 'io',
        runNs: SLEEPER_BURST_NS,
        sleepNs: (size ?? 9000) * 1e3,
        ...bursts(workNs, SLEEPER_BURST_NS),
      };
    case 'polite':
      return { kind: 'yield', runNs: burstNs(size), ...bursts(workNs, burstNs(size)) };
    default:
      return workNs === null
        ? { kind: 'hog' }
        : { kind: 'finite', workNs: Math.min(Math.max(1, Math.round(workNs)), MAX_WORK_NS) };
  }
}

/**
 * When to give up a run that should end with its work: a VM may stay paused or starve, and virtual time would go on
 * for ever. A cap of 1 % makes work last a hundred times as long.
 */
function patienceNs(vms: readonly SimVm[], events: readonly ScriptedEvent[]): number {
  const latestNs = Math.max(...vms.map(({ startNs = 0 }) => startNs), ...events.map(({ atNs }) => atNs));
  const aloneNs = vms.flatMap(({ vcpus }) => vcpus.map(({ guest }) => soloNs(guest)));
  return Math.min(latestNs + 1000 * aloneNs.reduce((sum, ns) => sum + ns, 0), Number.MAX_SAFE_INTEGER);
}

/** How long a guest takes that has a pCPU of its own; 0 if it is endless. */
function soloNs(guest: GuestSpec): number {
  if (guest.kind === 'finite') return guest.workNs;
  if (guest.kind === 'periodic') return (guest.count ?? 0) * guest.periodNs;
  if (guest.kind === 'yield') return (guest.count ?? 0) * guest.runNs;
  return guest.kind === 'io' ? (guest.count ?? 0) * (guest.runNs + guest.sleepNs) : 0;
}

/** Of the built-ins that have bursts, whose size is in µs. */
function burstNs(size: number | null): number {
  return (size ?? 1000) * 1e3;
}

/** Who sleeps or yields works in whole bursts. */
function bursts(workNs: number | null, runNs: number): { readonly count?: number } {
  return workNs === null ? {} : { count: Math.max(1, Math.round(Math.min(workNs, MAX_WORK_NS) / runNs)) };
}
