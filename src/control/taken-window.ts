/** What others took of each pCPU in the last second or so. */
import type { Taken } from '../testbed/live-run.ts';

const WINDOW_NS = 1e9;

export interface TakenPercent {
  readonly othersPercent: number | null;
  readonly ownThreadsPercent: number | null;
}

interface Look {
  readonly atNs: number;
  readonly taken: Taken;
}

export class TakenWindow {
  private readonly read: () => { readonly atNs: number; readonly taken: Taken };
  private older: Look | null = null;
  private newer: Look | null = null;

  /** @param read what was taken so far, and when that is */
  constructor(read: () => Look) {
    this.read = read;
  }

  /** @returns per pCPU, since a look that was a second or more ago; what own threads took is not counted twice */
  percent(): readonly TakenPercent[] {
    const now = this.read();
    if (this.newer === null || now.atNs - this.newer.atNs >= WINDOW_NS) {
      this.older = this.newer;
      this.newer = now;
    }
    const since = this.older ?? { atNs: 0, taken: { stolenNs: [], ownThreadsNs: null } };
    const lengthNs = now.atNs - since.atNs;
    return now.taken.stolenNs.map((stolenNs, pcpu) => {
      if (lengthNs <= 0) return { othersPercent: null, ownThreadsPercent: null };
      const percent = (ns: number): number => Math.min(100, Math.max(0, (100 * ns) / lengthNs));
      const stolen = stolenNs - (since.taken.stolenNs[pcpu] ?? 0);
      const { ownThreadsNs } = now.taken;
      const own = ownThreadsNs === null ? null : ownThreadsNs[pcpu] - (since.taken.ownThreadsNs?.[pcpu] ?? 0);
      return {
        othersPercent: percent(stolen - (own ?? 0)),
        ownThreadsPercent: own === null ? null : percent(own),
      };
    });
  }
}
