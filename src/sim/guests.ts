import { Exit } from '../machine/machine.ts';
import type { GuestSpec } from './guest.ts';
import { checkGuest } from './guest.ts';

const Next = { sleep: 0, period: 1, again: 2 } as const;

/** The programs of all vCPUs: how long each burst is, and what comes after it. */
export class Guests {
  /** Index vCPU: CPU time that a burst takes; Infinity for a hog. */
  readonly burstNs: Float64Array;
  /** Index vCPU: when it wants to be woken after its last burst. */
  readonly wakeNs: Float64Array;
  private readonly burstsLeft: Float64Array;
  private readonly next: Uint8Array;
  /** time between the end of a burst and the wake-up, or between two releases */
  private readonly intervalNs: Float64Array;
  private readonly releaseNs: Float64Array;

  /** @param room how many there may be */
  constructor(room: number) {
    this.burstNs = new Float64Array(room);
    this.burstsLeft = new Float64Array(room);
    this.next = new Uint8Array(room);
    this.intervalNs = new Float64Array(room);
    this.releaseNs = new Float64Array(room);
    this.wakeNs = new Float64Array(room);
  }

  /** @param startNs its first release @throws RangeError for an impossible program */
  set(vcpu: number, spec: GuestSpec, startNs: number): void {
    checkGuest(spec);
    this.burstNs[vcpu] = burstOf(spec);
    this.burstsLeft[vcpu] = countOf(spec);
    this.next[vcpu] = nextOf(spec);
    this.intervalNs[vcpu] = intervalOf(spec);
    this.releaseNs[vcpu] = startNs;
  }

  /** A vCPU has used up its burst. @returns what it does now; if it blocks, `wakeNs` says until when */
  endBurst(vcpu: number, nowNs: number): Exit {
    if (--this.burstsLeft[vcpu] === 0) return Exit.done;
    switch (this.next[vcpu]) {
      case Next.again:
        return Exit.yielded;
      case Next.period:
        this.releaseNs[vcpu] = Math.max(this.releaseNs[vcpu] + this.intervalNs[vcpu], nowNs);
        this.wakeNs[vcpu] = this.releaseNs[vcpu];
        return Exit.blocked;
      default:
        this.wakeNs[vcpu] = nowNs + this.intervalNs[vcpu];
        return Exit.blocked;
    }
  }
}

function burstOf(spec: GuestSpec): number {
  if (spec.kind === 'hog') return Infinity;
  return spec.kind === 'finite' ? spec.workNs : spec.runNs;
}

function countOf(spec: GuestSpec): number {
  if (spec.kind === 'finite') return 1;
  return spec.kind === 'hog' ? Infinity : (spec.count ?? Infinity);
}

function nextOf(spec: GuestSpec): number {
  if (spec.kind === 'io') return Next.sleep;
  return spec.kind === 'periodic' ? Next.period : Next.again;
}

function intervalOf(spec: GuestSpec): number {
  if (spec.kind === 'io') return spec.sleepNs;
  return spec.kind === 'periodic' ? spec.periodNs : 0;
}
