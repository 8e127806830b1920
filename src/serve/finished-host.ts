/** Something that is over, shown like a host: a trace with its last slices, or a result with its figures. */
import { LabError } from '../base/errors.ts';
import type { ControlledHost } from '../control/host.ts';
import type { Change, HostState, LiveSlice, StreamMessage, VcpuState, VmState } from '../control/state.ts';
import type { PolicyTerms } from '../core/policy-terms.ts';
import { termsOf } from '../policies.ts';
import type { Result, RunResult } from '../result/result.ts';
import type { Scenario, ScenarioEvent, VmSpec } from '../scenario/scenario.ts';
import { spellsOf, type RunState } from '../trace/spells.ts';
import { summarizeTrace } from '../trace/summary.ts';
import { endOf, slicesOf, type Slice } from '../trace/timeline.ts';
import type { Trace } from '../trace/trace.ts';
import { beginOf, wholeOf } from '../trace/window.ts';

/** Some minutes; of a longer trace the end is shown. */
const MOST_SLICES = 20_000;
const SLICES_A_MESSAGE = 1000;
const SECOND_NS = 1e9;

export class FinishedHost implements ControlledHost {
  /** What a client is told after the state, and all that it is ever told. */
  readonly story: readonly StreamMessage[];
  private readonly it: HostState;

  private constructor(state: HostState, slices: readonly LiveSlice[]) {
    const { nowNs } = state;
    const parts = Math.ceil(slices.length / SLICES_A_MESSAGE);
    this.it = state;
    this.story = [
      ...Array.from({ length: parts }, (_, part): StreamMessage => {
        const some = slices.slice(part * SLICES_A_MESSAGE, (part + 1) * SLICES_A_MESSAGE);
        return { kind: 'slices', untilNs: Math.max(...some.map(({ toNs }) => toNs ?? nowNs)), slices: some };
      }),
      { kind: 'end', atNs: nowNs },
    ];
  }

  static ofTrace(trace: Trace): FinishedHost {
    const { header } = trace;
    const { scenario, policy } = header;
    const nowNs = endOf(trace);
    const whole = summarizeTrace(trace);
    const last = summarizeTrace(trace, {
      ...wholeOf(trace),
      fromNs: Math.max(beginOf(trace), nowNs - SECOND_NS),
    });
    const secondNs = Math.min(SECOND_NS, nowNs - beginOf(trace));
    const slices = slicesOf(trace);
    const latest = new Map<number, Slice>();
    for (const slice of slices.flat()) {
      const known = latest.get(slice.vcpu);
      if (known === undefined || known.fromNs < slice.fromNs) latest.set(slice.vcpu, slice);
    }
    const cpuNs = slices.flat().reduce((sums, { vcpu, fromNs, toNs }) => {
      sums[vcpu] += toNs - fromNs;
      return sums;
    }, Array<number>(header.vcpus.length).fill(0));
    const spells = spellsOf(trace);
    const vcpus = header.vcpus.map(({ id, vm }, vcpu): VcpuState => {
      const slice = latest.get(vcpu);
      return {
        id,
        activity: activityOf(spells[vcpu].at(-1)?.state ?? 'absent'),
        pcpu: slice?.pcpu ?? 0,
        cpuNs: cpuNs[vcpu],
        pin: scenario.vms[vm].pin,
        readings: slice?.readings ?? policy.vcpuReadings.map(({ initial }) => initial),
      };
    });
    const vms = scenario.vms.map((spec, index): VmState => {
      const wholeNs = Math.max(1, nowNs - Math.max(spec.startNs, beginOf(trace)));
      const own = whole.vms.find(({ vm }) => vm === index);
      const lately = last.vms.find(({ vm }) => vm === index);
      return vmStateOf(spec, index, scenario, {
        nowNs,
        cpuNs: own?.cpuNs ?? own?.intentNs ?? 0,
        sharePercent: secondNs > 0 ? (100 * (lately?.intentNs ?? 0)) / secondNs : 0,
        wholeSharePercent: (100 * (own?.intentNs ?? 0)) / wholeNs,
        vcpus: vcpus.filter((_, vcpu) => header.vcpus[vcpu].vm === index),
      });
    });
    const state = stateOf(scenario, policy, {
      name: header.label,
      machine: header.machine,
      nowNs,
      vms,
      busyPercents: last.pcpus.map(({ busyNs }) => (secondNs > 0 ? (100 * busyNs) / secondNs : 0)),
      certificate: null,
    });
    return new FinishedHost(state, liveSlices(slices, policy));
  }

  static ofResult({ scenario }: Pick<Result, 'scenario'>, run: RunResult): FinishedHost {
    const nowNs = run.windowNs;
    const policy = termsOf(scenario.scheduler.type);
    const readings = policy.vcpuReadings.map(({ initial }) => initial);
    const vms = scenario.vms.map((spec, index): VmState => {
      const { cpuNs, sharePercent, vcpus } = run.vms[index];
      return vmStateOf(spec, index, scenario, {
        nowNs,
        cpuNs,
        sharePercent,
        wholeSharePercent: sharePercent,
        vcpus: vcpus.map((vcpu) => ({
          id: vcpu.id,
          activity: vcpu.endNs === null ? 'waiting' : 'done',
          pcpu: 0,
          cpuNs: vcpu.cpuNs,
          pin: spec.pin,
          readings,
        })),
      });
    });
    const { certificate } = run;
    const state = stateOf(scenario, policy, {
      name: scenario.name,
      machine: run.machine ?? 'hardware',
      nowNs,
      vms,
      busyPercents: run.pcpus.map(({ busyNs }) => (100 * busyNs) / nowNs),
      certificate:
        certificate === undefined ? null : { verdict: certificate.verdict, sentences: certificate.reasons },
    });
    return new FinishedHost(state, []);
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

interface Whole extends Pick<HostState, 'name' | 'machine' | 'nowNs' | 'vms' | 'certificate'> {
  /** per pCPU */
  readonly busyPercents: readonly number[];
}

function stateOf(scenario: Scenario, terms: PolicyTerms, { busyPercents, ...whole }: Whole): HostState {
  return {
    version: 1,
    phase: 'ended',
    scheduler: { type: scenario.scheduler.type, parameters: scenario.scheduler.parameters },
    terms,
    pcpus: scenario.pcpus.map((cpu, pcpu) => ({
      cpu,
      current: null,
      queue: [],
      busyPercent: busyPercents[pcpu] ?? 0,
      othersPercent: null,
      ownThreadsPercent: null,
    })),
    changes: scenario.events.map(changeOf).slice(-100),
    ...whole,
  };
}

function vmStateOf(
  spec: VmSpec,
  index: number,
  { events }: Scenario,
  told: { readonly nowNs: number } & Pick<VmState, 'cpuNs' | 'sharePercent' | 'wholeSharePercent' | 'vcpus'>,
): VmState {
  const { nowNs, ...figures } = told;
  const isOf = (event: ScenarioEvent): boolean =>
    'vm' in event && event.vm === spec.name && event.atNs <= nowNs;
  const end = events.find((event) => event.kind === 'destroy' && isOf(event))?.atNs ?? null;
  const standing = events.findLast((event) => /pause$/.test(event.kind) && isOf(event));
  const isDone = figures.vcpus.every(({ activity }) => activity === 'done');
  const isPaused = standing?.kind === 'pause';
  const running = spec.startNs > nowNs ? 'planned' : isPaused ? 'paused' : 'running';
  return {
    id: index + 1,
    name: spec.name,
    phase: end !== null ? 'destroyed' : isDone ? 'done' : running,
    parameters: { weight: spec.weight, cap: spec.cap, ...spec.parameters },
    workload: { spec: spec.workload.spec, size: spec.workload.size },
    startNs: spec.startNs,
    endNs: end,
    entitledPercent: null,
    ...figures,
  };
}

function changeOf(event: ScenarioEvent, index: number): Change {
  const { atNs, kind, ...rest } = event;
  const { vm = null, ...values } = rest as { readonly vm?: string } & Record<string, unknown>;
  const given = Object.entries(values).map(([key, value]) => `${key} ${JSON.stringify(value)}`);
  return {
    number: index + 1,
    command: kind,
    door: 'scenario',
    vm,
    values,
    askedNs: atNs,
    atNs,
    actsNs: atNs,
    words: [kind, ...(vm === null ? [] : [vm]), given.join(', ')].join(' ').trim(),
  };
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
