/** A scenario as the simulator takes it. */
import { planOf } from '../host/plan.ts';
import type { Scenario, VmSpec } from '../scenario/scenario.ts';
import type { GuestSpec } from '../sim/guest.ts';
import type { SimOptions } from '../sim/simulate.ts';

/** CPU time of the work of each vCPU of a VM, ns; null: endless. Both numbers count from 0. */
export type WorkNs = (vm: number, vcpuOfVm: number) => number | null;

/** `interactive` wakes every 10 ms. */
const INTERACTIVE_PERIOD_NS = 10e6;
/** What `idle` computes between two sleeps, and so in a unit: hardly anything. */
export const IDLE_BURST_NS = 10_000;

/** @param workNs in ns of CPU time, of every VM whose work is finite */
export function simOptionsOf(scenario: Scenario, workNs: WorkNs): SimOptions {
  const plan = planOf(scenario);
  const { tsliceNs, ratelimitNs, lbRatelimitNs, migrationDelayNs } = scenario.scheduler;
  return {
    pcpuCount: plan.cpus.length,
    vms: plan.vms.map(({ weight, cap, vcpus }, vm) => ({
      weight,
      cap,
      startNs: plan.startNs[vm],
      vcpus: vcpus.map((pin, vcpu) => ({
        guest: guestOf(scenario.vms[vm], workNs(vm, vcpu)),
        ...(pin !== null && { pin }),
      })),
    })),
    events: plan.events,
    ...(scenario.durationNs !== null && { durationNs: scenario.durationNs }),
    stopWhenDone: plan.untilDone > 0,
    scheduler: { tsliceNs, ratelimitNs, lbRatelimitNs, migrationDelayNs },
  };
}

/**
 * What a vCPU does with its CPU time. The built-in sleepers sleep; every other workload computes all the time, a
 * module of the user's too, since it can't be seen from outside whether it sleeps.
 */
export function guestOf({ workload: { spec, size } }: VmSpec, workNs: number | null): GuestSpec {
  switch (spec) {
    case 'interactive': {
      const runNs = (size ?? 1000) * 1e3;
      return { kind: 'io', runNs, sleepNs: INTERACTIVE_PERIOD_NS - runNs, ...bursts(workNs, runNs) };
    }
    case 'idle':
      return {
        kind: 'io',
        runNs: IDLE_BURST_NS,
        sleepNs: (size ?? 1000) * 1e6,
        ...bursts(workNs, IDLE_BURST_NS),
      };
    default:
      return workNs === null ? { kind: 'hog' } : { kind: 'finite', workNs: Math.max(1, Math.round(workNs)) };
  }
}

/** A sleeper works in whole bursts. */
function bursts(workNs: number | null, runNs: number): { readonly count?: number } {
  return workNs === null ? {} : { count: Math.max(1, Math.round(workNs / runNs)) };
}
