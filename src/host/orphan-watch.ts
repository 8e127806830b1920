import { type Native, Released } from '../addon/native.ts';

const LOOK_MS = 100;

/** Notices that the vCPUs found the loop's heartbeat gone, and released themselves. */
export class OrphanWatch {
  private readonly native: Native;
  private timer: NodeJS.Timeout | undefined;

  constructor(native: Native) {
    this.native = native;
  }

  /** Rejects when that happens; never resolves. */
  start(): Promise<never> {
    return new Promise((_, reject) => {
      this.timer = setInterval(() => {
        if (this.native.releasedWhy() === Released.orphaned)
          reject(new Error('it stood still, and the vCPUs released themselves'));
      }, LOOK_MS);
    });
  }

  end(): void {
    clearInterval(this.timer);
  }
}
