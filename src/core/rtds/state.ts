import { Affinity, CpuSet } from '../cpu-set.ts';
import { checkMachine } from '../check-options.ts';
import { type Counters, createCounters, ownCounter } from '../counters.ts';
import { LinkedLists } from '../linked-lists.ts';
import { DEPLETIONS } from './own-counters.ts';
import { completed } from '../parameters.ts';
import { PARAMETERS, VM_PARAMETERS } from './parameters.ts';
import { type CpuTimes, IDLE, type ParameterValues } from '../policy.ts';
import type { PolicyOptions } from '../policy-type.ts';
import { TimerHeap } from '../timer-heap.ts';
import { flatTopology } from '../topology.ts';
import type { TraceSink } from '../trace-sink.ts';

/** Why a vCPU can't run, one bit each. */
export const Stop = { blocked: 1, paused: 2, absent: 4 } as const;

/** Lists of those who wait. */
export const List = { run: 0, depleted: 1 } as const;

/**
 * Everything that RTDS remembers, in typed arrays: index v = vCPU, p = pCPU, d = VM (domain). The functions of this
 * folder work on it; they allocate nothing.
 */
export class RtdsState {
  readonly pcpuCount: number;
  /** Of the VMs so far; the arrays have room for more. */
  vcpuCount: number;
  vmCount: number;

  /** v: what is left of its budget, ns */
  readonly budgetNs: Float64Array;
  /** v: the end of its period */
  readonly deadlineNs: Float64Array;
  /** v: how often it has used up its budget in this period and gone on */
  readonly level: Uint32Array;
  /** v: up to where it was charged: on its own CPU clock, or with wall time when that was */
  readonly chargedNs: Float64Array;
  /** v: when that was, or when it came onto its pCPU */
  readonly chargedAtNs: Float64Array;
  /** v: 1 while it has no budget and may not go on without */
  readonly isOut: Uint8Array;
  /** v: 1 from then until the replenishment timer finds it waiting, or running without rivals: Xen's DEPLETED */
  readonly isDepleted: Uint8Array;
  /** v: bits of Stop */
  readonly stops: Uint8Array;
  /** v: its VM */
  readonly vmOf: Int32Array;
  /** v: the pCPU that it is assigned to */
  readonly pcpuOf: Int32Array;
  readonly affinity: Affinity;

  /** d */
  readonly vmPeriodNs: Float64Array;
  readonly vmBudgetNs: Float64Array;
  /** d: 0 or 1 */
  readonly vmExtratime: Uint8Array;
  /** d: its first vCPU; the others follow. One entry more than there are VMs */
  readonly firstVcpu: Int32Array;

  /** lists of v: List.run in order, List.depleted in any */
  readonly waiting: LinkedLists;
  /** v: which of the two it is in, if it is in any */
  readonly listOf: Uint8Array;
  /** list 0 of v: all that can run, in the order of their levels and deadlines as they came in */
  readonly replenishments: LinkedLists;
  /** v: 1 if its level has risen since it came into that list, and how many there are */
  readonly hasRisen: Uint8Array;
  risenCount = 0;
  /** while the replenishment timer works: whom it has renewed */
  readonly renewed: Int32Array;

  /** p: the vCPU that runs, or IDLE */
  readonly current: Int32Array;
  /** pCPUs on which schedule() was asked for */
  readonly resched: CpuSet;
  /** pCPUs that were not tickled since they last decided */
  readonly untickled: CpuSet;
  /** Nobody who runs on one of these comes after this, so that who doesn't go before it tickles nobody. */
  readonly latest = { level: Infinity, deadlineNs: Infinity };
  /** p: bits of Ask (reason.ts): what asked */
  readonly asked: Uint8Array;
  readonly timers: TimerHeap;

  /** The latest request for a VM's parameters. */
  readonly request = { periodNs: 0, budgetNs: 0, extratime: 0 };

  /** whether time on the core is charged, or CPU time */
  readonly chargesWallTime: boolean;
  readonly bootNs: number;
  cpuTimes: CpuTimes | null = null;

  readonly counters: Counters;
  /** Index vCPU: how often it had used up its budget. */
  readonly depletions: Float64Array;
  readonly trace: TraceSink | null;

  /** @throws RangeError for options that Xen, or its toolstack, would refuse */
  constructor(options: PolicyOptions) {
    const { pcpuCount, vms, topology = flatTopology(pcpuCount) } = options;
    checkMachine(pcpuCount, vms, topology);
    const { wallTime, bootNs } = completed(PARAMETERS, options.parameters);
    const { reserve = { vms: 0, vcpus: 0 } } = options;
    const pins = vms.flatMap((vm) => vm.vcpus);
    const vcpus = pins.length + reserve.vcpus;
    const most = vms.length + reserve.vms;
    this.pcpuCount = pcpuCount;
    this.vcpuCount = pins.length;
    this.vmCount = vms.length;

    this.budgetNs = new Float64Array(vcpus);
    this.deadlineNs = new Float64Array(vcpus).fill(-bootNs);
    this.level = new Uint32Array(vcpus);
    this.chargedNs = new Float64Array(vcpus);
    this.chargedAtNs = new Float64Array(vcpus);
    this.isOut = new Uint8Array(vcpus);
    this.isDepleted = new Uint8Array(vcpus);
    this.stops = new Uint8Array(vcpus).fill(Stop.absent | Stop.blocked);
    this.vmOf = new Int32Array(vcpus);
    this.vmOf.set(vms.flatMap((vm, d) => vm.vcpus.map(() => d)));
    this.pcpuOf = new Int32Array(vcpus);
    this.affinity = new Affinity(pcpuCount, pins, vcpus);

    this.vmPeriodNs = new Float64Array(most);
    this.vmBudgetNs = new Float64Array(most);
    this.vmExtratime = new Uint8Array(most);
    vms.forEach(({ parameters }, d) => setParameters(this, d, parameters));
    this.firstVcpu = new Int32Array(most + 1);
    vms.forEach((vm, d) => (this.firstVcpu[d + 1] = this.firstVcpu[d] + vm.vcpus.length));

    this.waiting = new LinkedLists(2, vcpus);
    this.listOf = new Uint8Array(vcpus);
    this.replenishments = new LinkedLists(1, vcpus);
    this.hasRisen = new Uint8Array(vcpus);
    this.renewed = new Int32Array(vcpus);

    this.current = new Int32Array(pcpuCount).fill(IDLE);
    this.resched = new CpuSet(pcpuCount);
    this.untickled = CpuSet.full(pcpuCount);
    this.asked = new Uint8Array(pcpuCount);
    this.timers = new TimerHeap(pcpuCount + 1);

    this.chargesWallTime = wallTime === 1;
    this.bootNs = bootNs;
    this.counters = options.counters ?? createCounters(vcpus, pcpuCount, [DEPLETIONS]);
    this.depletions = ownCounter(this.counters, DEPLETIONS);
    this.trace = options.trace ?? null;
  }
}

/** The values that a VM begins with. @throws RangeError */
export function setParameters(state: RtdsState, vm: number, given?: ParameterValues): void {
  const { periodNs, budgetNs, extratime } = completed(VM_PARAMETERS, given);
  state.vmPeriodNs[vm] = periodNs;
  state.vmBudgetNs[vm] = budgetNs;
  state.vmExtratime[vm] = extratime;
}

/** Timer ids. Timers due at one instant fire in their order: replenishment, slices by pCPU. */
export const REPLENISHMENT = 0;

export function sliceTimer(pcpu: number): number {
  return pcpu + 1;
}

export function hasExtratime(state: RtdsState, vcpu: number): boolean {
  return state.vmExtratime[state.vmOf[vcpu]] === 1;
}

/** Somebody begins to run, or who runs comes later than before. @param vcpu or IDLE: whoever waits goes before that */
export function noteRunning(state: RtdsState, vcpu: number): void {
  const { latest } = state;
  const level = vcpu === IDLE ? Infinity : state.level[vcpu];
  const deadlineNs = vcpu === IDLE ? Infinity : state.deadlineNs[vcpu];
  if (level < latest.level || (level === latest.level && deadlineNs <= latest.deadlineNs)) return;
  latest.level = level;
  latest.deadlineNs = deadlineNs;
}
export function isCurrent(state: RtdsState, vcpu: number): boolean {
  return state.current[state.pcpuOf[vcpu]] === vcpu;
}

/** Ask a pCPU for a decision. @param why a bit of Ask */
export function askFor(state: RtdsState, pcpu: number, why: number): void {
  state.asked[pcpu] |= why;
  state.resched.add(pcpu);
}
