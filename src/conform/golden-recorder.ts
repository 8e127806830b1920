import type { Policy } from '../core/policy.ts';
import { IDLE } from '../core/policy.ts';
import type { TraceSink } from '../core/trace-sink.ts';
import { type LoopObserver, Exit } from '../machine/machine.ts';
import { GOLDEN_POLICY_TYPE } from './golden-records.ts';
import type { QueueState } from './conformance-schema.ts';
import { queueStates } from './queue-state.ts';
import type { GoldenAcctEntry, GoldenField, GoldenRecord } from './golden-records.ts';

export interface GoldenRecorderOptions {
  readonly vcpuNames: readonly string[];
  readonly vmNames: readonly string[];
  /** what comes later isn't recorded */
  readonly untilNs: number;
  /** takes each record as soon as it is made */
  readonly put: (record: GoldenRecord) => void;
  /** keep the queues as they are when the record with this index is made; default: none */
  readonly queuesAt?: number;
}

/**
 * Says what policy and loop tell in the records of golden files. It keeps none, so that a trace may have any length.
 */
export class GoldenRecorder implements TraceSink, LoopObserver {
  private policy: Policy | null = null;
  /** VMs that have started */
  private readonly started = new Set<number>();
  /** vCPUs that take part in accounting, and those that are parked */
  private readonly active = new Set<number>();
  private readonly parked = new Set<number>();
  /** by vCPU: what the latest accounting that served it gave it */
  private readonly shares = new Map<number, number>();
  private readonly readings = new Float64Array(2);
  private readonly names: readonly string[];
  private readonly vmNames: readonly string[];
  private readonly untilNs: number;
  private readonly put: (record: GoldenRecord) => void;
  private readonly queuesAt: number;
  private recordCount = 0;
  private snapshot: readonly QueueState[] | null = null;

  constructor({ vcpuNames, vmNames, untilNs, put, queuesAt = -1 }: GoldenRecorderOptions) {
    this.names = vcpuNames;
    this.vmNames = vmNames;
    this.untilNs = untilNs;
    this.put = put;
    this.queuesAt = queuesAt;
  }

  /** The queues at that record; if it was never made, as they are now. */
  get queues(): readonly QueueState[] {
    return this.snapshot ?? (this.policy === null ? [] : queueStates(this.policy, this.names));
  }

  attach(policy: Policy): void {
    const { type } = policy.terms;
    if (type !== GOLDEN_POLICY_TYPE)
      throw new Error(`golden files are of ${GOLDEN_POLICY_TYPE}, not of ${type}`);
    this.policy = policy;
  }

  decide(nowNs: number, pcpu: number, prev: number, next: number): void {
    if (next === prev) return;
    const [from, to] = [this.name(prev), this.name(next)];
    this.write('sw', nowNs, pcpu, from, ...this.readingsOf(prev), to, ...this.readingsOf(next));
  }

  tick(nowNs: number, pcpu: number, vcpu: number): void {
    this.write('tick', nowNs, pcpu, this.name(vcpu), ...this.readingsOf(vcpu));
  }

  own(nowNs: number, kind: number, a: number, b = 0, c = 0): void {
    const name = this.policy?.terms.records[kind].kind ?? '';
    switch (name) {
      case 'acct':
        if (nowNs <= this.untilNs) this.write('acct', nowNs, a, b, this.acctEntries());
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

  set(nowNs: number, vm: number): void {
    this.policy?.readVm(vm, this.readings, 0);
    const [weight, cap] = this.readings;
    this.write('set', nowNs, this.vmNames[vm], weight, cap);
  }

  tune(nowNs: number, status: number): void {
    this.write('global', nowNs, status);
  }

  start(_nowNs: number, vm: number): void {
    this.started.add(vm);
  }

  // Golden files know nothing of these.

  pause(): void {}

  unpause(): void {}

  /** A scenario with these is refused before it is written. */
  destroy(): void {}

  pin(): void {}

  timer(): void {}

  decision(): void {}

  exit(nowNs: number, vcpu: number, exit: Exit): void {
    if (exit === Exit.done) this.write('done', nowNs, this.name(vcpu));
  }

  private write(kind: string, nowNs: number, ...fields: GoldenField[]): void {
    if (nowNs > this.untilNs) return;
    if (this.recordCount++ === this.queuesAt) this.snapshot = this.queues;
    this.put([kind, nowNs, ...fields]);
  }

  /** Priority and credit. */
  private readingsOf(vcpu: number): [number, number] {
    const { policy, readings } = this;
    if (policy === null) throw new Error('a record comes before the policy');
    if (vcpu === IDLE) [readings[0], readings[1]] = policy.terms.vcpuReadings.map(({ idle }) => idle);
    else policy.readVcpu(vcpu, readings, 0);
    return [readings[0], readings[1]];
  }

  private name(vcpu: number): string {
    return vcpu === IDLE ? '-' : this.names[vcpu];
  }

  private acctEntries(): GoldenAcctEntry[] {
    const { policy } = this;
    const entries: GoldenAcctEntry[] = [];
    if (policy === null) return entries;
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
