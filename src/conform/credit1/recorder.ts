import type { TraceSink } from '../../core/trace-sink.ts';
import type { GoldenField } from '../golden-records.ts';
import { GoldenRecorder } from '../golden-recorder.ts';

/** Name, credit, priority, active, parked, last share. */
type AcctEntry = readonly [string, number, number, number, number, number];

export class CreditRecorder extends GoldenRecorder implements TraceSink {
  /** VMs that have started */
  private readonly started = new Set<number>();
  /** vCPUs that take part in accounting, and those that are parked */
  private readonly active = new Set<number>();
  private readonly parked = new Set<number>();
  /** by vCPU: what the latest accounting that served it gave it */
  private readonly shares = new Map<number, number>();

  decide(nowNs: number, pcpu: number, prev: number, next: number): void {
    if (next === prev) return;
    const [from, to] = [this.name(prev), this.name(next)];
    this.write('sw', nowNs, pcpu, from, ...this.readingsOf(prev), to, ...this.readingsOf(next));
  }

  tick(nowNs: number, pcpu: number, vcpu: number): void {
    this.write('tick', nowNs, pcpu, this.name(vcpu), ...this.readingsOf(vcpu));
  }

  own(nowNs: number, kind: number, a: number, b = 0, c = 0): void {
    switch (this.policy.terms.records[kind].kind) {
      case 'acct':
        if (this.isRecorded(nowNs)) this.write('acct', nowNs, a, b, this.acctEntries());
        break;
      case 'pay':
        this.shares.set(a, c);
        break;
      case 'park':
        this.parked.add(a);
        this.write('park', nowNs, this.name(a));
        break;
      case 'unpark':
        this.parked.delete(a);
        this.write('unpark', nowNs, this.name(a));
        break;
      case 'boost':
        this.write('boost', nowNs, this.name(a));
        break;
      case 'unboost':
        this.write('unboost', nowNs, this.name(a));
        break;
      case 'activate':
        this.active.add(a);
        this.write('acct_start', nowNs, this.name(a), b);
        break;
      case 'deactivate':
        this.active.delete(a);
        this.write('acct_stop', nowNs, this.name(a), b);
        break;
      default: // golden files know nothing of the others
        break;
    }
  }

  steal(nowNs: number, vcpu: number, from: number, to: number): void {
    this.write('steal', nowNs, this.name(vcpu), from, to);
  }

  migrate(nowNs: number, vcpu: number, from: number, to: number): void {
    this.write('migrate', nowNs, this.name(vcpu), from, to);
  }

  wake(nowNs: number, vcpu: number): void {
    const [priority] = this.readingsOf(vcpu);
    this.write('wake', nowNs, this.name(vcpu), priority);
  }

  set(nowNs: number, vm: number, status: number): void {
    if (status === 0) this.write('set', nowNs, this.vmNames[vm], ...this.vmReadingsOf(vm));
  }

  tune(nowNs: number, status: number): void {
    this.write('global', nowNs, status);
  }

  start(_nowNs: number, vm: number): void {
    this.started.add(vm);
  }

  // Golden files know nothing of these, or such a scenario is refused before it is written.

  pause(): void {}

  unpause(): void {}

  destroy(): void {}

  pin(): void {}

  private acctEntries(): GoldenField {
    const { policy } = this;
    const entries: AcctEntry[] = [];
    for (let vcpu = 0; vcpu < policy.vcpuCount; vcpu++) {
      if (!this.started.has(policy.vmOf[vcpu])) continue;
      const [priority, credit] = this.readingsOf(vcpu);
      entries.push([
        this.names[vcpu],
        credit,
        priority,
        this.active.has(vcpu) ? 1 : 0,
        this.parked.has(vcpu) ? 1 : 0,
        this.shares.get(vcpu) ?? 0,
      ]);
    }
    return entries;
  }
}
