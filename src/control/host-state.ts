/** What a host tells of itself, put together from what is known of its VMs, its records and its policy. */
import { IDLE } from '../core/policy.ts';
import type { PolicyTerms } from '../core/policy-terms.ts';
import { entitledGroups, type Group } from '../ideal/entitled.ts';
import { soloDemand } from '../ideal/fluid.ts';
import { entitlementOf } from '../scenario/entitlement.ts';
import { asItIs, type Life, pinOf, type Stage } from '../scenario/stage.ts';
import type { Inspection } from '../testbed/live-run.ts';
import type { HostState, VcpuActivity, VmState } from './state.ts';

/** Destroyed VMs are shown as long as there are at most so many VMs. */
const MOST_VMS = 100;

export interface Facts {
  readonly nowNs: number;
  readonly stage: Stage;
  readonly terms: PolicyTerms;
  readonly inspection: Inspection;
  /** per vCPU */
  readonly cpuNs: readonly number[];
  readonly done: readonly boolean[];
  /** vCPUs whose programs failed */
  readonly failed: ReadonlySet<number>;
  readonly isParked: (vcpu: number) => boolean;
  /** of the last second, per vCPU and per pCPU */
  readonly percent: { readonly vcpus: readonly number[]; readonly pcpus: readonly number[] };
}

/** A VM with the numbers of its vCPUs. */
interface Numbered {
  readonly life: Life;
  readonly first: number;
}

export function vmStates(facts: Facts): VmState[] {
  const all = numbered(facts.stage);
  const entitled = entitledPercents(facts, all);
  return shown(all).map((each) =>
    vmState(each, facts, entitled === null ? null : (entitled.get(each.life.index) ?? 0)),
  );
}

export function pcpuStates(
  { stage, inspection, percent }: Facts,
  others:
    readonly { readonly othersPercent: number | null; readonly ownThreadsPercent: number | null }[] | null,
): HostState['pcpus'] {
  const ids = numbered(stage).flatMap(({ life: { vm } }) =>
    Array.from({ length: vm.vcpus }, (_, i) => `${vm.name}/v${i}`),
  );
  return stage.pcpus.map((cpu, pcpu) => {
    const { current, queue } = inspection.pcpus[pcpu];
    return {
      cpu,
      // A VM that has started a moment ago may not be known yet.
      current: current === IDLE ? null : (ids.at(current) ?? null),
      queue: queue.flatMap((vcpu) => ids.at(vcpu) ?? []),
      busyPercent: percent.pcpus[pcpu],
      othersPercent: others?.[pcpu].othersPercent ?? null,
      ownThreadsPercent: others?.[pcpu].ownThreadsPercent ?? null,
    };
  });
}

/** Per VM, in the order of their numbers: percent of one pCPU of the last second. */
export function vmShares(stage: Stage, vcpuPercent: readonly number[]): number[] {
  return numbered(stage).map(({ life, first }) => sum(vcpuPercent.slice(first, first + life.vm.vcpus)));
}

function numbered(stage: Stage): Numbered[] {
  let first = 0;
  return stage.lives.map((life) => {
    const each = { life, first };
    first += life.vm.vcpus;
    return each;
  });
}

/** All, or without the oldest of those that were destroyed. */
function shown(all: readonly Numbered[]): readonly Numbered[] {
  let tooMany = all.length - MOST_VMS;
  if (tooMany <= 0) return all;
  return all.filter(({ life }) => life.destroyedNs === null || tooMany-- <= 0);
}

function vmState({ life, first }: Numbered, facts: Facts, entitledPercent: number | null): VmState {
  const { vm, index, parameters, destroyedNs } = life;
  const { nowNs, cpuNs, percent } = facts;
  const usedNs = sum(cpuNs.slice(first, first + vm.vcpus));
  const livedNs = Math.min(nowNs, destroyedNs ?? Infinity) - vm.startNs;
  return {
    id: index + 1,
    name: vm.name,
    phase: phaseOf({ life, first }, facts),
    parameters,
    workload: { spec: vm.workload.spec, size: vm.workload.size },
    startNs: vm.startNs,
    endNs: destroyedNs,
    cpuNs: usedNs,
    sharePercent: destroyedNs === null ? sum(percent.vcpus.slice(first, first + vm.vcpus)) : 0,
    wholeSharePercent: livedNs > 0 ? (100 * usedNs) / livedNs : 0,
    entitledPercent,
    vcpus: Array.from({ length: vm.vcpus }, (_, i) => ({
      id: `${vm.name}/v${i}`,
      number: first + i,
      activity: activityOf(life, first + i, facts),
      pcpu: facts.inspection.vcpus[first + i]?.pcpu ?? 0,
      cpuNs: cpuNs[first + i] ?? 0,
      pin: pinOf(life, i),
      readings: facts.inspection.vcpus[first + i]?.readings ?? [],
    })),
  };
}

function phaseOf({ life, first }: Numbered, { nowNs, done, failed }: Facts): VmState['phase'] {
  const { vm, destroyedNs, isPaused } = life;
  if (destroyedNs !== null) return 'destroyed';
  if (vm.startNs > nowNs) return 'planned';
  const vcpus = Array.from({ length: vm.vcpus }, (_, i) => first + i);
  if (vcpus.some((vcpu) => failed.has(vcpu))) return 'failed';
  if (vcpus.every((vcpu) => done[vcpu])) return 'done';
  return isPaused ? 'paused' : 'running';
}

/** What can neither run nor is done is paused or parked, and else asleep: one that hasn't started, too. */
function activityOf(life: Life, vcpu: number, { inspection, done, isParked }: Facts): VcpuActivity {
  if (done[vcpu] || life.destroyedNs !== null) return 'done';
  if (inspection.pcpus.some(({ current }) => current === vcpu)) return 'running';
  if (inspection.pcpus.some(({ queue }) => queue.includes(vcpu))) return 'waiting';
  if (life.isPaused) return 'paused';
  return isParked(vcpu) ? 'parked' : 'blocked';
}

/**
 * By the VM's index: what it is entitled to beside all that live and have work now; null: the scheduler doesn't say.
 */
function entitledPercents(
  { stage, nowNs, done }: Facts,
  all: readonly Numbered[],
): Map<number, number> | null {
  const competing = all.filter(
    ({ life }) => life.destroyedNs === null && life.vm.startNs <= nowNs && !life.isPaused,
  );
  const claimants = competing.flatMap(({ life, first }) => {
    const entitlement = entitlementOf(stage, asItIs(life));
    const groups = groupsOf(life, stage.pcpus, (vcpu) => !done[first + vcpu]);
    return entitlement === null ? [] : [{ ...entitlement, demand: soloDemand(life.vm), groups }];
  });
  if (claimants.length < competing.length) return null;
  const rates = entitledGroups(stage.pcpus.length, claimants);
  return new Map(competing.map(({ life }, i) => [life.index, 100 * sum(rates[i])]));
}

/** vCPUs that may run on the same pCPUs belong together. */
function groupsOf(life: Life, pcpus: readonly number[], canRun: (vcpu: number) => boolean): Group[] {
  const groups = new Map<string, { vcpus: number; readonly pcpus: readonly number[] | null }>();
  for (let vcpu = 0; vcpu < life.vm.vcpus; vcpu++) {
    if (!canRun(vcpu)) continue;
    const pin = pinOf(life, vcpu);
    const key = pin === null ? 'all' : pin.join();
    const group = groups.get(key) ?? { vcpus: 0, pcpus: pin?.map((cpu) => pcpus.indexOf(cpu)) ?? null };
    group.vcpus++;
    groups.set(key, group);
  }
  return [...groups.values()];
}

function sum(values: readonly number[]): number {
  return values.reduce((total, value) => total + value, 0);
}
