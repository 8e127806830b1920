import { Priority } from '../core/credit1/constants.ts';
import { IDLE, type Policy } from '../core/policy.ts';
import type { LoopObserver } from '../machine/loop-observer.ts';
import type { Exit } from '../machine/machine.ts';
import type { PolicyRecorder } from '../policies.ts';
import type { RecordSink } from './record.ts';
import { Kind } from './record.ts';

/** Makes a record of everything that policy and loop tell: the intent. */
export class TraceRecorder implements PolicyRecorder, LoopObserver {
  private readonly sink: RecordSink;
  private policy: Policy | null = null;
  private readonly readings = new Float64Array(2);

  constructor(sink: RecordSink) {
    this.sink = sink;
  }

  attach(policy: Policy): void {
    this.policy = policy;
  }

  decide(nowNs: number, pcpu: number, prev: number, next: number, reason: number, choice: number): void {
    this.sink.put(
      Kind.decide,
      nowNs,
      pcpu,
      prev,
      this.priorityOf(prev),
      this.creditOf(prev),
      next,
      this.priorityOf(next),
      this.creditOf(next),
      reason,
      choice,
    );
  }

  /** decide() has told it. */
  sw(): void {}

  tick(nowNs: number, pcpu: number, vcpu: number, priority: number, credit: number): void {
    this.sink.put(Kind.tick, nowNs, pcpu, vcpu, priority, credit);
  }

  acct(nowNs: number, totalWeight: number, balance: number): void {
    this.sink.put(Kind.acct, nowNs, totalWeight, balance);
  }

  grant(nowNs: number, vm: number, toShare: number, weight: number, fair: number, peak: number): void {
    this.sink.put(Kind.grant, nowNs, vm, toShare, weight, fair, peak);
  }

  pay(nowNs: number, vcpu: number, before: number, share: number, after: number, priority: number): void {
    this.sink.put(Kind.pay, nowNs, vcpu, before, share, after, priority);
  }

  park(nowNs: number, vcpu: number): void {
    this.sink.put(Kind.park, nowNs, vcpu);
  }

  unpark(nowNs: number, vcpu: number): void {
    this.sink.put(Kind.unpark, nowNs, vcpu);
  }

  steal(nowNs: number, vcpu: number, from: number, to: number): void {
    this.sink.put(Kind.steal, nowNs, vcpu, from, to);
  }

  migrate(nowNs: number, vcpu: number, from: number, to: number): void {
    this.sink.put(Kind.migrate, nowNs, vcpu, from, to);
  }

  wake(nowNs: number, vcpu: number, priorityBefore: number): void {
    this.sink.put(Kind.wake, nowNs, vcpu, priorityBefore);
  }

  boost(nowNs: number, vcpu: number): void {
    this.sink.put(Kind.boost, nowNs, vcpu);
  }

  unboost(nowNs: number, vcpu: number): void {
    this.sink.put(Kind.unboost, nowNs, vcpu);
  }

  acctStart(nowNs: number, vcpu: number, activeCount: number): void {
    this.sink.put(Kind.activate, nowNs, vcpu, activeCount);
  }

  acctStop(nowNs: number, vcpu: number, activeCount: number): void {
    this.sink.put(Kind.deactivate, nowNs, vcpu, activeCount);
  }

  start(nowNs: number, vm: number): void {
    this.sink.put(Kind.start, nowNs, vm);
  }

  pause(nowNs: number, vm: number): void {
    this.sink.put(Kind.pause, nowNs, vm);
  }

  unpause(nowNs: number, vm: number): void {
    this.sink.put(Kind.unpause, nowNs, vm);
  }

  set(nowNs: number, vm: number, weight: number, cap: number): void {
    this.sink.put(Kind.set, nowNs, vm, weight, cap);
  }

  global(nowNs: number, status: number): void {
    this.sink.put(Kind.tune, nowNs, status);
  }

  exit(nowNs: number, vcpu: number, exit: Exit): void {
    this.sink.put(Kind.exit, nowNs, vcpu, exit);
  }

  /** How late timers are is measured, not traced: every tick would double its record. */
  timer(): void {}

  decision(): void {}

  private priorityOf(vcpu: number): number {
    if (vcpu === IDLE || this.policy === null) return Priority.idle;
    this.policy.readVcpu(vcpu, this.readings, 0);
    return this.readings[0];
  }

  private creditOf(vcpu: number): number {
    if (vcpu === IDLE || this.policy === null) return 0;
    this.policy.readVcpu(vcpu, this.readings, 0);
    return this.readings[1];
  }
}
