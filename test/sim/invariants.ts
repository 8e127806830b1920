import assert from 'node:assert/strict';
import type { Credit1 } from '../../src/core/credit1.ts';
import { isActive } from '../../src/core/activation.ts';
import { IDLE } from '../../src/core/policy.ts';
import type { TraceSink } from '../../src/core/trace-sink.ts';
import type { LoopObserver } from '../../src/machine/loop-observer.ts';

/** Looks on a simulation: adds up how long each pCPU is busy, keeps all it is told, and checks what must always hold. */
export class Invariants implements TraceSink, LoopObserver {
  /** everything that was told, a line each */
  readonly lines: string[] = [];
  /** per pCPU: time up to its last switch in which it ran a vCPU */
  private busyNs: number[] = [];
  /** per pCPU: what it runs, and since when */
  private running: { vcpu: number; sinceNs: number }[] = [];
  private policy!: Credit1;

  attach(policy: Credit1): void {
    this.policy = policy;
    this.busyNs = Array.from({ length: policy.pcpuCount }, () => 0);
    this.running = this.busyNs.map(() => ({ vcpu: IDLE, sinceNs: 0 }));
  }

  /** Time that all pCPUs together ran vCPUs. */
  totalBusyNs(endNs: number): number {
    return this.running.reduce(
      (sum, { vcpu, sinceNs }, pcpu) => sum + this.busyNs[pcpu] + (vcpu === IDLE ? 0 : endNs - sinceNs),
      0,
    );
  }

  sw(nowNs: number, pcpu: number, prev: number, ...rest: [number, number, number, number, number]): void {
    const next = rest[2];
    this.note('sw', nowNs, pcpu, prev, ...rest);
    const was = this.running[pcpu];
    assert.equal(was.vcpu, prev, `pCPU ${pcpu} leaves what it ran`);
    if (prev !== IDLE) this.busyNs[pcpu] += nowNs - was.sinceNs;
    if (next !== IDLE) {
      assert.ok(!this.running.some(({ vcpu }) => vcpu === next), `vCPU ${next} runs twice at ${nowNs}`);
      assert.equal(this.policy.state.stops[next], 0, `vCPU ${next} is runnable`);
      assert.ok(this.policy.state.affinity.of(next).has(pcpu), `vCPU ${next} may run on pCPU ${pcpu}`);
    }
    this.running[pcpu] = { vcpu: next, sinceNs: nowNs };
  }

  acct(nowNs: number, totalWeight: number, balance: number): void {
    this.note('acct', nowNs, totalWeight, balance);
    const { state } = this.policy;
    let weight = 0;
    for (let vcpu = 0; vcpu < state.vcpuCount; vcpu++) {
      if (!isActive(state, vcpu)) continue;
      weight += state.weight[state.vmOf[vcpu]];
      const bound = state.creditsPerSlice;
      assert.ok(Math.abs(state.credit[vcpu]) <= bound, `credit ${state.credit[vcpu]} of vCPU ${vcpu}`);
    }
    assert.equal(totalWeight, weight, 'the weights of the active vCPUs');
  }

  tick(...told: number[]): void {
    this.note('tick', ...told);
  }
  park(...told: number[]): void {
    this.note('park', ...told);
  }
  unpark(...told: number[]): void {
    this.note('unpark', ...told);
  }
  steal(...told: number[]): void {
    this.note('steal', ...told);
  }
  migrate(...told: number[]): void {
    this.note('migrate', ...told);
  }
  wake(...told: number[]): void {
    this.note('wake', ...told);
  }
  boost(...told: number[]): void {
    this.note('boost', ...told);
  }
  unboost(...told: number[]): void {
    this.note('unboost', ...told);
  }
  acctStart(...told: number[]): void {
    this.note('acctStart', ...told);
  }
  acctStop(...told: number[]): void {
    this.note('acctStop', ...told);
  }
  set(...told: number[]): void {
    this.note('set', ...told);
  }
  global(...told: number[]): void {
    this.note('global', ...told);
  }
  exit(...told: number[]): void {
    this.note('exit', ...told);
  }
  timer(): void {}

  /** Between two decisions nobody is lost: who can run is current or queued, once; and the counts are right. */
  decision(): void {
    const { state } = this.policy;
    if (state.resched.count > 0) return;
    const places = new Map<number, number>();
    for (let pcpu = 0; pcpu < state.pcpuCount; pcpu++) {
      const queued: number[] = [];
      for (let vcpu = state.runq.head(pcpu); vcpu >= 0; vcpu = state.runq.next(vcpu)) queued.push(vcpu);
      const current = state.current[pcpu];
      const here = current === IDLE ? queued : [current, ...queued];
      for (const vcpu of here) {
        assert.equal(state.pcpuOf[vcpu], pcpu);
        places.set(vcpu, (places.get(vcpu) ?? 0) + 1);
      }
      assert.equal(state.runnable[pcpu], here.length, `runnable on pCPU ${pcpu}`);
      assert.equal(state.crowded.has(pcpu), here.length > 1);
      if (state.idlers.has(pcpu)) assert.equal(here.length, 0, `idle pCPU ${pcpu} has nobody`);
    }
    for (let vcpu = 0; vcpu < state.vcpuCount; vcpu++) {
      assert.equal(places.get(vcpu) ?? 0, state.stops[vcpu] === 0 ? 1 : 0, `places of vCPU ${vcpu}`);
    }
  }

  private note(kind: string, ...told: number[]): void {
    this.lines.push(`${kind} ${told.join(' ')}`);
  }
}
