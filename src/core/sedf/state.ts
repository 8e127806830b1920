import { checkMachine } from '../check-options.ts';
import { WEIGHT_PERIOD_NS } from './constants.ts';
import { createCounters, ownCounter, type Counters } from '../counters.ts';
import { Affinity, CpuSet } from '../cpu-set.ts';
import { EXTRA_NS, EXTRA_WAKES, LONG_WAKES, MISSES, OWN_COUNTERS, SHORT_WAKES } from './own.ts';
import { completed } from '../parameters.ts';
import { PARAMETERS, type Request } from './parameters.ts';
import type { PolicyOptions } from '../policy-type.ts';
import { IDLE } from '../policy.ts';
import { SedfQueues } from './queues.ts';
import { TimerHeap } from '../timer-heap.ts';
import { flatTopology } from '../topology.ts';
import type { TraceSink } from '../trace-sink.ts';

/** Why a vCPU is not runnable; it is runnable when no bit is set. */
export const Stop = {
  /** waits for a virtual interrupt, or has not been woken for the first time */
  blocked: 1,
  paused: 2,
  /** its VM has not started, or is gone */
  absent: 4,
  /** it moves to another pCPU once it is off this one */
  moving: 8,
} as const;

/** What a vCPU runs in, or would if it came first. In this order. */
export const Class = { reservation: 0, compensation: 1, extra: 2, none: 3 } as const;
export type Class = (typeof Class)[keyof typeof Class];

/**
 * Everything that SEDF remembers, in typed arrays: index v = vCPU, p = pCPU, d = VM (domain).
 * The functions of this folder work on it; they allocate nothing.
 */
export class SedfState {
  readonly pcpuCount: number;
  /** Of the VMs so far; the arrays have room for more. */
  vcpuCount: number;
  vmCount: number;

  /** v: the period and slice that it has now */
  readonly periodNs: Float64Array;
  readonly sliceNs: Float64Array;
  /** v: those of its latest reservation, also when it has none any more */
  readonly periodOrigNs: Float64Array;
  readonly sliceOrigNs: Float64Array;
  /** v: kept, and never looked at */
  readonly latencyNs: Float64Array;
  /** v: of a weighted reservation; 0: it has none */
  readonly weight: Int32Array;
  /** v: in extra time; 0: it goes by the reservation there */
  readonly extraWeight: Int32Array;
  /** v: 1 if it may have extra time */
  readonly isAware: Uint8Array;

  /** v: the end of its period; meaningless before its first wake-up */
  readonly deadlineNs: Float64Array;
  /** v: 1 from the first wake-up on */
  readonly hasDeadline: Uint8Array;
  /** v: what it has had of its slice */
  readonly usedNs: Float64Array;
  /** v: when its stint began, and up to where on its own CPU clock it was charged */
  readonly sinceNs: Float64Array;
  readonly chargedNs: Float64Array;
  /** v: what the latest short block cost it */
  readonly lostNs: Float64Array;
  /** v: in L0 and L1; the lowest goes first */
  readonly score0: Int32Array;
  readonly score1: Int32Array;
  /** v: 1 if it is to be in L0 */
  readonly wantsExtra: Uint8Array;
  /** v: 1 if it isn't to be in any queue. Apart from `stops`: a vCPU that blocks sleeps once it is off its pCPU */
  readonly isAsleep: Uint8Array;
  /** v: 1 once it was put to sleep while it ran */
  readonly everBlocked: Uint8Array;
  /** v: bits of Stop */
  readonly stops: Uint8Array;
  readonly vmOf: Int32Array;
  /** v: the pCPU that it is assigned to */
  readonly pcpuOf: Int32Array;
  readonly affinity: Affinity;

  /** d: its first vCPU; the others follow. One entry more than there are VMs */
  readonly firstVcpu: Int32Array;
  /** d: 1 while it exists */
  readonly exists: Uint8Array;
  /** d: what it asks for when it starts; null: nothing */
  readonly requests: (Request | null)[] = [];

  /** p: the vCPU that runs, or IDLE */
  readonly current: Int32Array;
  /** p: what the current vCPU was chosen for */
  readonly stint: Uint8Array;
  /** p: until when the present decision holds, if nothing comes between */
  readonly decisionEndNs: Float64Array;
  readonly queues: SedfQueues;
  readonly resched: CpuSet;
  /** p: bits of Ask (reason.ts) */
  readonly asked: Uint8Array;
  /** p: the end of its decision */
  readonly timers: TimerHeap;
  /** p: while weights are turned into slices */
  readonly weightSum: Float64Array;
  readonly reservedNs: Float64Array;

  readonly chargesWallTime: boolean;
  readonly isRaw: boolean;

  readonly counters: Counters;
  /** v: see own.ts */
  readonly extraNs: Float64Array;
  readonly misses: Float64Array;
  readonly extraWakes: Float64Array;
  readonly shortWakes: Float64Array;
  readonly longWakes: Float64Array;
  readonly trace: TraceSink | null;

  /** @throws RangeError for values that SEDF doesn't take */
  constructor(options: PolicyOptions) {
    const { pcpuCount, vms, topology = flatTopology(pcpuCount), reserve = { vms: 0, vcpus: 0 } } = options;
    checkMachine(pcpuCount, vms, topology);
    const values = completed(PARAMETERS, options.parameters);
    const pins = vms.flatMap((vm) => vm.vcpus);
    const vcpus = pins.length + reserve.vcpus;
    const most = vms.length + reserve.vms;
    this.pcpuCount = pcpuCount;
    this.vcpuCount = pins.length;
    this.vmCount = vms.length;
    this.chargesWallTime = values.wallTime !== 0;
    this.isRaw = values.rawRequests !== 0;

    this.periodNs = new Float64Array(vcpus).fill(WEIGHT_PERIOD_NS);
    this.sliceNs = new Float64Array(vcpus);
    this.periodOrigNs = new Float64Array(vcpus).fill(WEIGHT_PERIOD_NS);
    this.sliceOrigNs = new Float64Array(vcpus);
    this.latencyNs = new Float64Array(vcpus);
    this.weight = new Int32Array(vcpus);
    this.extraWeight = new Int32Array(vcpus).fill(1);
    this.isAware = new Uint8Array(vcpus).fill(1);

    this.deadlineNs = new Float64Array(vcpus);
    this.hasDeadline = new Uint8Array(vcpus);
    this.usedNs = new Float64Array(vcpus);
    this.sinceNs = new Float64Array(vcpus);
    this.chargedNs = new Float64Array(vcpus);
    this.lostNs = new Float64Array(vcpus);
    this.score0 = new Int32Array(vcpus);
    this.score1 = new Int32Array(vcpus);
    this.wantsExtra = new Uint8Array(vcpus);
    this.isAsleep = new Uint8Array(vcpus).fill(1);
    this.everBlocked = new Uint8Array(vcpus);
    this.stops = new Uint8Array(vcpus).fill(Stop.absent | Stop.blocked);
    this.vmOf = new Int32Array(vcpus);
    this.vmOf.set(vms.flatMap((vm, d) => vm.vcpus.map(() => d)));
    this.pcpuOf = new Int32Array(vcpus);
    this.affinity = new Affinity(pcpuCount, pins, vcpus);

    this.firstVcpu = new Int32Array(most + 1);
    vms.forEach((vm, d) => (this.firstVcpu[d + 1] = this.firstVcpu[d] + vm.vcpus.length));
    this.exists = new Uint8Array(most);

    this.current = new Int32Array(pcpuCount).fill(IDLE);
    this.stint = new Uint8Array(pcpuCount).fill(Class.none);
    this.decisionEndNs = new Float64Array(pcpuCount);
    this.queues = new SedfQueues(pcpuCount, vcpus, this);
    this.resched = new CpuSet(pcpuCount);
    this.asked = new Uint8Array(pcpuCount);
    this.timers = new TimerHeap(pcpuCount);
    this.weightSum = new Float64Array(pcpuCount);
    this.reservedNs = new Float64Array(pcpuCount);

    this.counters = options.counters ?? createCounters(vcpus, pcpuCount, OWN_COUNTERS);
    this.extraNs = ownCounter(this.counters, EXTRA_NS);
    this.misses = ownCounter(this.counters, MISSES);
    this.extraWakes = ownCounter(this.counters, EXTRA_WAKES);
    this.shortWakes = ownCounter(this.counters, SHORT_WAKES);
    this.longWakes = ownCounter(this.counters, LONG_WAKES);
    this.trace = options.trace ?? null;
  }
}

/** Ask a pCPU for a decision. @param why a bit of Ask */
export function askFor(state: SedfState, pcpu: number, why: number): void {
  state.asked[pcpu] |= why;
  state.resched.add(pcpu);
}

/** When the period begins that the deadline ends. By the period that it has now. */
export function beginOf(state: SedfState, vcpu: number): number {
  return state.deadlineNs[vcpu] - state.periodNs[vcpu];
}

export function isExtra(stint: number): boolean {
  return stint === Class.compensation || stint === Class.extra;
}

/** What the stint of a current vCPU has cost so far, ns. */
export function chargeOf(state: SedfState, vcpu: number, nowNs: number, cpuNs: number): number {
  return state.chargesWallTime ? nowNs - state.sinceNs[vcpu] : cpuNs - state.chargedNs[vcpu];
}

/** What it would be chosen for, or was if it runs. */
export function classOf({ queues }: SedfState, vcpu: number): Class {
  if (queues.isDue(vcpu)) return Class.reservation;
  if (queues.compensation.has(vcpu)) return Class.compensation;
  return queues.extra.has(vcpu) ? Class.extra : Class.none;
}

/** Tell what a vCPU has of periods, slices and weights. */
export function tellTerms(state: SedfState, vcpu: number, kind: number, nowNs: number): void {
  const { trace } = state;
  if (trace === null) return;
  trace.own(
    nowNs,
    kind,
    vcpu,
    state.periodNs[vcpu],
    state.sliceNs[vcpu],
    state.weight[vcpu],
    state.extraWeight[vcpu],
    state.isAware[vcpu],
  );
}
