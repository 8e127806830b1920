import assert from 'node:assert/strict';
import { IDLE } from '../../src/core/policy.ts';
import { Onlooker } from './onlooker.ts';

/** From the switches alone: how long each pCPU was busy, that nobody ran twice at once, and where it may not. */
export class BusyWatch extends Onlooker {
  private readonly busyNs = new Map<number, number>();
  /** by pCPU: what it runs, and since when */
  private readonly running = new Map<number, { readonly vcpu: number; readonly sinceNs: number }>();

  /** Time that all pCPUs together ran vCPUs. */
  totalNs(endNs: number): number {
    const finished = [...this.busyNs.values()].reduce((sum, ns) => sum + ns, 0);
    return [...this.running.values()].reduce((sum, { sinceNs }) => sum + endNs - sinceNs, finished);
  }

  override decide(...told: Parameters<Onlooker['decide']>): void {
    const [nowNs, pcpu, prev, next] = told;
    if (next === prev) return;
    const was = this.running.get(pcpu);
    assert.equal(was?.vcpu ?? IDLE, prev, `pCPU ${pcpu} leaves what it ran`);
    if (was !== undefined) this.busyNs.set(pcpu, (this.busyNs.get(pcpu) ?? 0) + nowNs - was.sinceNs);
    this.running.delete(pcpu);
    if (next === IDLE) return;
    for (const { vcpu } of this.running.values()) assert.notEqual(vcpu, next, `vCPU ${next} runs twice`);
    assert.equal(this.state.stops[next], 0, `vCPU ${next} can run`);
    assert.ok(this.state.affinity.of(next).has(pcpu), `vCPU ${next} may run on pCPU ${pcpu}`);
    this.running.set(pcpu, { vcpu: next, sinceNs: nowNs });
  }
}
