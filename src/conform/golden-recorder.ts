import type { Credit1 } from '../core/credit1/credit1.ts';
import { isActive } from '../core/credit1/activation.ts';
import { IDLE } from '../core/policy.ts';
import type { CreditState } from '../core/credit1/state.ts';
import { Flag } from '../core/credit1/state.ts';
import type { TraceSink } from '../core/trace-sink.ts';
import { type LoopObserver, Exit } from '../machine/machine.ts';
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
export class GoldenRecorder implements TraceSink, LoopObserver {
  private state: CreditState | null = null;
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
    return this.snapshot ?? (this.state === null ? [] : queueStates(this.state, this.names));
  }

  attach(policy: Credit1): void {
    this.state = policy.state;
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
    this.write('park', nowNs, this.name(vcpu));
  }

  unpark(nowNs: number, vcpu: number): void {
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
    this.write('acct_start', nowNs, this.name(vcpu), activeCount);
  }

  acctStop(nowNs: number, vcpu: number, activeCount: number): void {
    this.write('acct_stop', nowNs, this.name(vcpu), activeCount);
  }

  set(nowNs: number, vm: number, weight: number, cap: number): void {
    this.write('set', nowNs, this.vmNames[vm], weight, cap);
  }

  global(nowNs: number, status: number): void {
    this.write('global', nowNs, status);
  }

  // Golden files know nothing of these.
  decide(): void {}

  grant(): void {}

  pay(): void {}

  start(): void {}

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
    const { state } = this;
    const entries: GoldenAcctEntry[] = [];
    if (state === null) return entries;
    for (let vcpu = 0; vcpu < state.vcpuCount; vcpu++) {
      if (state.started[state.vmOf[vcpu]] === 0) continue;
      entries.push([
        this.names[vcpu],
        state.credit[vcpu],
        state.priority[vcpu],
        isActive(state, vcpu) ? 1 : 0,
        (state.flags[vcpu] & Flag.parked) === 0 ? 0 : 1,
        state.lastShare[vcpu],
      ]);
    }
    return entries;
  }
}
