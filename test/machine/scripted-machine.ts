import type { Machine } from '../../src/machine/machine.ts';
import { Exit } from '../../src/machine/machine.ts';

/** What happens on a scripted machine, and when. */
export interface Happening {
  readonly atNs: number;
  readonly vcpu: number;
  readonly what: 'blocked' | 'yielded' | 'done' | 'wake';
}

/**
 * A machine that reports what it is told to, whatever runs, and writes down what it is asked for. CPU time is wall
 * time.
 */
export class ScriptedMachine implements Machine {
  exit: Exit = Exit.blocked;
  exitNs = 0;
  readonly log: string[] = [];
  private clockNs = 0;
  private happenings: Happening[];
  private readonly lateNs: number;

  private readonly tellingNs: number;

  /** @param lateNs how late each wait ends @param tellingNs how long it takes to tell a pCPU what to run */
  constructor(happenings: Happening[] = [], lateNs = 0, tellingNs = 0) {
    this.tellingNs = tellingNs;
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
    this.clockNs += this.tellingNs;
    const who = vcpu < 0 ? '-' : String(vcpu);
    this.log.push(`${this.clockNs} p${pcpu} runs ${who}`);
  }

  retire(vcpu: number): void {
    this.log.push(`${this.clockNs} vCPU ${vcpu} is gone`);
    this.happenings = this.happenings.filter((each) => each.vcpu !== vcpu);
  }

  wait(deadlineNs: number): void {
    const next = Math.min(deadlineNs, ...this.happenings.map(({ atNs }) => atNs));
    this.clockNs = Math.max(this.clockNs, next) + this.lateNs;
  }

  nextExit(nowNs: number): number {
    const taken = this.take(nowNs, (what) => what !== 'wake');
    if (taken === undefined) return -1;
    this.exitNs = taken.atNs;
    this.exit = Exit[taken.what as keyof typeof Exit];
    return taken.vcpu;
  }

  nextWakeNs(): number {
    return Math.min(
      Infinity,
      ...this.happenings.filter(({ what }) => what === 'wake').map(({ atNs }) => atNs),
    );
  }

  nextWake(nowNs: number): number {
    return this.take(nowNs, (what) => what === 'wake')?.vcpu ?? -1;
  }

  /** The earliest; of several in one instant the lowest vCPU. */
  private take(nowNs: number, fits: (what: string) => boolean): Happening | undefined {
    const [taken] = this.happenings
      .filter(({ atNs, what }) => atNs <= nowNs && fits(what))
      .sort((a, b) => a.atNs - b.atNs);
    this.happenings = this.happenings.filter((happening) => happening !== taken);
    return taken;
  }
}
