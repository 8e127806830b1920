import { idealOf, type VmIdeal } from '../ideal/ideal.ts';
import { ownCounts } from '../core/counters.ts';
import { workRateOf } from '../analysis/work-rate.ts';
import type { HoldUps, RunResult } from '../result/result.ts';
import type { VcpuResult, VmPrediction, VmResult } from '../result/vm-result.ts';
import { settingsAtStart } from '../scenario/plan.ts';
import type { Scenario } from '../scenario/scenario.ts';
import type { ContentionMeter } from './contention-meter.ts';
import type { FactReader, LongStay } from './fact-reader.ts';
import type { HostWatch } from './host-watch.ts';
import { type Native, readStats, StatField, VcpuField } from '../addon/native.ts';
import type { HeldUp, Scoreboard } from './scoreboard.ts';
import type { SpeedMeter } from './speed-meter.ts';
import type { VcpuGauges } from './vcpu-gauges.ts';

/** The part of a vCPU's result that only its thread or the verification knows. */
export interface Outcome {
  checksum: number | string | null;
  checksumOk: boolean | null;
  /** of how many steps it was compared */
  verifiedUnits: number;
}

/** Everything that the result of a run is put together from; also in the middle of the run. */
export interface Sources {
  readonly native: Native;
  readonly scenario: Scenario;
  readonly gauges: VcpuGauges;
  readonly scoreboard: Scoreboard;
  readonly facts: FactReader;
  readonly speed: SpeedMeter;
  readonly host: Pick<HostWatch, 'events'>;
  /** Index pCPU: what other threads of this process used there, ns; null: the kernel doesn't tell */
  readonly ownThreadsNs: Float64Array | null;
  /** null: the intent isn't recorded */
  readonly intentsDropped: number | null;
  readonly outcomes: readonly Outcome[];
  /** Index vCPU: the kernel's statistics of its thread at the common start; null when it keeps none. */
  readonly statsBefore: readonly (Float64Array | null)[];
  /** Per VM: calibrated CPU time of a unit; null: not known; shorter than the list of VMs while that is under way. */
  readonly nsPerUnit: readonly (number | null)[];
  /** Per VM: CPU time of each vCPU's work, of a finished one what it took; null: endless; NaN: not known. */
  readonly workNs: readonly (number | null)[];
  readonly contention: ContentionMeter;
  /** Per VM, computed before the run; null: none. */
  readonly forecast: readonly VmPrediction[] | null;
  /** Intervals in which the whole process stood still; execution times leave them out. */
  readonly stopped: readonly HeldUp[];
  /** What else held up the loop. */
  readonly holdUps: HoldUps;
}

export function resultOf(sources: Sources, complete: boolean, warnings: readonly string[]): RunResult {
  const { scenario, native, scoreboard, facts, stopped } = sources;
  facts.drain();
  const nowNs = scoreboard.isArmed ? native.nowNs() : 0;
  const endNs = scoreboard.endNs >= 0 ? scoreboard.endNs : nowNs;
  const windowNs = Math.max(0, endNs - stoppedWithin(stopped, 0, endNs));
  const vcpus = sources.gauges.places.map((_, index) => vcpuResult(sources, index));
  const ideal = idealOf(scenario, sources.workNs, windowNs);
  const contended = contendedOf(sources, vcpus, endNs);
  return {
    windowNs,
    contendedNs: contended?.lengthNs ?? 0,
    complete,
    vms: scenario.vms.map((_, index) =>
      vmResult(sources, index, vcpus, { windowNs, ideal: ideal[index], contended }),
    ),
    pcpus: scenario.pcpus.map((id, pcpu) => ({
      id,
      busyNs: facts.busyNs[pcpu] + openNs(sources, pcpu),
      switches: scoreboard.counters.switches[pcpu],
      ownThreadsNs: sources.ownThreadsNs?.[pcpu] ?? null,
      stolenNs: Math.max(0, facts.stolenOnNs[pcpu] - stoppedIn(sources, (stay) => stay.pcpu === pcpu)),
    })),
    loop: {
      tickLatenessNs: scoreboard.tickLateness.quantiles(),
      latencyNs: {
        timer: scoreboard.timerLatency.distribution(),
        exit: scoreboard.exitLatency.distribution(),
        wake: scoreboard.wakeLatency.distribution(),
        handOver: facts.handOver.distribution(),
        gap: facts.gap.distribution(),
        start: facts.start.distribution(),
      },
      switchGapNs: facts.gap.quantiles(),
      decisionNs: scoreboard.decision.quantiles(),
      dispatchNs: scoreboard.dispatch.quantiles(),
      cpuNs: scoreboard.loopCpuNs,
      factsDropped: facts.dropped,
      ...(sources.intentsDropped !== null && { intentsDropped: sources.intentsDropped }),
      heldUp: sources.holdUps,
    },
    workRate: workRateOf(sources.speed.stretches()),
    hostEvents: sources.host.events(),
    warnings,
  };
}

/** CPU time, so far, of the stay on a pCPU that hasn't ended, ns */
function openNs({ facts, gauges }: Sources, pcpu: number): number {
  const open = facts.openStays().find((stay) => stay.pcpu === pcpu);
  return open === undefined ? 0 : Math.max(0, gauges.cpuNs(open.vcpu) - open.sinceCpuNs);
}

interface ContendedTime {
  readonly lengthNs: number;
  /** index vCPU */
  readonly cpuNs: readonly number[];
}

/** CPU times while all VMs competed; null: they never did. */
function contendedOf(sources: Sources, vcpus: readonly VcpuResult[], endNs: number): ContendedTime | null {
  const { contention, stopped } = sources;
  const doneNs = vcpus.map((vcpu) => vcpu.endNs);
  contention.settle(doneNs, endNs);
  const cpuTimes = vcpus.map(({ cpuNs }) => cpuNs);
  const contended = contention.contended(doneNs, endNs, cpuTimes);
  if (contended === null) return null;
  const { fromNs, toNs } = contended.span;
  const lengthNs = toNs - fromNs - stoppedWithin(stopped, fromNs, toNs);
  return lengthNs > 0 ? { lengthNs, cpuNs: contended.cpuNs } : null;
}

function vmResult(
  sources: Sources,
  index: number,
  all: readonly VcpuResult[],
  {
    windowNs,
    ideal,
    contended,
  }: { readonly windowNs: number; readonly ideal: VmIdeal; readonly contended: ContendedTime | null },
): VmResult {
  const vm = sources.scenario.vms[index];
  const isOwn = (_: unknown, vcpu: number): boolean => sources.gauges.places[vcpu].vmIndex === index;
  const vcpus = all.filter(isOwn);
  const cpuNs = vcpus.reduce((sum, vcpu) => sum + vcpu.cpuNs, 0);
  const ends = vcpus.map((vcpu) => vcpu.endNs);
  const endNs = ends.includes(null) ? null : Math.max(...ends.map(Number));
  return {
    name: vm.name,
    ...settingsAtStart(vm),
    cpuNs,
    sharePercent: windowNs > 0 ? (100 * cpuNs) / windowNs : 0,
    idealSharePercent: ideal.sharePercent,
    contendedSharePercent:
      contended === null
        ? null
        : (100 * contended.cpuNs.filter(isOwn).reduce((sum, ns) => sum + ns, 0)) / contended.lengthNs,
    idealContendedSharePercent: ideal.contendedSharePercent,
    workSharePercent: workSharePercent(soloNsPerUnit(sources, index, all), vcpus, windowNs),
    wallNs: endNs === null ? null : endNs - vm.startNs - stoppedWithin(sources.stopped, vm.startNs, endNs),
    idealWallNs: ideal.wallNs,
    forecast: sources.forecast?.[index] ?? null,
    vcpus,
  };
}

/**
 * CPU time of a unit on a pCPU that the program has alone: as calibrated, or as in the run if a vCPU was faster there.
 * A program without an end is calibrated briefly, and a large one isn't compiled by then.
 */
function soloNsPerUnit({ scenario, gauges, nsPerUnit }: Sources, index: number, all: readonly VcpuResult[]) {
  const calibrated = nsPerUnit.at(index) ?? null;
  if (calibrated === null) return null;
  const { url, size } = scenario.vms[index].workload;
  const inRun = all.filter(({ units }, vcpu) => {
    const { workload } = scenario.vms[gauges.places[vcpu].vmIndex];
    return units > 0 && workload.url === url && workload.size === size;
  });
  return Math.min(calibrated, ...inRun.map(({ cpuNs, units }) => cpuNs / units));
}

/** What the VM got done, in percent of what one pCPU does alone in the same time. */
function workSharePercent(
  nsPerUnit: number | null,
  vcpus: readonly VcpuResult[],
  windowNs: number,
): number | null {
  if (nsPerUnit === null || windowNs <= 0) return null;
  const units = vcpus.reduce((sum, vcpu) => sum + vcpu.units, 0);
  return (100 * units * nsPerUnit) / windowNs;
}

function vcpuResult(sources: Sources, vcpu: number): VcpuResult {
  const { native, scoreboard, facts, gauges, outcomes } = sources;
  const fields = new Float64Array(VcpuField.size);
  native.readVcpu(vcpu, fields);
  const { counters } = scoreboard;
  const tid = fields[VcpuField.tid];
  const before = sources.statsBefore[vcpu] ?? null;
  const after = scoreboard.finalStatsOf(vcpu) ?? readStats(native, tid);
  const grown = (field: number): number | null =>
    before === null || after === null ? null : after[field] - before[field];
  const stoppedNs = stoppedIn(sources, (stay) => stay.vcpu === vcpu);
  return {
    id: gauges.places[vcpu].id,
    tid,
    cpuNs: gauges.cpuNs(vcpu),
    units: fields[VcpuField.units],
    checksum: outcomes[vcpu].checksum,
    checksumOk: outcomes[vcpu].checksumOk,
    ...(outcomes[vcpu].checksumOk !== null && { verifiedUnits: outcomes[vcpu].verifiedUnits }),
    startNs: instant(fields[VcpuField.startNs]),
    endNs: instant(fields[VcpuField.endNs]),
    dispatches: counters.dispatches[vcpu],
    steals: counters.steals[vcpu],
    migrations: counters.migrations[vcpu],
    counters: ownCounts(counters, vcpu),
    stolenNs: Math.max(0, facts.stolenNs[vcpu] - stoppedNs),
    deferredPauses: fields[VcpuField.deferredPauses],
    overrunNs: fields[VcpuField.overrunNs],
    pauses: facts.pauses[vcpu],
    putOffs: facts.putOffs[vcpu],
    involuntarySwitches: grown(StatField.involuntary),
    runqWaitNs: grown(StatField.runqWaitNs),
  };
}

function instant(ns: number): number | null {
  return ns < 0 ? null : ns;
}

/** While the whole process was stopped, nobody took anything from the vCPUs that were on the cores. */
function stoppedIn({ facts, stopped }: Sources, isMeant: (stay: LongStay) => boolean): number {
  return facts.longStays
    .filter(isMeant)
    .reduce((sum, { fromNs, toNs }) => sum + stoppedWithin(stopped, fromNs, toNs), 0);
}

function stoppedWithin(stopped: readonly HeldUp[], fromNs: number, toNs: number): number {
  return stopped.reduce(
    (sum, { atNs, lengthNs }) => sum + Math.max(0, Math.min(toNs, atNs + lengthNs) - Math.max(fromNs, atNs)),
    0,
  );
}
