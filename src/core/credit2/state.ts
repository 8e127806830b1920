import type { CpuTimes } from '../policy.ts';
import { IDLE } from '../policy.ts';
import { Affinity, CpuSet } from '../cpu-set.ts';
import type { CpuGroups } from '../cpu-groups.ts';
import { type Counters, createCounters, ownCounter } from '../counters.ts';
import { LinkedLists } from '../linked-lists.ts';
import { TimerHeap } from '../timer-heap.ts';
import type { TraceSink } from '../trace-sink.ts';
import { DEFAULT_WEIGHT, INITIAL_CREDIT } from './constants.ts';
import type { Credit2Options } from './options.ts';
import { PARKS, RESETS } from './own-counters.ts';
import { siblingsIn, runqueuesOf } from './runqueues.ts';

/** Why a vCPU is not runnable; it is runnable when no bit is set. */
export const Stop = {
  /** waits for a virtual interrupt, or has not been woken for the first time */
  blocked: 1,
  /** its VM is paused */
  paused: 2,
  /** its VM's pool had no budget for it */
  parked: 4,
  /** it goes to another runqueue or pCPU once it is off this one */
  moving: 8,
  /** its VM has not started, or is gone */
  absent: 16,
} as const;

/** What else is remembered of a vCPU, one bit each. */
export const Flag = {
  /** asked for others to go first */
  yield: 1,
  /** was chosen by a pCPU, and isn't off it yet */
  on: 2,
  /** was asked to move to `target` */
  move: 4,
} as const;

/** Everybody in a balance who might be moved, while it looks for the best deal. */
export interface Deal {
  /** how far apart the loads would be */
  difference: number;
  /** who would go to the other runqueue, and who would come from there; or NONE */
  push: number;
  pull: number;
}

/**
 * Everything that credit2 remembers, in typed arrays: index v = vCPU, p = pCPU, d = VM (domain), r = runqueue.
 * The functions of this folder work on it; they allocate nothing.
 */
export class Credit2State {
  readonly pcpuCount: number;
  /** Of the VMs so far; the arrays have room for more. */
  vcpuCount: number;
  vmCount: number;

  /** v: what it may still run; a credit is a ns of the heaviest vCPU of its runqueue */
  readonly credit: Float64Array;
  /** v: part of a credit already used up, 0..weight − 1 */
  readonly remainder: Float64Array;
  /** v: up to when it was charged */
  readonly chargedNs: Float64Array;
  /** v: the same on its own CPU clock */
  readonly chargedCpuNs: Float64Array;
  /** v */
  readonly weightOf: Int32Array;
  /** v: bits of Stop */
  readonly stops: Uint8Array;
  /** v: bits of Flag */
  readonly flags: Uint8Array;
  /** v: its VM */
  readonly vmOf: Int32Array;
  /** v: the pCPU that it is assigned to */
  readonly pcpuOf: Int32Array;
  /** v */
  readonly runqueueOf: Int32Array;
  /** v: the runqueue that it was asked to move to */
  readonly target: Int32Array;
  /** v: the pCPU that was tickled for it, or −1 */
  readonly tickledPcpu: Int32Array;
  /** v: when it was last switched in */
  readonly enteredNs: Float64Array;
  /** v: how long its latest slice is */
  readonly sliceNs: Float64Array;
  /** v: what it may run before it must go back to its VM's pool; Infinity: its VM has no cap */
  readonly budgetNs: Float64Array;
  /** v: average of its load, 2^18 for a whole pCPU, and the grain of time in which it was brought up to date */
  readonly load: Float64Array;
  readonly loadGrain: Float64Array;
  readonly affinity: Affinity;

  /** d: what was asked for */
  readonly weight: Int32Array;
  /** d: percent of one pCPU, 0 = none */
  readonly cap: Int32Array;
  /** d: 1 while its vCPUs are there */
  readonly started: Uint8Array;
  /** d: its first vCPU; the others follow. One entry more than there are VMs */
  readonly firstVcpu: Int32Array;
  /** d: budget that none of its vCPUs has taken; below 0: an overrun that is still to be worked off */
  readonly poolNs: Float64Array;
  /** d: what each cap period adds to it */
  readonly refillNs: Float64Array;
  /** d: what a vCPU takes at a time */
  readonly quotaNs: Float64Array;
  /** lists d of v: the parked ones, latest first */
  readonly parked: LinkedLists;

  /** the pCPUs by runqueue */
  readonly runqueues: CpuGroups;
  /** lists r of v: who waits, most credit first, first come first served among equals */
  readonly queue: LinkedLists;
  /** lists r of v: who is assigned to it, blocked and running ones too, in order of assignment */
  readonly members: LinkedLists;
  /** r: the highest weight of its members, 1 without any */
  readonly topWeight: Int32Array;
  /** r: the pCPU that was last picked; the next pick is behind it */
  readonly bias: Int32Array;
  /** r: how many of its vCPUs wait or run */
  readonly busyCount: Int32Array;
  /** r: average of that, and of the moves that balancing has made; 2^18 for a vCPU that always runs or waits */
  readonly queueLoad: Float64Array;
  readonly queueLoadGrain: Float64Array;
  /** of balancing, while it works */
  readonly deal: Deal = { difference: 0, push: 0, pull: 0 };
  /** while that is looked for: who might be pulled */
  readonly pulls: Int32Array;

  /** p: the vCPU that runs, or IDLE */
  readonly current: Int32Array;
  /** pCPUs that run their idle vCPU */
  readonly idle: CpuSet;
  /** pCPUs that were asked to look at their queue, and have not come to it */
  readonly tickled: CpuSet;
  /** idle ones that were not tickled */
  readonly free: CpuSet;
  /** neither idle nor tickled */
  readonly busy: CpuSet;
  /** some core has several threads */
  readonly isSmt: boolean;
  /** the pCPUs by core, inside a runqueue */
  readonly siblings: CpuGroups;
  /** pCPUs whose whole core is free */
  readonly freeCores: CpuSet;
  /** pCPUs on which schedule() was asked for */
  readonly resched: CpuSet;
  /** p: bits of Ask (reason.ts): what asked */
  readonly asked: Uint8Array;
  readonly timers: TimerHeap;

  ratelimitNs: number;
  readonly migrateResist: number;
  readonly capPeriodNs: number;
  readonly chargesWallTime: boolean;
  readonly bootNs: number;

  cpuTimes: CpuTimes = UNATTACHED;
  readonly counters: Counters;
  /** v: how often it was parked */
  readonly parks: Float64Array;
  /** v: how often a reset gave to it */
  readonly resets: Float64Array;
  readonly trace: TraceSink | null;

  constructor(options: Credit2Options) {
    const { pcpuCount, vms, topology, parameters, reserve } = options;
    const pins = vms.flatMap((vm) => vm.vcpus);
    const vcpus = pins.length + reserve.vcpus;
    const most = vms.length + reserve.vms;
    this.pcpuCount = pcpuCount;
    this.vcpuCount = pins.length;
    this.vmCount = vms.length;

    this.credit = new Float64Array(vcpus).fill(INITIAL_CREDIT);
    this.remainder = new Float64Array(vcpus);
    this.pulls = new Int32Array(vcpus);
    this.chargedNs = new Float64Array(vcpus);
    this.chargedCpuNs = new Float64Array(vcpus);
    this.weightOf = new Int32Array(vcpus).fill(DEFAULT_WEIGHT);
    this.stops = new Uint8Array(vcpus).fill(Stop.absent | Stop.blocked);
    this.flags = new Uint8Array(vcpus);
    this.vmOf = new Int32Array(vcpus);
    this.vmOf.set(vms.flatMap((vm, d) => vm.vcpus.map(() => d)));
    this.pcpuOf = new Int32Array(vcpus);
    this.runqueueOf = new Int32Array(vcpus);
    this.target = new Int32Array(vcpus);
    this.tickledPcpu = new Int32Array(vcpus).fill(-1);
    this.enteredNs = new Float64Array(vcpus);
    this.sliceNs = new Float64Array(vcpus);
    this.budgetNs = new Float64Array(vcpus).fill(Infinity);
    this.load = new Float64Array(vcpus);
    this.loadGrain = new Float64Array(vcpus);
    this.affinity = new Affinity(pcpuCount, pins, vcpus);

    this.weight = new Int32Array(most);
    this.weight.set(vms.map(({ weight }) => weight));
    this.cap = new Int32Array(most);
    this.cap.set(vms.map(({ cap }) => cap));
    this.started = new Uint8Array(most);
    this.firstVcpu = new Int32Array(most + 1);
    vms.forEach((vm, d) => (this.firstVcpu[d + 1] = this.firstVcpu[d] + vm.vcpus.length));
    this.poolNs = new Float64Array(most);
    this.refillNs = new Float64Array(most);
    this.quotaNs = new Float64Array(most);
    this.parked = new LinkedLists(most, vcpus);

    this.runqueues = runqueuesOf(parameters.runqueue, topology);
    const { count } = this.runqueues;
    this.queue = new LinkedLists(count, vcpus);
    this.members = new LinkedLists(count, vcpus);
    this.topWeight = new Int32Array(count).fill(1);
    this.bias = Int32Array.from({ length: count }, (_, r) => this.runqueues.firstOf(r));
    this.busyCount = new Int32Array(count);
    this.queueLoad = new Float64Array(count);
    this.queueLoadGrain = new Float64Array(count);

    this.current = new Int32Array(pcpuCount).fill(IDLE);
    this.idle = CpuSet.full(pcpuCount);
    this.tickled = new CpuSet(pcpuCount);
    this.free = CpuSet.full(pcpuCount);
    this.busy = new CpuSet(pcpuCount);
    this.siblings = siblingsIn(parameters.runqueue, topology);
    this.isSmt = this.siblings.count < pcpuCount;
    this.freeCores = CpuSet.full(pcpuCount);
    this.resched = new CpuSet(pcpuCount);
    this.asked = new Uint8Array(pcpuCount);
    this.timers = new TimerHeap(most + pcpuCount);

    this.ratelimitNs = parameters.ratelimitNs;
    this.migrateResist = parameters.migrateResistNs;
    this.capPeriodNs = parameters.capPeriodNs;
    this.chargesWallTime = parameters.wallTime === 1;
    this.bootNs = parameters.bootNs;
    this.counters = options.counters ?? createCounters(vcpus, pcpuCount, [PARKS, RESETS]);
    this.parks = ownCounter(this.counters, PARKS);
    this.resets = ownCounter(this.counters, RESETS);
    this.trace = options.trace ?? null;
  }
}

const UNATTACHED: CpuTimes = {
  cpuNs: () => {
    throw new Error('a CPU time is needed before attach()');
  },
};

/** Timer ids. Timers due at one instant fire in their order: refills by VM, slices by pCPU. */
export function refillTimer(vm: number): number {
  return vm;
}

export function sliceTimer(state: Credit2State, pcpu: number): number {
  return state.weight.length + pcpu;
}

/** Ask a pCPU for a decision. @param why a bit of Ask */
export function askFor(state: Credit2State, pcpu: number, why: number): void {
  state.asked[pcpu] |= why;
  state.resched.add(pcpu);
}

export function isRunnable(state: Credit2State, vcpu: number): boolean {
  return state.stops[vcpu] === 0;
}

export function isCurrent(state: Credit2State, vcpu: number): boolean {
  return state.current[state.pcpuOf[vcpu]] === vcpu;
}
