import { IDLE } from '../../src/core/policy.ts';
import { Onlooker } from './onlooker.ts';

/**
 * How long a pCPU idles while a vCPU that may run there waits in another's queue without a break: the longest such
 * time, and where.
 */
export class WasteWatch extends Onlooker {
  longestNs = 0;
  where = '';
  /** the most vCPUs that were on one pCPU, running and waiting */
  mostOnOne = 0;
  private readonly fromNs: number;
  /** by vCPU and idle pCPU: since when it waits while that one idles */
  private readonly since = new Map<string, number>();

  /** @param fromNs what came before doesn't count */
  constructor(fromNs = 0) {
    super();
    this.fromNs = fromNs;
  }

  override timer(...[, , nowNs]: Parameters<Onlooker['timer']>): void {
    this.look(nowNs);
  }

  override decision(...[, startNs]: Parameters<Onlooker['decision']>): void {
    this.look(startNs);
  }

  private look(nowNs: number): void {
    const { state } = this;
    this.mostOnOne = Math.max(this.mostOnOne, ...state.runnable);
    if (state.resched.count > 0 || nowNs < this.fromNs) return;
    const seen = new Set<string>();
    for (let pcpu = 0; pcpu < state.pcpuCount; pcpu++) {
      for (let vcpu = state.runq.head(pcpu); vcpu >= 0; vcpu = state.runq.next(vcpu)) {
        for (let idle = 0; idle < state.pcpuCount; idle++) {
          if (state.current[idle] !== IDLE || !state.affinity.of(vcpu).has(idle)) continue;
          const key = `vCPU ${vcpu} waits on pCPU ${pcpu} while ${idle} idles`;
          seen.add(key);
          const sinceNs = this.since.get(key);
          if (sinceNs === undefined) this.since.set(key, nowNs);
          else if (nowNs - sinceNs > this.longestNs) {
            this.longestNs = nowNs - sinceNs;
            this.where = `${key} from ${sinceNs} to ${nowNs}`;
          }
        }
      }
    }
    for (const key of this.since.keys()) if (!seen.has(key)) this.since.delete(key);
  }
}
