/** A scenario in virtual time, with a result like that of a run on real cores. */
import { arch, platform, release } from 'node:os';
import type { ParameterValues } from '../core/policy.ts';
import { idealOf } from '../ideal/ideal.ts';
import { formatDuration, MAX_DURATION_NS } from '../scenario/duration.ts';
import { LabError } from '../base/errors.ts';
import { eventPlaces, settingsAtStart, vcpusOf } from '../scenario/plan.ts';
import type { Scenario, VmSpec } from '../scenario/scenario.ts';
import type { LatencyModel } from '../sim/latency-model.ts';
import { latencyOf } from '../sim/latency-model.ts';
import type { SimOptions, SimResult } from '../sim/simulate.ts';
import { simulateInParts } from '../sim/simulate-in-parts.ts';
import { simulate } from '../sim/simulate.ts';
import type { RecordSink } from '../trace/record.ts';
import { TraceRecorder } from '../trace/recorder.ts';
import type { RecordTaker } from '../trace/store.ts';
import { contendedIn, type ContendedSimulation, sampled } from './contended-simulation.ts';
import type { ChangeResult, HostDescription, LoopResult, RunResult } from '../result/result.ts';
import type { VcpuResult } from '../result/vm-result.ts';
import { IDLE_BURST_NS, simOptionsOf } from './sim-options.ts';

export interface SimulatedRunOptions {
  /** CPU time of a unit of a VM's work, ns, for work that is given in units. Default: not known. */
  readonly nsPerUnit?: (vm: VmSpec) => number | null;
  /** every timer is late by up to that; default 0 */
  readonly jitterNs?: number;
  /** how late timers are, in place of `jitterNs` */
  readonly latency?: LatencyModel;
  /** of the lateness; default: the scenario's */
  readonly seed?: number;
  /** what the policy declares for simulations, by field; absent: the defaults */
  readonly parameters?: ParameterValues;
  /** is given all records; default: nothing is recorded */
  readonly trace?: RecordTaker & RecordSink;
}

/** @throws LabError BAD_SCENARIO: work in units of unknown length, or a run that would never end */
export function simulatedRun(scenario: Scenario, options: SimulatedRunOptions = {}): RunResult {
  return resultOf(scenario, options, simulate(recorded(scenario, options)));
}

/**
 * The same in a thread that must heed signals meanwhile.
 * @param signal aborting it ends the run early: what was simulated until then is the result, marked incomplete
 * @throws LabError as above
 */
export async function simulatedRunInParts(
  scenario: Scenario,
  options: SimulatedRunOptions,
  signal: AbortSignal,
): Promise<RunResult> {
  return resultOf(scenario, options, await simulateInParts(recorded(scenario, options), signal));
}

function recorded(scenario: Scenario, options: SimulatedRunOptions): SimOptions {
  const { trace } = options;
  return sampled(scenario, {
    ...simulationOf(scenario, options),
    recorder: trace === undefined ? null : new TraceRecorder(trace),
  });
}

function resultOf(scenario: Scenario, options: SimulatedRunOptions, result: SimResult): RunResult {
  const { end, endNs } = result;
  const { trace } = options;
  if (trace !== undefined) tellChanges(trace, scenario, result);
  trace?.end({ endNs, complete: end !== 'stopped', lostIntents: 0, lostFacts: 0 });
  requireEnd(scenario, result);
  return runResultOf(
    scenario,
    { result, contended: contendedIn(scenario, result, () => simulationOf(scenario, options)) },
    scenario.vms.map((vm) => unitNs(vm, options.nsPerUnit)),
  );
}

/** The same as the simulator takes it. @throws LabError BAD_SCENARIO */
export function simulationOf(scenario: Scenario, options: SimulatedRunOptions = {}): SimOptions {
  const work = scenario.vms.map((vm) => workNsOf(vm, options.nsPerUnit));
  const base = simOptionsOf(scenario, (vm) => work[vm]);
  const seed = options.seed ?? scenario.seed;
  return {
    ...base,
    scheduler: {
      ...base.scheduler,
      parameters: { ...base.scheduler?.parameters, ...options.parameters },
    },
    jitterNs: options.jitterNs ?? 0,
    seed,
    ...(options.latency !== undefined && { latency: latencyOf(options.latency, seed) }),
  };
}

/**
 * The machine that a simulation runs on: as many equal CPUs as it wants, where it wants them, and nobody else on them.
 */
export function simulatedHost(scenario: Scenario): HostDescription {
  return {
    os: platform(),
    kernel: release(),
    arch: arch(),
    node: process.version,
    cpuModel: 'simulated',
    cpus: invented(scenario),
    allowedCpus: scenario.pcpus,
    cgroupQuotaCpus: null,
    memoryBytes: 0,
    virtualized: true,
  };
}

function invented({ pcpus, topology }: Scenario): HostDescription['cpus'] {
  // A lab has the pCPUs of all its rows, and a row's topology may be for fewer of them: then it isn't used.
  const isKnown = topology?.cores.length === pcpus.length;
  const { cores, sockets } = isKnown ? topology : { cores: pcpus, sockets: pcpus.map(() => 0) };
  const threads = new Map<number, number[]>(cores.map((core) => [core, []]));
  for (const [pcpu, id] of pcpus.entries()) threads.get(cores[pcpu])?.push(id);
  return pcpus.map((id, pcpu) => ({
    id,
    core: cores[pcpu],
    socket: sockets[pcpu],
    smtSiblings: threads.get(cores[pcpu])?.filter((other) => other !== id) ?? [],
    coreType: 'uniform',
  }));
}

/** CPU time of the work of each of its vCPUs, ns; null: endless. @throws LabError BAD_SCENARIO: it isn't known */
export function workNsOf(vm: VmSpec, nsPerUnit?: SimulatedRunOptions['nsPerUnit']): number | null {
  if (vm.work === null) return null;
  if (vm.work.kind === 'cpu') return vm.work.ns;
  const each = unitNs(vm, nsPerUnit);
  if (each !== null) {
    const ns = vm.work.units * each;
    if (ns <= MAX_DURATION_NS) return ns;
    throw new LabError('BAD_SCENARIO', `the work of VM ${vm.name} is too much`, {
      expected: 'work that takes at most 24 hours of CPU time',
      got: `${String(vm.work.units)} units of ${formatDuration(each)}`,
    });
  }
  throw new LabError(
    'BAD_SCENARIO',
    `the work of VM ${vm.name} is in units, and virtual time doesn't know how long one takes`,
    {
      expected: 'work in CPU time, such as 3s, or the option --unit-time',
      got: `${String(vm.work.units)} units`,
      hint: `--unit-time ${vm.name}=400us; 'creditlab workloads ${vm.workload.spec}' measures it on this machine`,
    },
  );
}

function unitNs(vm: VmSpec, nsPerUnit: SimulatedRunOptions['nsPerUnit']): number | null {
  return nsPerUnit?.(vm) ?? (vm.workload.spec === 'idle' ? IDLE_BURST_NS : null);
}

/**
 * Without a duration every finite work must come to its end. Who stays paused was refused with the scenario; who
 * starves is seen only now.
 * @throws LabError BAD_SCENARIO
 */
export function requireEnd(scenario: Scenario, { end, vcpus }: Pick<SimResult, 'end' | 'vcpus'>): void {
  if (scenario.durationNs !== null || end !== 'duration') return;
  const held = vcpusOf(scenario).find(({ vm }, vcpu) => vm.work !== null && vcpus[vcpu].doneNs < 0);
  throw new LabError('BAD_SCENARIO', 'this run never ends', {
    expected: 'all finite work to be done some time, or a duration',
    got: `vCPU ${held?.id ?? '?'} with its work undone: starved by the others`,
  });
}

function runResultOf(
  scenario: Scenario,
  { result, contended }: ContendedSimulation,
  nsPerUnit: readonly (number | null)[],
): RunResult {
  const windowNs = result.endNs;
  const places = vcpusOf(scenario);
  const ideal = idealOf(
    scenario,
    scenario.vms.map((vm, index) => workNsOf(vm, () => nsPerUnit[index])),
    windowNs,
  );
  const vcpus = places.map(({ id, vmIndex }, vcpu) => vcpuResult(id, result.vcpus[vcpu], nsPerUnit[vmIndex]));
  return {
    machine: 'simulated',
    windowNs,
    contendedNs: contended?.ns ?? 0,
    complete: result.end !== 'stopped',
    vms: scenario.vms.map((spec, vm) => {
      const { name, startNs, work } = spec;
      const isOwn = (_: unknown, vcpu: number) => places[vcpu].vmIndex === vm;
      const own = vcpus.filter(isOwn);
      const cpuNs = sum(own.map((vcpu) => vcpu.cpuNs));
      const isDone = work !== null && own.every(({ endNs }) => endNs !== null);
      return {
        name,
        ...settingsAtStart(spec),
        cpuNs,
        sharePercent: windowNs > 0 ? (100 * cpuNs) / windowNs : 0,
        wallNs: isDone ? Math.max(...own.map(({ endNs }) => endNs ?? 0)) - startNs : null,
        idealSharePercent: ideal[vm].sharePercent,
        contendedSharePercent:
          contended === null ? null : (100 * sum(contended.cpuNs.filter(isOwn))) / contended.ns,
        idealContendedSharePercent: ideal[vm].contendedSharePercent,
        idealWallNs: ideal[vm].wallNs,
        vcpus: own,
      };
    }),
    pcpus: scenario.pcpus.map((id, pcpu) => ({
      id,
      busyNs: result.busyNs[pcpu],
      switches: result.switches[pcpu],
    })),
    loop: NO_LOOP,
    ...(result.changes.length > 0 && { changes: changesOf(scenario, result) }),
    warnings: [],
  };
}

/** Tell a trace when the events of its scenario were carried out, and from when on they counted. */
export function tellChanges(
  trace: RecordTaker,
  scenario: Scenario,
  result: Pick<SimResult, 'changes'>,
): void {
  for (const { event, ...times } of changesOf(scenario, result)) trace.grow({ planned: event, ...times });
}

/** The events of a scenario that were carried out. */
function changesOf(
  scenario: Scenario,
  { changes }: Pick<SimResult, 'changes'>,
): (ChangeResult & { readonly event: number })[] {
  const places = eventPlaces(scenario);
  return changes.map(({ event, atNs, actsNs }) => ({
    event: places[event],
    askedNs: scenario.events[places[event]].atNs,
    atNs,
    actsNs,
  }));
}

function vcpuResult(id: string, result: SimResult['vcpus'][number], nsPerUnit: number | null): VcpuResult {
  const { cpuNs, firstNs, doneNs, dispatches, steals, migrations, counters } = result;
  return {
    id,
    tid: 0,
    cpuNs,
    units: nsPerUnit === null ? 0 : Math.round(cpuNs / nsPerUnit),
    checksum: null,
    checksumOk: null,
    startNs: firstNs < 0 ? null : firstNs,
    endNs: doneNs < 0 ? null : doneNs,
    dispatches,
    steals,
    migrations,
    counters,
    stolenNs: 0,
    deferredPauses: 0,
    overrunNs: 0,
    involuntarySwitches: 0,
    runqWaitNs: 0,
  };
}

function sum(values: readonly number[]): number {
  return values.reduce((total, value) => total + value, 0);
}

const NONE = { count: 0, p50: 0, p99: 0, max: 0 } as const;
/** The loop itself takes no virtual time. */
const NO_LOOP: LoopResult = {
  tickLatenessNs: NONE,
  switchGapNs: NONE,
  decisionNs: NONE,
  dispatchNs: NONE,
  cpuNs: 0,
  factsDropped: 0,
};
