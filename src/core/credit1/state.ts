import { BOOSTS } from './own-counters.ts';
import { Affinity, CpuSet } from '../cpu-set.ts';
import { CREDIT_NS, Priority, tickPeriodNs, ticksPerSlice } from './constants.ts';
import { type CpuGroups, groupsAt } from '../cpu-groups.ts';
import type { Counters } from '../counters.ts';
import { createCounters, ownCounter } from '../counters.ts';
import { LinkedLists } from '../linked-lists.ts';
import type { Credit1Options } from './options.ts';
import { resolve } from './options.ts';
import { Accounting, Queue } from './parameters.ts';
import { IDLE } from '../policy.ts';
import { RunQueues } from './runq.ts';
import { TimerHeap } from '../timer-heap.ts';
import { isFlat } from '../topology.ts';
import type { TraceSink } from '../trace-sink.ts';

/** Why a vCPU is not runnable; it is runnable when no bit is set. */
export const Stop = {
  /** waits for a virtual interrupt, or has not been woken for the first time */
  blocked: 1,
  /** its VM is paused */
  paused: 2,
  /** accounting found it over its cap */
  parked: 4,
  /** a tick found a better pCPU; it moves there once it is off this one */
  moving: 8,
  /** its VM has not started */
  absent: 16,
} as const;

/** What else is remembered of a vCPU, one bit each. */
export const Flag = {
  /** paused for its cap. Kept through the wake-up that ends the pause, which therefore doesn't boost */
  parked: 1,
  /** asked for others to go first */
  yield: 2,
  /** was placed anew; its next wake-up doesn't boost */
  migrating: 4,
} as const;

/**
 * Everything that credit1 remembers, in typed arrays: index v = vCPU, p = pCPU, d = VM (domain).
 * The functions of this folder work on it; they allocate nothing.
 */
export class CreditState {
  readonly pcpuCount: number;
  /** Of the VMs so far; the arrays have room for more. */
  vcpuCount: number;
  vmCount: number;

  /** v: see Priority */
  readonly priority: Int32Array;
  /** v: credits, 100 µs each; what it may still run before it is OVER */
  readonly credit: Int32Array;
  /** v: part of a credit already used up, 0..10^6 − 1 */
  readonly remainder: Int32Array;
  /** v: up to where on its own CPU clock it was charged, ns */
  readonly chargedNs: Float64Array;
  /** v: bits of Stop */
  readonly stops: Uint8Array;
  /** v: bits of Flag */
  readonly flags: Uint8Array;
  /** v: its VM */
  readonly vmOf: Int32Array;
  /** v: the pCPU that it is assigned to */
  readonly pcpuOf: Int32Array;
  /** v: when it was last switched in or out */
  readonly enteredNs: Float64Array;
  /** v: when schedule() last took it off or confirmed it */
  readonly descheduledNs: Float64Array;
  /** v: what the latest pass that served it gave it, credits */
  readonly lastShare: Int32Array;
  readonly affinity: Affinity;

  /** d */
  readonly weight: Int32Array;
  /** d: percent of one pCPU, 0 = none */
  readonly cap: Int32Array;
  /** d: 1 once its vCPUs have been created */
  readonly started: Uint8Array;
  /** d: its first vCPU; the others follow. One entry more than there are VMs */
  readonly firstVcpu: Int32Array;
  /** lists d of v: those that take part in accounting, latest first */
  readonly activeVcpus: LinkedLists;
  /** d: how many of its vCPUs are active */
  readonly activeCount: Int32Array;
  /** list 0 of d: VMs with an active vCPU */
  readonly activeVms: LinkedLists;

  /** one socket, no SMT: all pCPUs are alike */
  readonly isFlat: boolean;
  /** the pCPUs by core: SMT siblings */
  readonly cores: CpuGroups;
  /** the pCPUs by socket: NUMA nodes */
  readonly sockets: CpuGroups;
  /** p: the pCPU that was last picked on its core or socket, because p won; the next pick is behind it */
  readonly idleBias: Int32Array;
  /** socket: the pCPU last stolen from there; the next search starts behind it */
  readonly balanceBias: Int32Array;
  /** of pickPcpu, while it works: what counts as free, and what it has yet to look at */
  readonly free: CpuSet;
  readonly candidates: CpuSet;

  /** p: the vCPU that runs, or IDLE */
  readonly current: Int32Array;
  readonly runq: RunQueues;
  /** p: runnable vCPUs, running and queued */
  readonly runnable: Int32Array;
  /** the pCPUs with two or more of them: what a thief visits */
  readonly crowded: CpuSet;
  /** pCPUs that run their idle vCPU and were not tickled since */
  readonly idlers: CpuSet;
  /** pCPUs on which schedule() was asked for */
  readonly resched: CpuSet;
  /** p: bits of Ask (reason.ts): what asked */
  readonly asked: Uint8Array;
  /** p: what its slice timer will ask with */
  readonly sliceAsk: Uint8Array;
  /** p: epoch of its last sort */
  readonly sortEpoch: Int32Array;
  /** p: when it last looked at other queues */
  readonly balancedNs: Float64Array;
  /** p: the idle pCPU that a wake-up on p last tickled */
  readonly lastTickled: Int32Array;
  readonly timers: TimerHeap;

  /** sum over the active vCPUs of their VM's weight */
  totalWeight = 0;
  /** sum of the credits that the last accounting left */
  balance = 0;
  /** advanced by each accounting that changed priorities */
  epoch = 0;

  tsliceNs: number;
  tickNs: number;
  creditsPerSlice: number;
  ratelimitNs: number;
  migrationDelayNs: number;
  readonly lbRatelimitNs: number;
  /** what the policy may leave out, or do as it once was done: parameters.ts has why */
  readonly isBoosting: boolean;
  readonly isTickling: boolean;
  readonly isSampled: boolean;
  readonly bootNs: number;
  readonly tickPhaseNs: number;

  readonly counters: Counters;
  /** Index vCPU: how often a wake-up raised it to BOOST. */
  readonly boosts: Float64Array;
  readonly trace: TraceSink | null;

  constructor(options: Credit1Options) {
    const { pcpuCount, vms } = options;
    const resolved = resolve(options);
    const pins = vms.flatMap((vm) => vm.vcpus);
    const { reserve = { vms: 0, vcpus: 0 } } = options;
    const vcpus = pins.length + reserve.vcpus;
    const most = vms.length + reserve.vms;
    this.pcpuCount = pcpuCount;
    this.vcpuCount = pins.length;
    this.vmCount = vms.length;

    this.priority = new Int32Array(vcpus).fill(Priority.under);
    this.credit = new Int32Array(vcpus);
    this.remainder = new Int32Array(vcpus);
    this.chargedNs = new Float64Array(vcpus);
    this.stops = new Uint8Array(vcpus).fill(Stop.absent | Stop.blocked);
    this.flags = new Uint8Array(vcpus);
    this.vmOf = new Int32Array(vcpus);
    this.vmOf.set(vms.flatMap((vm, d) => vm.vcpus.map(() => d)));
    this.pcpuOf = new Int32Array(vcpus);
    this.enteredNs = new Float64Array(vcpus);
    this.descheduledNs = new Float64Array(vcpus);
    this.lastShare = new Int32Array(vcpus);
    this.affinity = new Affinity(pcpuCount, pins, vcpus);

    this.weight = new Int32Array(most);
    this.weight.set(resolved.vms.map(({ weight }) => weight));
    this.cap = new Int32Array(most);
    this.cap.set(resolved.vms.map(({ cap }) => cap));
    this.started = new Uint8Array(most);
    this.firstVcpu = new Int32Array(most + 1);
    vms.forEach((vm, d) => (this.firstVcpu[d + 1] = this.firstVcpu[d] + vm.vcpus.length));
    this.activeVcpus = new LinkedLists(most, vcpus);
    this.activeCount = new Int32Array(most);
    this.activeVms = new LinkedLists(1, most);

    this.isFlat = isFlat(resolved.topology);
    this.cores = groupsAt('core', resolved.topology);
    this.sockets = groupsAt('socket', resolved.topology);
    this.idleBias = new Int32Array(pcpuCount).fill(pcpuCount - 1);
    this.balanceBias = new Int32Array(this.sockets.count);
    this.free = new CpuSet(pcpuCount);
    this.candidates = new CpuSet(pcpuCount);

    this.current = new Int32Array(pcpuCount).fill(IDLE);
    const isByCredit = resolved.queue === Queue.credits;
    this.runq = new RunQueues(pcpuCount, this.priority, isByCredit ? this.credit : null);
    this.runnable = new Int32Array(pcpuCount);
    this.crowded = new CpuSet(pcpuCount);
    this.idlers = CpuSet.full(pcpuCount);
    this.resched = new CpuSet(pcpuCount);
    this.asked = new Uint8Array(pcpuCount);
    this.sliceAsk = new Uint8Array(pcpuCount);
    this.sortEpoch = new Int32Array(pcpuCount);
    this.balancedNs = new Float64Array(pcpuCount).fill(-resolved.bootNs);
    this.lastTickled = new Int32Array(pcpuCount);
    this.timers = new TimerHeap(2 * pcpuCount + 1);

    this.tsliceNs = resolved.tsliceNs;
    this.tickNs = tickPeriodNs(resolved.tsliceNs);
    this.creditsPerSlice = resolved.tsliceNs / CREDIT_NS;
    this.ratelimitNs = resolved.ratelimitNs;
    this.migrationDelayNs = resolved.migrationDelayNs;
    this.lbRatelimitNs = resolved.lbRatelimitNs;
    this.isBoosting = resolved.boost === 1;
    this.isTickling = resolved.tickle === 1;
    this.isSampled = resolved.accounting === Accounting.sampled;
    this.bootNs = resolved.bootNs;
    this.tickPhaseNs = resolved.tickPhaseNs;
    this.counters = options.counters ?? createCounters(vcpus, pcpuCount, [BOOSTS]);
    this.boosts = ownCounter(this.counters, BOOSTS);
    this.trace = options.trace ?? null;

    // Accounting has run since boot, on an idle machine, where it does nothing.
    let firstAcctNs = resolved.tsliceNs + resolved.acctPhaseNs - resolved.bootNs;
    if (firstAcctNs < 0) firstAcctNs += Math.ceil(-firstAcctNs / resolved.tsliceNs) * resolved.tsliceNs;
    this.timers.arm(acctTimer(this), firstAcctNs);
  }
}

/** What a vCPU pays that a tick finds running, where nobody looks at how long it has run: whole credits. */
export function creditsPerTick(state: CreditState): number {
  return Math.floor(state.creditsPerSlice / ticksPerSlice(state.tsliceNs));
}

/** Timer ids. Timers due at one instant fire in their order: ticks by pCPU, accounting, slices by pCPU. */
export function tickTimer(pcpu: number): number {
  return pcpu;
}

export function acctTimer(state: CreditState): number {
  return state.pcpuCount;
}

export function sliceTimer(state: CreditState, pcpu: number): number {
  return state.pcpuCount + 1 + pcpu;
}

/** Ask a pCPU for a decision. @param why a bit of Ask */
export function askFor(state: CreditState, pcpu: number, why: number): void {
  state.asked[pcpu] |= why;
  state.resched.add(pcpu);
}

/** One runnable vCPU more on a pCPU. */
export function addRunnable(state: CreditState, pcpu: number): void {
  if (++state.runnable[pcpu] === 2) state.crowded.add(pcpu);
}

/** One runnable vCPU less on a pCPU. */
export function dropRunnable(state: CreditState, pcpu: number): void {
  if (state.runnable[pcpu]-- === 2) state.crowded.delete(pcpu);
}

/** Take a vCPU out of its queue; a yield ends with that. */
export function dequeue(state: CreditState, pcpu: number, vcpu: number): void {
  state.runq.remove(pcpu, vcpu);
  state.flags[vcpu] &= ~Flag.yield;
}
