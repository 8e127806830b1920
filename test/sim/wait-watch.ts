import { IDLE } from '../../src/core/policy.ts';
import { Onlooker } from './onlooker.ts';

/** How long each vCPU that can always run was off its pCPU at a stretch, since it first ran. */
export class WaitWatch extends Onlooker {
  /** by vCPU, ns */
  readonly longestNs = new Map<number, number>();
  private readonly offSinceNs = new Map<number, number>();

  override decide(...told: Parameters<Onlooker['decide']>): void {
    const [nowNs, , prev, next] = told;
    if (next === prev) return;
    if (prev !== IDLE) this.offSinceNs.set(prev, nowNs);
    if (next !== IDLE) this.note(next, nowNs);
  }

  /** Count those who still wait. */
  finish(endNs: number): void {
    for (const vcpu of [...this.offSinceNs.keys()]) this.note(vcpu, endNs);
  }

  private note(vcpu: number, nowNs: number): void {
    const waitedNs = nowNs - (this.offSinceNs.get(vcpu) ?? nowNs);
    this.offSinceNs.delete(vcpu);
    this.longestNs.set(vcpu, Math.max(this.longestNs.get(vcpu) ?? 0, waitedNs));
  }
}
