import type { Machine } from '../../src/machine/machine.ts';
import { Exit } from '../../src/machine/machine.ts';

/** What happens on a scripted machine, and when. */
export interface Happening {
  readonly atNs: number;
  readonly vcpu: number;
  readonly what: 'blocked' | 'yielded' | 'done' | 'wake';
}

/** A machine that reports what it is told to, whatever runs, and writes down what it is asked for. CPU time is wall time. */
export class ScriptedMachine implements Machine {
  exit: Exit = Exit.blocked;
  readonly log: string[] = [];
  private clockNs = 0;
  private happenings: Happening[];
  private readonly lateNs: number;

  /** @param lateNs how late each wait ends */
  constructor(happenings: Happening[] = [], lateNs = 0) {
    this.happenings = [...happenings].sort((a, b) => a.vcpu - b.vcpu);
    this.lateNs = lateNs;
  }

  nowNs(): number {
    return this.clockNs;
  }

  cpuNs(): number {
    return this.clockNs;
  }

  dispatch(pcpu: number, vcpu: number): void {
    this.log.push(`${this.clockNs} p${pcpu} runs ${vcpu < 0 ? '-' : vcpu}`);
  }

  wait(deadlineNs: number): void {
    const next = Math.min(deadlineNs, ...this.happenings.map(({ atNs }) => atNs));
    this.clockNs = Math.max(this.clockNs, next) + this.lateNs;
  }

  nextExit(nowNs: number): number {
    const taken = this.take(nowNs, (what) => what !== 'wake');
    if (taken === undefined) return -1;
    this.exit = Exit[taken.what as keyof typeof Exit];
    return taken.vcpu;
  }

  nextWake(nowNs: number): number {
    return this.take(nowNs, (what) => what === 'wake')?.vcpu ?? -1;
  }

  private take(nowNs: number, fits: (what: string) => boolean): Happening | undefined {
    const taken = this.happenings.find(({ atNs, what }) => atNs <= nowNs && fits(what));
    this.happenings = this.happenings.filter((happening) => happening !== taken);
    return taken;
  }
}
