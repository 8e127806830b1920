import type { LabError } from '../base/errors.ts';
import { Pulse } from '../core/guarded.ts';
import { endlessError } from '../policy-file/watched.ts';

const LOOK_MS = 100;
/** Looks and not time are counted, so that a process that was stopped isn't taken for a policy that loops. */
const MOST_LOOKS = 20;

/** Notices that a policy from a file doesn't come back from a call: its thread can't tell. */
export class PolicyWatch {
  private readonly pulse: Int32Array;
  private readonly type: string;
  private timer: NodeJS.Timeout | undefined;

  /** @param pulse as the guard of the policy keeps it, in the other thread */
  constructor(pulse: Int32Array, type: string) {
    this.pulse = pulse;
    this.type = type;
  }

  /** Rejects when that happens; never resolves. */
  start(): Promise<never> {
    let looks = 0;
    let seen = -1;
    return new Promise((_, reject) => {
      this.timer = setInterval(() => {
        const count = Atomics.load(this.pulse, Pulse.count);
        looks = count === seen && this.isInCall ? looks + 1 : 0;
        seen = count;
        if (looks >= MOST_LOOKS) reject(this.failure());
      }, LOOK_MS);
    });
  }

  /** What is wrong if the thread stands still: the call that it is in; null: it is in none. */
  stuck(): LabError | null {
    return this.isInCall ? this.failure() : null;
  }

  end(): void {
    clearInterval(this.timer);
  }

  private get isInCall(): boolean {
    return Atomics.load(this.pulse, Pulse.call) !== 0;
  }

  private failure(): LabError {
    return endlessError(this.type, this.pulse);
  }
}
