/** The result file (`--json`): one object per invocation. Times in ns, shares in percent of one pCPU. */
export const RESULT_FORMAT = 'creditlab-result';
export const RESULT_VERSION = 2;

import type { Band } from '../analysis/band.ts';
import type { WorkRate } from '../analysis/work-rate.ts';
import type { Scenario } from '../scenario/scenario.ts';
import type { Certificate } from './certificate.ts';

export interface Result {
  readonly format: typeof RESULT_FORMAT;
  readonly version: typeof RESULT_VERSION;
  readonly generator: { readonly name: 'creditlab'; readonly version: string };
  readonly startedAt: string;
  readonly host: HostFacts;
  readonly scenario: Scenario;
  readonly scheduler: Scenario['scheduler'];
  readonly runs: readonly RunResult[];
}

export interface HostFacts {
  readonly os: string;
  readonly kernel: string;
  readonly arch: string;
  readonly node: string;
  readonly cpuModel: string;
  readonly cpus: readonly HostCpu[];
  readonly allowedCpus: readonly number[];
  /** CPUs' worth of time that the control group allows, null: no limit */
  readonly cgroupQuotaCpus: number | null;
  readonly memoryBytes: number;
  readonly virtualized: boolean;
}

export interface HostCpu {
  readonly id: number;
  readonly core: number;
  readonly socket: number;
  readonly smtSiblings: readonly number[];
  /** 'performance' | 'efficiency' on hybrid processors, else 'uniform' */
  readonly coreType: 'uniform' | 'performance' | 'efficiency';
}

export interface RunResult {
  /** Where it ran. Simulated: in virtual time, where nothing is measured and all times are exact. Absent: hardware. */
  readonly machine?: 'hardware' | 'simulated';
  /** Time span of the measurement: from the common start until the run ended. */
  readonly windowNs: number;
  /**
   * For how long of it all VMs competed (ideal/contention.ts): only that time shows how CPU time was divided. 0: never, all
   * at once. Absent: an older file
   */
  readonly contendedNs?: number;
  /**
   * True: the bands of the predictions are made from what went wrong in this run: the scheduler came late, or others took
   * time from the vCPUs, beyond what is good. To lie in one says little. Absent: not predicted, or an older file
   */
  readonly bandsAreWide?: boolean;
  /** False when the run was interrupted or failed: what was measured until then is here. */
  readonly complete: boolean;
  /** as which of the runs of the whole command it was made, from 1; absent: simulated */
  readonly order?: number;
  readonly vms: readonly VmResult[];
  readonly pcpus: readonly PcpuResult[];
  readonly loop: LoopResult;
  /** how steadily the cores did the vCPUs' work; null or absent: too short to say, or simulated */
  readonly workRate?: WorkRate | null;
  /** what the host did to the lab's means; absent: simulated */
  readonly hostEvents?: HostEvents;
  /** whether the figures can be trusted; absent when simulated */
  readonly certificate?: Certificate;
  readonly warnings: readonly string[];
}

export interface HostEvents {
  /** host CPUs of the pCPUs that were taken away during the run: offline, or out of what the process may use */
  readonly lostCpus: readonly number[];
  /** vCPUs whose thread somebody else moved away from its pCPU */
  readonly movedVcpus: readonly string[];
  /** times that a vCPU could not be pinned to its pCPU */
  readonly pinFailures: number;
  /** signals that the kernel refused: a vCPU was to pause, and paused late */
  readonly refusedSignals: number;
  /** timers that could not be set: a pause that was put off was not looked at again before the end of the step */
  readonly refusedTimers: number;
  /** whether somebody else in the process took the pause signal during the run */
  readonly signalTaken: boolean;
  /** what a control group's quota did; null: no control group tells */
  readonly throttled: {
    /** periods in which it was used up */
    readonly periods: number;
    /** for how long the group was stopped, summed over all CPUs */
    readonly ns: number;
  } | null;
}

export interface VmResult {
  readonly name: string;
  readonly weight: number;
  readonly cap: number;
  readonly cpuNs: number;
  /** of one pCPU over the window; an SMP VM may exceed 100 */
  readonly sharePercent: number;
  /** the same under an ideal proportional share, for the CPU time that the work took; null: not known; absent: an older file */
  readonly idealSharePercent?: number | null;
  /** CPU time while all VMs compete, over that time; null: they never do; absent: an older file */
  readonly contendedSharePercent?: number | null;
  /** the same under an ideal proportional share; null: they never all compete in it, or not known; absent: an older file */
  readonly idealContendedSharePercent?: number | null;
  /**
   * what it got done, in percent of what one pCPU does alone: its units × the calibrated CPU time of a unit, over the
   * window; null or absent: not calibrated
   */
  readonly workSharePercent?: number | null;
  /** execution time: from the VM's start until its last vCPU finished its work; null if endless or unfinished */
  readonly wallNs: number | null;
  /** the same under an ideal proportional share with the same weights and caps, for the CPU time that the work took; null if endless */
  readonly idealWallNs: number | null;
  /**
   * what the same scheduler does in virtual time with the CPU time that the work took, and as late as it was in the run; null
   * or absent: not predicted (incomplete, or itself simulated)
   */
  readonly predicted?: JudgedPrediction | null;
  /**
   * the same as it was computed before the run, for the work as calibrated and lateness as it was known then; null or absent:
   * none
   */
  readonly forecast?: VmPrediction | null;
  readonly vcpus: readonly VcpuResult[];
}

/** Of several simulations, with timers late by chance. */
export interface VmPrediction {
  /** null if endless or unfinished */
  readonly wallNs: Band | null;
  /** while all VMs compete; null: they never do */
  readonly sharePercent: Band | null;
}

/** Null also for what follows from the work whatever the scheduler does. */
export interface JudgedPrediction extends VmPrediction {
  /** whether `wallNs` and `contendedSharePercent` lie in their bands; null: there is no band. Absent: an older file, in which `sharePercent` is of the whole window */
  readonly inBand?: { readonly wallNs: boolean | null; readonly sharePercent: boolean | null };
}

export interface VcpuResult {
  /** as threads are named: VM/v0 */
  readonly id: string;
  readonly tid: number;
  readonly cpuNs: number;
  readonly units: number;
  readonly checksum: number | string | null;
  /** null: not verified, because the vCPU did not stop at a step boundary, the run failed, or nobody wanted it */
  readonly checksumOk: boolean | null;
  /** of how many steps, from the first one on, the checksum was compared; absent: of none */
  readonly verifiedUnits?: number;
  readonly startNs: number | null;
  readonly endNs: number | null;
  readonly dispatches: number;
  readonly boosts: number;
  readonly steals: number;
  readonly migrations: number;
  /** time dispatched but not on the core: taken by the host's other work */
  readonly stolenNs: number;
  /** pauses that had to wait for a safe point, and how long the vCPU ran on in total */
  readonly deferredPauses: number;
  readonly overrunNs: number;
  /** how often it was paused by the scheduler, or would have been and couldn't, until `putOffs` was full; absent: not recorded */
  readonly pauses?: number;
  /** pauses that were put off: [which of them, from 0; ns]; the first 4096; absent: not recorded */
  readonly putOffs?: readonly (readonly [number, number])[];
  /** from the kernel's statistics of the thread; null where it keeps none */
  readonly involuntarySwitches: number | null;
  readonly runqWaitNs: number | null;
}

export interface PcpuResult {
  /** host CPU */
  readonly id: number;
  readonly busyNs: number;
  readonly switches: number;
  /** CPU time of this process's threads that are no vCPUs; null: the kernel doesn't tell; absent: simulated */
  readonly ownThreadsNs?: number | null;
  /** time in which a vCPU held it and wasn't on the core; absent: simulated */
  readonly stolenNs?: number;
}

export interface Quantiles {
  readonly count: number;
  readonly p50: number;
  readonly p99: number;
  readonly max: number;
}

/** A whole distribution of durations, ns. */
export interface Distribution extends Quantiles {
  /** as [from, how many]: each bucket reaches to 2^(1/8) times its lower bound; empty ones are left out */
  readonly buckets: readonly (readonly [number, number])[];
}

/**
 * How late the machine was: the loop with what it waited for (timer, exit, wake: a value per wait, since all that is due
 * at once is late together), and the cores with what the loop told them.
 */
export interface LoopLatency {
  readonly timer: Distribution;
  /** from the instant at which a vCPU blocked or was done */
  readonly exit: Distribution;
  /** of virtual interrupts */
  readonly wake: Distribution;
  /** from telling a pCPU on which a vCPU runs until the next one computes there; pauses put off are left out */
  readonly handOver: Distribution;
  /** the part of a hand-over in which neither computes */
  readonly gap: Distribution;
  /** from telling a pCPU on which none runs until the vCPU computes there */
  readonly start: Distribution;
}

export interface LoopResult {
  /** from when a timer was due until its pCPU had been told of the decision */
  readonly tickLatenessNs: Quantiles;
  /** absent: simulated */
  readonly latencyNs?: LoopLatency;
  readonly switchGapNs: Quantiles;
  /** to choose the next vCPU, the reading of CPU clocks included */
  readonly decisionNs: Quantiles;
  /** to tell the core of a change: a signal to the thread that runs, or a wake-up */
  readonly dispatchNs: Quantiles;
  readonly cpuNs: number;
  /** facts that the reader was too slow for */
  readonly factsDropped: number;
  /** the same of decisions; absent: none were recorded */
  readonly intentsDropped?: number;
  /** waits that ended more than 200 ms late, which are no part of the lateness above; absent: simulated */
  readonly heldUp?: HoldUps;
}

/** Times in which the host didn't let the scheduler run; stops of the whole process (Ctrl-Z) are none. */
export interface HoldUps {
  readonly count: number;
  readonly longestNs: number;
  /** of the 32 longest */
  readonly totalNs: number;
}
