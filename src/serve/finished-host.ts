/** Something that is over, shown like a host: a trace with its last slices, or a result with its figures. */
import { LabError } from '../base/errors.ts';
import { eventWords } from '../control/change-words.ts';
import type { ControlledHost } from '../control/host.ts';
import { changedKeys, playedUntil, scenarioText } from '../control/save.ts';
import type { Change, HostState, LiveSlice, StreamMessage, VcpuState, VmState } from '../control/state.ts';
import type { PolicyTerms } from '../core/policy-terms.ts';
import { policyTypeOf, scenarioParameters, termsOf } from '../policies.ts';
import type { Result, RunResult } from '../result/result.ts';
import type { Scenario } from '../scenario/scenario.ts';
import { type Life, pinOf, Stage } from '../scenario/stage.ts';
import { spellsOf, type RunState } from '../trace/spells.ts';
import { summarizeTrace } from '../trace/summary.ts';
import { endOf, slicesOf, type Slice } from '../trace/timeline.ts';
import type { Trace } from '../trace/trace.ts';
import { beginOf, wholeOf } from '../trace/window.ts';
import { builtinNames } from '../workload/catalogue.ts';

/** Some minutes; of a longer trace the end is shown. */
const MOST_SLICES = 20_000;
const SLICES_A_MESSAGE = 1000;
const MOST_CHANGES = 100;
const SECOND_NS = 1e9;

/** What is known of a run that is over; VMs, vCPUs and pCPUs in the scenario's order. */
interface Finished {
  readonly name: string;
  readonly machine: HostState['machine'];
  readonly scenario: Scenario;
  readonly terms: PolicyTerms;
  readonly nowNs: number;
  readonly vms: readonly Pick<VmState, 'cpuNs' | 'sharePercent' | 'wholeSharePercent'>[];
  readonly vcpus: readonly Pick<VcpuState, 'activity' | 'pcpu' | 'cpuNs' | 'readings'>[];
  readonly busyPercents: readonly number[];
  readonly certificate: HostState['certificate'];
}

export class FinishedHost implements ControlledHost {
  /** What a client is told after the state, and all that it is ever told. */
  readonly story: readonly StreamMessage[];
  /** It was played in virtual time, or on real cores: as a scenario file. */
  readonly scenario: () => string;
  private readonly it: HostState;

  private constructor(finished: Finished, slices: readonly LiveSlice[]) {
    const { nowNs, scenario, machine } = finished;
    const parts = Math.ceil(slices.length / SLICES_A_MESSAGE);
    this.it = stateOf(finished);
    this.story = [
      ...Array.from({ length: parts }, (_, part): StreamMessage => {
        const some = slices.slice(part * SLICES_A_MESSAGE, (part + 1) * SLICES_A_MESSAGE);
        return { kind: 'slices', untilNs: some[some.length - 1].toNs ?? nowNs, slices: some };
      }),
      { kind: 'end', atNs: nowNs },
    ];
    this.scenario = () =>
      scenarioText(playedUntil(scenario, nowNs), {
        baseDir: process.cwd(),
        isInvented: machine === 'simulated',
      });
  }

  static ofTrace(trace: Trace): FinishedHost {
    const { header } = trace;
    const { scenario, policy: terms } = header;
    const nowNs = endOf(trace);
    const fromNs = beginOf(trace);
    const secondNs = Math.max(1, Math.min(SECOND_NS, nowNs - fromNs));
    const whole = summarizeTrace(trace);
    const last = summarizeTrace(trace, { ...wholeOf(trace), fromNs: nowNs - secondNs });
    const slices = slicesOf(trace);
    const spells = spellsOf(trace);
    const ofVcpu = header.vcpus.map((): Slice[] => []);
    for (const slice of slices.flat()) ofVcpu[slice.vcpu].push(slice);
    const finished: Finished = {
      name: header.label,
      machine: header.machine,
      scenario,
      terms,
      nowNs,
      vms: scenario.vms.map(({ startNs }, index) => {
        const own = whole.vms.find(({ vm }) => vm === index);
        const lately = last.vms.find(({ vm }) => vm === index);
        const intentNs = own?.intentNs ?? 0;
        return {
          cpuNs: own?.cpuNs ?? intentNs,
          sharePercent: (100 * (lately?.intentNs ?? 0)) / secondNs,
          wholeSharePercent: (100 * intentNs) / Math.max(1, nowNs - Math.max(startNs, fromNs)),
        };
      }),
      vcpus: header.vcpus.map((_, vcpu) => {
        const own = ofVcpu[vcpu];
        const latest = own.reduce<Slice | null>(
          (best, slice) => (best === null || slice.fromNs > best.fromNs ? slice : best),
          null,
        );
        return {
          activity: activityOf(spells[vcpu].at(-1)?.state ?? 'absent'),
          pcpu: latest?.pcpu ?? 0,
          cpuNs: own.reduce((sum, slice) => sum + slice.toNs - slice.fromNs, 0),
          readings: latest?.readings ?? initialReadings(terms),
        };
      }),
      busyPercents: last.pcpus.map(({ busyNs }) => (100 * busyNs) / secondNs),
      certificate: null,
    };
    return new FinishedHost(finished, liveSlices(slices, terms));
  }

  static ofResult(result: Pick<Result, 'scenario'>, run: RunResult): FinishedHost {
    const scenario = run.played ?? result.scenario;
    const { windowNs: nowNs, certificate } = run;
    const terms = termsOf(scenario.scheduler.type);
    const finished: Finished = {
      name: scenario.name,
      machine: run.machine ?? 'hardware',
      scenario,
      terms,
      nowNs,
      vms: run.vms.map(({ cpuNs, sharePercent }) => ({
        cpuNs,
        sharePercent,
        wholeSharePercent: sharePercent,
      })),
      vcpus: run.vms
        .flatMap(({ vcpus }) => vcpus)
        .map(({ cpuNs, endNs }) => ({
          activity: endNs === null ? 'waiting' : 'done',
          pcpu: 0,
          cpuNs,
          readings: initialReadings(terms),
        })),
      busyPercents: run.pcpus.map(({ busyNs }) => (100 * busyNs) / nowNs),
      certificate:
        certificate === undefined ? null : { verdict: certificate.verdict, sentences: certificate.reasons },
    };
    return new FinishedHost(finished, []);
  }

  command(): Promise<Change> {
    return Promise.reject(
      new LabError('RUN_FAILED', 'this run is over', { hint: "'creditlab up' runs one that can be changed" }),
    );
  }

  state(): Promise<HostState> {
    return Promise.resolve(this.it);
  }

  listen(): () => void {
    return () => undefined;
  }
}

function initialReadings({ vcpuReadings }: PolicyTerms): readonly number[] {
  return vcpuReadings.map(({ initial }) => initial);
}

function stateOf(finished: Finished): HostState {
  const { name, machine, scenario, terms, nowNs, busyPercents, certificate } = finished;
  const policy = policyTypeOf(scenario.scheduler.type);
  const { lives, scheduler } = Stage.at(scenario, nowNs);
  return {
    version: 1,
    name,
    machine,
    phase: 'ended',
    nowNs,
    scheduler: { type: scheduler.type, parameters: scheduler.parameters },
    terms,
    parameters: { scheduler: scenarioParameters(policy), vm: policy.vmParameters },
    workloads: builtinNames,
    schedulers: [],
    pcpus: scenario.pcpus.map((cpu, pcpu) => ({
      cpu,
      current: null,
      queue: [],
      busyPercent: busyPercents[pcpu],
      othersPercent: null,
      ownThreadsPercent: null,
    })),
    vms: lives.map((life) => vmStateOf(life, finished)),
    changes: changesOf(scenario, nowNs),
    certificate,
  };
}

function vmStateOf(life: Life, { scenario, nowNs, ...known }: Finished): VmState {
  const { vm, index, parameters, isPaused, destroyedNs } = life;
  const { spec, size } = vm.workload;
  const first = scenario.vms.slice(0, index).reduce((sum, { vcpus: count }) => sum + count, 0);
  const vcpus = Array.from({ length: vm.vcpus }, (_, i): VcpuState => {
    const number = first + i;
    return { id: `${vm.name}/v${i}`, number, pin: pinOf(life, i), ...known.vcpus[number] };
  });
  const isDone = vcpus.every(({ activity }) => activity === 'done');
  const living = vm.startNs > nowNs ? 'planned' : isDone ? 'done' : isPaused ? 'paused' : 'running';
  return {
    id: index + 1,
    name: vm.name,
    phase: destroyedNs === null ? living : 'destroyed',
    parameters,
    workload: { spec, size },
    startNs: vm.startNs,
    endNs: destroyedNs,
    entitledPercent: null,
    ...known.vms[index],
    vcpus,
  };
}

function changesOf(scenario: Scenario, nowNs: number): Change[] {
  const stage = new Stage(scenario);
  const events = scenario.events.filter(({ atNs }) => atNs <= nowNs).sort((a, b) => a.atNs - b.atNs);
  const changes = events.map((event, index): Change => {
    const { atNs } = event;
    const words = eventWords(event, stage)({ atNs, actsNs: atNs });
    stage.take(event);
    return {
      number: index + 1,
      command: event.kind,
      door: 'scenario',
      vm: 'vm' in event ? event.vm : null,
      values: changedKeys(event, scenario.scheduler.type),
      askedNs: atNs,
      atNs,
      actsNs: atNs,
      words,
    };
  });
  return changes.slice(-MOST_CHANGES);
}

/** The latest, in order of their ends. */
function liveSlices(slices: readonly (readonly Slice[])[], { reasons }: PolicyTerms): LiveSlice[] {
  const keys = new Map(reasons.map(({ value, key }) => [value, key]));
  const all = slices.flat().sort((a, b) => a.toNs - b.toNs || a.pcpu - b.pcpu);
  return all.slice(-MOST_SLICES).map(({ pcpu, vcpu, fromNs, toNs, reason, endReason }) => ({
    pcpu,
    vcpu,
    fromNs,
    toNs,
    reason: keys.get(endReason ?? reason) ?? '',
  }));
}

function activityOf(state: RunState): VcpuState['activity'] {
  switch (state) {
    case 'running':
    case 'parked':
    case 'blocked':
    case 'paused':
    case 'done':
      return state;
    case 'absent':
    case 'unknown':
      return 'blocked';
    case 'woken':
    case 'preempted':
    case 'requeued':
      return 'waiting';
  }
}
