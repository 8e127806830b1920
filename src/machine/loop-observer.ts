import type { Exit } from './machine.ts';

/**
 * Looks on while the loop runs, for measurements and traces. Arguments are plain numbers, so that looking on
 * allocates nothing.
 */
export interface LoopObserver {
  /** A timer fired. Its lateness is nowNs − dueNs. pcpu −1: it serves all of them */
  timer(pcpu: number, dueNs: number, nowNs: number): void;
  /**
   * A pCPU was decided upon, by the machine's clock.
   * @param toldNs when the machine had been told, −1: there was no change to tell it of
   */
  decision(pcpu: number, startNs: number, decidedNs: number, toldNs: number): void;
  /** A vCPU left its pCPU of its own accord. */
  exit(nowNs: number, vcpu: number, exit: Exit): void;
}
