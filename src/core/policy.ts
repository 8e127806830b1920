/**
 * What a scheduling policy is, to the loop that drives it: state in typed arrays, events in, decisions out.
 *
 * A policy is pure. It has no clock, no thread and no promise: the present time and the CPU time that a vCPU
 * consumed come as arguments, so that the same object runs on real cores and in virtual time.
 *
 * All times are nanoseconds as plain numbers (exact to 2^53), counted from the start of the run (t = 0).
 * pCPUs, VMs and vCPUs are small integers from 0; a VM's vCPUs are consecutive.
 */
import type { Counters } from './counters.ts';
import type { PolicyTerms } from './policy-terms.ts';

/** In place of a vCPU: the pCPU runs its idle vCPU. */
export const IDLE = -1;

/** Values of parameters, by field (see Parameter). Absent: the default, or in a change: unchanged. */
export type ParameterValues = Readonly<Partial<Record<string, number>>>;

/** One virtual machine as a policy sees it. */
export interface PolicyVm {
  readonly parameters?: ParameterValues;
  /** per vCPU: the pCPUs it may run on (hard affinity), or null for all of them */
  readonly vcpus: readonly (readonly number[] | null)[];
}

/** The CPU time of the vCPUs that run. */
export interface CpuTimes {
  /**
   * CPU time that a vCPU has consumed since the start of the run, ns. To be asked only for a vCPU that is current on
   * some pCPU, and only inside a call that is told an instant: at other times the machine may be waiting. On real cores
   * it is a system call; where the time is an argument it needn't be asked for.
   */
  cpuNs(vcpu: number): number;
}

export interface Policy {
  /** What its readings, records, reasons and choices are. */
  readonly terms: PolicyTerms;
  readonly pcpuCount: number;
  /** Of all VMs so far, also of those that were destroyed. */
  readonly vcpuCount: number;
  /** Index pCPU: the vCPU it was last told to run, or IDLE. */
  readonly current: Int32Array;
  /** Index vCPU: its VM. */
  readonly vmOf: Int32Array;
  /** Index vCPU: the pCPU that it is assigned to. */
  readonly pcpuOf: Int32Array;
  /** What it has counted so far. */
  readonly counters: Counters;

  /** Called once, before any other call. Absent: the policy needs no CPU times but those among its arguments. */
  attach?(cpuTimes: CpuTimes): void;

  /** When the earliest armed timer is due; Infinity when none is armed. */
  nextTimerNs(): number;
  /** The pCPU that this timer belongs to, −1 for one that serves all. */
  nextTimerPcpu(): number;
  /**
   * Let the earliest timer fire.
   * @param currentCpuNs CPU time consumed so far by the vCPU that runs on the timer's pCPU (0 if none does)
   */
  fireTimer(nowNs: number, currentCpuNs: number): void;

  /** The lowest-numbered pCPU on which schedule() has been asked for, or −1. */
  nextResched(): number;
  /**
   * Decide what a pCPU runs from now on.
   * @param currentCpuNs CPU time consumed so far by the vCPU that runs there (0 if none does)
   * @returns the vCPU, or IDLE
   */
  schedule(pcpu: number, nowNs: number, currentCpuNs: number): number;

  /**
   * Make a VM known, behind those that there are; for the schedule it doesn't exist until startVm().
   * @returns its number
   * @throws RangeError for values that the policy refuses, or if PolicyOptions.reserve is used up
   */
  addVm(vm: PolicyVm): number;
  /** Create a VM's vCPUs and place them; they stay blocked until their first wake(). */
  startVm(vm: number, nowNs: number): void;
  /** A VM's vCPUs are gone for good: they count for nothing any more. Its numbers aren't used again. */
  destroyVm(vm: number, nowNs: number): void;
  /**
   * Change where a vCPU may run. One that is elsewhere moves.
   * @param pcpus at least one; null: all of them
   */
  pinVcpu(vcpu: number, pcpus: readonly number[] | null, nowNs: number): void;
  /** A virtual interrupt for a vCPU: if it is blocked, it becomes runnable (unless its VM is paused). */
  wake(vcpu: number, nowNs: number, wakingPcpu: number): void;
  /** A vCPU gives up its pCPU until the next wake(). Also what a vCPU does that has finished. */
  block(vcpu: number, nowNs: number): void;
  /** A vCPU asks for others to go first, and stays runnable. */
  yieldVcpu(vcpu: number, nowNs: number): void;
  pauseVm(vm: number, nowNs: number): void;
  unpauseVm(vm: number, nowNs: number, wakingPcpu: number): void;
  /**
   * Change a VM's parameters at run time. False: the policy refuses the request: values that don't go together, or that
   * the genuine scheduler answers with an error. Nothing was changed then, unless the genuine one changes something.
   * @throws RangeError for values outside what is declared, unless it answers those too, and for parameters that it
   *   doesn't have
   */
  setVm(vm: number, change: ParameterValues, nowNs: number): boolean;
  /**
   * Change the scheduler's own parameters. False: the values are refused, and nothing was changed.
   * @throws RangeError for parameters that it doesn't have, or that can't change
   */
  tune(change: ParameterValues, nowNs: number): boolean;
  /**
   * From when on a change of this parameter, the scheduler's or a VM's, can have an effect. Absent: at once.
   * @param field as the policy declares it
   * @param vm whose it is; −1: the scheduler's
   */
  actsNs?(field: string, nowNs: number, vm: number): number;

  /** Write a vCPU's readings, in the order in which the policy's type lists them, into `out` from `at` on. */
  readVcpu(vcpu: number, out: Float64Array, at: number): void;
  /** The same of a VM. */
  readVm(vm: number, out: Float64Array, at: number): void;
  /** The vCPUs that wait on a pCPU, the next one first. Allocates: for those who look on closely. */
  queueOf(pcpu: number): number[];
  /** What is wrong with its own state, in a sentence, or null. Slow: for tests and for looking on closely. */
  fault?(): string | null;
}
