import type { Exit } from './machine.ts';

/**
 * Looks on while the loop runs, for measurements and traces. Arguments are plain numbers, so that looking on
 * allocates nothing.
 */
export interface LoopObserver {
  /** A timer fired. Its lateness is nowNs − dueNs. pcpu −1: it serves all of them */
  timer(pcpu: number, dueNs: number, nowNs: number): void;
  /** A pCPU was decided upon, and the machine told; on the machine's clock before and after. */
  decision(pcpu: number, startNs: number, endNs: number): void;
  /** A vCPU left its pCPU of its own accord. */
  exit(nowNs: number, vcpu: number, exit: Exit): void;
}
