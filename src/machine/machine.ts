/**
 * What the loop needs from a machine, whether its cores are real or invented.
 */

/** Why a vCPU left its pCPU of its own accord. */
export const Exit = { blocked: 1, yielded: 2, done: 3 } as const;
export type Exit = (typeof Exit)[keyof typeof Exit];

export interface Machine {
  /** Nanoseconds since the start of the run (t = 0). */
  nowNs(): number;
  /** CPU time that a vCPU has consumed since the start of the run, ns. */
  cpuNs(vcpu: number): number;
  /** Carry out a decision: from now on the pCPU runs this vCPU, or nothing (IDLE). Returns at once. */
  dispatch(pcpu: number, vcpu: number): void;
  /**
   * Sleep until this absolute time, or until a vCPU left its pCPU, was woken, or a command came. A vCPU that yielded
   * stays off its pCPU until this is called: by then the policy has decided who runs there.
   */
  wait(deadlineNs: number): void;
  /**
   * The vCPU that left its pCPU first of those not asked for yet, or −1. Its reason is then in `exit`, the instant at
   * which it left in `exitNs`.
   */
  nextExit(nowNs: number): number;
  readonly exit: Exit;
  readonly exitNs: number;
  /** A vCPU is gone for good: it no longer computes anywhere, and no exit or wake-up comes from it. */
  retire(vcpu: number): void;
  /** When the earliest virtual interrupt is due; Infinity when none is. */
  nextWakeNs(): number;
  /** The lowest-numbered vCPU whose virtual interrupt is the earliest, if it is due by now, or −1. */
  nextWake(nowNs: number): number;
}

/**
 * Looks on while the loop runs, for measurements and traces. Arguments are plain numbers, so that looking on
 * allocates nothing.
 */
export interface LoopObserver {
  /**
   * A timer's work is done: its pCPU has been told of the decision, or nothing changed there.
   * @param pcpu −1: the timer serves all of them
   * @param doneNs by the machine's clock; its lateness is doneNs − dueNs
   */
  timer(pcpu: number, dueNs: number, doneNs: number): void;
  /**
   * A pCPU was decided upon, by the machine's clock.
   * @param toldNs when the machine had been told, −1: there was no change to tell it of
   */
  decision(pcpu: number, startNs: number, decidedNs: number, toldNs: number): void;
  /** A vCPU left its pCPU of its own accord. */
  exit(nowNs: number, vcpu: number, exit: Exit): void;
}
