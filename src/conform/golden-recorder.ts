import { IDLE, type Policy } from '../core/policy.ts';
import type { LoopObserver } from '../machine/loop-observer.ts';
import { Exit } from '../machine/machine.ts';
import type { PolicyRecorder } from '../policies.ts';
import type { QueueState } from './queue-state.ts';
import { queueStates } from './queue-state.ts';
import type { GoldenAcctEntry, GoldenField, GoldenRecord } from './golden-file.ts';

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

/** Says what policy and loop tell in the records of golden files. It keeps none, so that a trace may have any length. */
export class GoldenRecorder implements PolicyRecorder, LoopObserver {
  private policy: Policy | null = null;
  /** VMs that have started */
  private readonly started = new Set<number>();
  /** vCPUs that take part in accounting, and those that are parked */
  private readonly active = new Set<number>();
  private readonly parked = new Set<number>();
  /** by vCPU: what the latest accounting that served it gave it */
  private readonly shares = new Map<number, number>();
  /** priority and credit of the vCPU that is looked at */
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
    this.policy = policy;
  }

  sw(
    nowNs: number,
    pcpu: number,
    prev: number,
    prevPriority: number,
    prevCredit: number,
    next: number,
    nextPriority: number,
    nextCredit: number,
  ): void {
    const [from, to] = [this.name(prev), this.name(next)];
    this.write('sw', nowNs, pcpu, from, prevPriority, prevCredit, to, nextPriority, nextCredit);
  }

  tick(nowNs: number, pcpu: number, vcpu: number, priority: number, credit: number): void {
    this.write('tick', nowNs, pcpu, this.name(vcpu), priority, credit);
  }

  acct(nowNs: number, totalWeight: number, balance: number): void {
    if (nowNs <= this.untilNs) this.write('acct', nowNs, totalWeight, balance, this.acctEntries());
  }

  park(nowNs: number, vcpu: number): void {
    this.parked.add(vcpu);
    this.write('park', nowNs, this.name(vcpu));
  }

  unpark(nowNs: number, vcpu: number): void {
    this.parked.delete(vcpu);
    this.write('unpark', nowNs, this.name(vcpu));
  }

  steal(nowNs: number, vcpu: number, from: number, to: number): void {
    this.write('steal', nowNs, this.name(vcpu), from, to);
  }

  migrate(nowNs: number, vcpu: number, from: number, to: number): void {
    this.write('migrate', nowNs, this.name(vcpu), from, to);
  }

  wake(nowNs: number, vcpu: number, priorityBefore: number): void {
    this.write('wake', nowNs, this.name(vcpu), priorityBefore);
  }

  boost(nowNs: number, vcpu: number): void {
    this.write('boost', nowNs, this.name(vcpu));
  }

  unboost(nowNs: number, vcpu: number): void {
    this.write('unboost', nowNs, this.name(vcpu));
  }

  acctStart(nowNs: number, vcpu: number, activeCount: number): void {
    this.active.add(vcpu);
    this.write('acct_start', nowNs, this.name(vcpu), activeCount);
  }

  acctStop(nowNs: number, vcpu: number, activeCount: number): void {
    this.active.delete(vcpu);
    this.write('acct_stop', nowNs, this.name(vcpu), activeCount);
  }

  set(nowNs: number, vm: number, weight: number, cap: number): void {
    this.write('set', nowNs, this.vmNames[vm], weight, cap);
  }

  global(nowNs: number, status: number): void {
    this.write('global', nowNs, status);
  }

  pay(_nowNs: number, vcpu: number, _before: number, share: number): void {
    this.shares.set(vcpu, share);
  }

  start(_nowNs: number, vm: number): void {
    this.started.add(vm);
  }

  // Golden files know nothing of these.
  decide(): void {}

  grant(): void {}

  pause(): void {}

  unpause(): void {}

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

  private name(vcpu: number): string {
    return vcpu === IDLE ? '-' : this.names[vcpu];
  }

  private acctEntries(): GoldenAcctEntry[] {
    const { policy, readings } = this;
    const entries: GoldenAcctEntry[] = [];
    if (policy === null) return entries;
    for (let vcpu = 0; vcpu < policy.vcpuCount; vcpu++) {
      if (!this.started.has(policy.vmOf[vcpu])) continue;
      policy.readVcpu(vcpu, readings, 0);
      const [priority, credit] = readings;
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
