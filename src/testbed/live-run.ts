/**
 * A run that can be changed while it is under way: what the doors (command line, page, library) need from a machine,
 * whether its cores are real (`src/host`) or invented (`src/control/live-simulation.ts`).
 */
import type { Inspection } from '../machine/inspect.ts';
import type { PlayedChange } from '../scenario/played.ts';
import type { Scenario, VmSpec } from '../scenario/scenario.ts';
import type { ChangeResult } from '../result/result.ts';

export type { Inspection } from '../machine/inspect.ts';

/** One thing that changes; VMs, vCPUs and pCPUs are numbers, as the policy knows them. */
export type Operation =
  | PlayedChange
  /**
   * A VM that has been prepared starts. It gets the next number.
   * `spec`: as it starts; its parameters and pins may be others than when it was prepared, its workload the same.
   */
  | { readonly kind: 'start'; readonly vm: Prepared; readonly spec: VmSpec };

/** A VM whose threads are ready, and that doesn't exist for the policy yet. */
export interface Prepared {
  readonly spec: VmSpec;
  /** what there is to say about the preparation, in sentences: it disturbed the run, say */
  readonly remarks: readonly string[];
}

/** When a change was made; ns from the start of the run. */
export interface Applied {
  /** when it was asked for */
  readonly askedNs: number;
  /** the instant at which the policy was told */
  readonly atNs: number;
  /** from when on it can have an effect: for a weight the next accounting, say */
  readonly actsNs: number;
}

/** CPU time that vCPUs didn't get while they held a pCPU, and that own threads used there; per pCPU, ns. */
export interface Taken {
  readonly stolenNs: readonly number[];
  /** null: the kernel doesn't tell */
  readonly ownThreadsNs: readonly number[] | null;
}

/** A vCPU whose program failed while the run went on. */
export interface VcpuFailure {
  readonly vcpu: number;
  /** since the start of the run, ns */
  readonly atNs: number;
  readonly message: string;
}

export interface LiveRun {
  /** since the start of the run, ns */
  nowNs(): number;
  /** Per vCPU of all VMs so far: CPU time that it has used, ns. */
  cpuNs(): readonly number[];
  /** What others took of the pCPUs so far. Absent: nothing can be taken, in virtual time. */
  taken?(): Taken;
  /** Per vCPU: whether it has finished its work. */
  done(): readonly boolean[];
  /** In the order in which it happened. Absent: none can fail, in virtual time. */
  failures?(): readonly VcpuFailure[];
  /** The scenario as it has been played until now. */
  played(): Scenario;
  /** What was changed until now, in the order of the instants. */
  changes(): readonly ChangeResult[];
  /**
   * Make all these changes in one pass of the loop.
   * @param askedNs when they were asked for, as nowNs() said then: some have waited for others since
   * @throws LabError BAD_OPTION if the policy refuses one, and all stays as it is; or if the run is over
   */
  apply(operations: readonly Operation[], askedNs: number): Promise<Applied>;
  /**
   * Check, calibrate and warm up what a new VM computes. The VM starts with the operation `start`. One at a time: only
   * when it has started, or is abandoned, the next one may be prepared.
   * @throws LabError BAD_WORKLOAD, or LIMIT where there is no room for its vCPUs
   */
  prepare(spec: VmSpec): Promise<Prepared>;
  /** It won't be started. */
  abandon(prepared: Prepared): void;
  inspect(): Promise<Inspection>;
  /** End the run; its result is whole. */
  stop(): void;
}
