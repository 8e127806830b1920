/**
 * The contract between the lab and a compute kernel.
 *
 * A workload is a program that a vCPU runs. It is cut into *steps*: equal units of work of about 0.1 to 1 ms. All
 * memory is allocated in `prepare`; `step` only computes, because a thread can be paused at any instruction of
 * generated code, but not while it is inside the runtime (allocation, library calls).
 */

/** What a step may ask of the vCPU that runs it. */
export interface Guest {
  /** CPU time that this vCPU's thread has consumed, ns. */
  cpuNs(): number;
  /** The time, ns; only how much lies between two looks means something. Results must not depend on it. */
  nowNs(): number;
}

/** Allowed problem sizes: whole numbers, both ends included. */
export interface SizeRange {
  readonly min: number;
  readonly max: number;
  /** Only powers of two between them. */
  readonly powerOfTwo?: boolean;
}

/**
 * How a step ends: with nothing, and the next one follows; with a number of ns that the vCPU then sleeps (it blocks,
 * and a virtual interrupt wakes it); or with 'yield': the vCPU stays runnable, and the scheduler may let another one go
 * first.
 */
export type StepEnd = undefined | number | 'yield';

export interface Workload<State = unknown> {
  /** Unique, as the user names it in a scenario. */
  readonly name: string;
  /** One line: what it computes. */
  readonly description?: string;
  /** Problem size when the scenario gives none. */
  readonly defaultSize?: number;
  /** Absent: any whole number that `prepare` accepts. */
  readonly sizes?: SizeRange;
  /** Build all state that steps need. The same seed and size must give the same results. */
  prepare(seed: number, size: number): State;
  /** Do one unit of work. */
  step(state: State, guest: Guest): void | StepEnd;
  /**
   * A digest of all results so far: a function of seed, size and the number of steps done, and nothing else. May be
   * asked for between any two steps, also during a run, where it takes the vCPU's time: it must be quick and change
   * nothing.
   */
  checksum(state: State): number | string;
  /**
   * The checksum after this many steps, computed by a shorter way than doing them all. Absent: the lab replays the
   * steps.
   */
  expected?(seed: number, size: number, units: number): number | string;
}
