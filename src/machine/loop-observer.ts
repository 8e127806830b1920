import type { Exit } from './machine.ts';

/**
 * Looks on while the loop runs, for measurements and traces. Arguments are plain numbers, so that looking on
 * allocates nothing.
 */
export interface LoopObserver {
  /**
   * What a timer had to do is done: its pCPU has been told of the decision, or nothing changed there.
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
