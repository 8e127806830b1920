import { ownCounts } from '../core/counters.ts';
import { isGuarded } from '../core/guarded.ts';
import type { ParameterValues, Policy, PolicyVm } from '../core/policy.ts';
import type { Topology } from '../core/topology.ts';
import type { TraceSink } from '../core/trace-sink.ts';
import type { ScriptedEvent } from '../machine/agenda.ts';
import type { LoopObserver } from '../machine/machine.ts';
import type { Instants, LoopEnd, MadeChange } from '../machine/loop.ts';
import { MachineLoop } from '../machine/loop.ts';
import { paranoid } from '../machine/paranoid.ts';
import {
  createPolicy,
  DEFAULT_POLICY_TYPE,
  type PolicyChoice,
  policyChoiceOf,
  type PolicyInput,
} from '../policies.ts';
import { watched, withFaults } from '../policy-file/watched.ts';
import { CpuSamples } from './cpu-samples.ts';
import type { GuestSpec } from './guest.ts';
import type { LoopLatencies } from './latency.ts';
import { latencyOf } from './latency-model.ts';
import type { PutOffs } from './put-offs.ts';
import { SimMachine } from './sim-machine.ts';

/** One VM of a simulation. */
export interface SimVm {
  /** as the policy declares it; absent: its default, and must be where it declares none */
  readonly weight?: number;
  /** likewise; percent of one pCPU */
  readonly cap?: number;
  /** what else the policy declares for VMs, by field; absent: the defaults */
  readonly parameters?: ParameterValues;
  readonly startNs?: number;
  readonly vcpus: readonly SimVcpu[];
}

export interface SimVcpu {
  readonly guest: GuestSpec;
  /** pCPUs; absent: all of them */
  readonly pin?: readonly number[];
}

export interface SimOptions {
  readonly pcpuCount: number;
  readonly vms: readonly SimVm[];
  readonly events?: readonly ScriptedEvent[];
  /** absent: until all finite guests are done */
  readonly durationNs?: number;
  /**
   * end as soon as all finite guests are done, even before the duration; `finite`: those that have work, whatever
   * those do that have a number of bursts
   */
  readonly stopWhenDone?: boolean | 'finite';
  /** default: the credit scheduler with its defaults */
  readonly scheduler?: PolicyChoice;
  /** default: one socket, no SMT */
  readonly topology?: Topology;
  /** every timer is up to that much late; default 0: none is */
  readonly jitterNs?: number;
  /** of the jitter */
  readonly seed?: number;
  /** how late waits end, in place of `jitterNs` and `seed` */
  readonly latency?: LoopLatencies | null;
  /** how long a vCPU that should leave its pCPU stays there; default: it leaves at once */
  readonly putOffs?: PutOffs | null;
  /** per pCPU: the part of its time that others take from the vCPU there, 0 ≤ part < 1; default: none */
  readonly stolenParts?: readonly number[] | null;
  /** which instant the policy is told; default 'due' */
  readonly instants?: Instants;
  /** check after every call that the policy's state is sound, and throw when it isn't; slow */
  readonly paranoid?: boolean;
  /** default: no samples */
  readonly sampleNs?: number;
  /** how many samples are taken, the one at 0 included; default: one each sampleNs */
  readonly mostSamples?: number;
  /**
   * asked in each pass of the loop; true: the simulation ends there. What it throws, run() throws. Default: never asked
   */
  readonly shouldStop?: (() => boolean) | null;
  /** makes the policy, and whoever gives this looks after what it does; default: the registry makes it */
  readonly create?: (input: PolicyInput) => Policy;
  /** told what policy and loop do */
  readonly recorder?: (TraceSink & LoopObserver) | null;
}

export interface SimResult {
  readonly end: LoopEnd;
  readonly endNs: number;
  readonly vcpus: readonly SimVcpuResult[];
  /** per pCPU: how often it changed what it runs */
  readonly switches: readonly number[];
  /** per pCPU: time in which vCPUs computed there */
  readonly busyNs: readonly number[];
  /** the events that were carried out, in their order */
  readonly changes: readonly MadeChange[];
  /** each row: the instant, then the CPU time of each vCPU until then */
  readonly samples: readonly (readonly number[])[];
}

export interface SimVcpuResult {
  readonly cpuNs: number;
  /** when it first came onto a pCPU, −1 = never */
  readonly firstNs: number;
  /** when it had done its work, −1 = never */
  readonly doneNs: number;
  readonly dispatches: number;
  readonly steals: number;
  readonly migrations: number;
  /** what only this policy counts, by key */
  readonly counters: Readonly<Record<string, number>>;
  /** how often its own timer woke it */
  readonly wakes: number;
}

/** A simulation that is ready to run. */
export interface Simulation {
  /** Goes on from where `shouldStop` threw, if it did: nothing is lost or done twice. */
  readonly run: () => SimResult;
}

/** Run a policy in virtual time. @throws RangeError for impossible options */
export function simulate(options: SimOptions): SimResult {
  return simulation(options).run();
}

/** @throws RangeError for impossible options */
export function simulation(options: SimOptions): Simulation {
  const { vms, pcpuCount, shouldStop = null } = options;
  const vcpus = vms.flatMap((vm) => vm.vcpus);
  const startNs = vms.map((vm) => vm.startNs ?? 0);
  const awaited = awaitedOf(options, vcpus);
  if (awaited.length === 0 && options.durationNs === undefined) {
    throw new RangeError('durationNs: expected a duration, since no guest ever finishes');
  }
  const choice = policyChoiceOf(options.scheduler);
  const { type = DEFAULT_POLICY_TYPE } = choice;
  const input: PolicyInput = {
    ...choice,
    pcpuCount,
    vms: vms.map(policyVmOf),
    ...(options.topology !== undefined && { topology: options.topology }),
    recorder: options.recorder ?? null,
  };
  const policy = options.create?.(input) ?? withFaults(type, () => createPolicy(input));
  const isWatched = options.create === undefined && isGuarded(policy);
  const samples =
    options.sampleNs === undefined
      ? null
      : new CpuSamples(options.sampleNs, vcpus.length, options.mostSamples);
  const machine = new SimMachine({
    pcpuCount,
    guests: vcpus.map(({ guest }) => guest),
    startNs: vms.flatMap((vm, index) => vm.vcpus.map(() => startNs[index])),
    latency: options.latency ?? jitterOf(options),
    putOffs: options.putOffs ?? null,
    stolenParts: options.stolenParts ?? null,
    samples,
  });
  const changes: MadeChange[] = [];
  const loop = new MachineLoop(options.paranoid === true ? paranoid(policy) : policy, machine, {
    startNs,
    events: options.events ?? [],
    ...(options.durationNs === undefined ? {} : { durationNs: options.durationNs }),
    awaited,
    onChange: (made) => changes.push(made),
    ...(options.instants !== undefined && { instants: options.instants }),
    observer: options.recorder ?? null,
    commands: shouldStop === null ? null : { poll: () => (shouldStop() ? loop.stop() : undefined) },
  });
  return { run: () => resultOf(isWatched ? runWatched(loop, policy, type) : loop.run()) };

  function resultOf(end: LoopEnd): SimResult {
    if (end === 'done' && samples !== null && samples.nextNs === loop.endNs) {
      samples.take((vcpu) => machine.cpuNs(vcpu));
    }
    const { counters } = policy;
    return {
      end,
      endNs: loop.endNs,
      vcpus: vcpus.map((_, vcpu) => ({
        cpuNs: machine.cpuNs(vcpu),
        firstNs: machine.firstNs[vcpu],
        doneNs: machine.doneNs[vcpu],
        dispatches: counters.dispatches[vcpu],
        steals: counters.steals[vcpu],
        migrations: counters.migrations[vcpu],
        counters: ownCounts(counters, vcpu),
        wakes: machine.wakes[vcpu],
      })),
      switches: Array.from(counters.switches),
      busyNs: Array.from({ length: pcpuCount }, (_, pcpu) => machine.busyNs(pcpu)),
      changes,
      samples: samples?.rows ?? [],
    };
  }
}

/** In parts, each of which must come to its end. */
function runWatched(loop: MachineLoop, policy: Policy, type: string): LoopEnd {
  const part = (): LoopEnd | null => {
    const endMs = performance.now() + PART_MS;
    for (let passes = 1; ; passes++) {
      const end = loop.step();
      if (end !== null || (passes % PASSES_PER_LOOK === 0 && performance.now() >= endMs)) return end;
    }
  };
  let end: LoopEnd | null = null;
  while (end === null) end = watched(policy, type, part);
  return end;
}

const PART_MS = 50;
/** Reading the clock costs more than a pass. */
const PASSES_PER_LOOK = 64;

function policyVmOf({ weight, cap, parameters, vcpus }: SimVm): PolicyVm {
  return {
    parameters: {
      ...(weight !== undefined && { weight }),
      ...(cap !== undefined && { cap }),
      ...parameters,
    },
    vcpus: vcpus.map(({ pin }) => pin ?? null),
  };
}

function jitterOf({ jitterNs = 0, seed = 1 }: SimOptions): LoopLatencies | null {
  return jitterNs === 0 ? null : latencyOf({ kind: 'uniform', maxNs: jitterNs }, seed);
}

/** The vCPUs whose end is the end of the run. */
function awaitedOf({ stopWhenDone, durationNs }: SimOptions, vcpus: readonly SimVcpu[]): number[] {
  const all = [...vcpus.keys()];
  if (stopWhenDone === 'finite') return all.filter((vcpu) => vcpus[vcpu].guest.kind === 'finite');
  const endsWithWork = stopWhenDone === true || durationNs === undefined;
  return endsWithWork ? all.filter((vcpu) => isFiniteGuest(vcpus[vcpu].guest)) : [];
}

function isFiniteGuest(guest: GuestSpec): boolean {
  if (guest.kind === 'finite') return true;
  return guest.kind !== 'hog' && guest.count !== undefined;
}
