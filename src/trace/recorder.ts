import type { Policy } from '../core/policy.ts';
import { IDLE } from '../core/policy.ts';
import type { TraceSink } from '../core/trace-sink.ts';
import type { LoopObserver, Exit } from '../machine/machine.ts';
import type { RecordSink } from './record.ts';
import { Column, COLUMNS, Kind, OWN_KINDS, WIDTH } from './record.ts';

const { decide, tick, wake, set } = COLUMNS;
const FIRST = Column.fields;

/** Makes a record of everything that policy and loop tell: the intent. */
export class TraceRecorder implements TraceSink, LoopObserver {
  private readonly sink: RecordSink;
  private policy: Policy | null = null;
  /** The one row that every record is written in; all zeros between two of them. */
  private readonly row = new Float64Array(WIDTH);
  private idleReadings: readonly number[] = [];

  constructor(sink: RecordSink) {
    this.sink = sink;
  }

  attach(policy: Policy): void {
    this.policy = policy;
    this.idleReadings = policy.terms.vcpuReadings.map(({ idle }) => idle);
  }

  decide(nowNs: number, pcpu: number, prev: number, next: number, reason: number, choice: number): void {
    const { row } = this;
    row[decide.pcpu] = pcpu;
    row[decide.prev] = prev;
    this.read(prev, decide.prevReadings);
    row[decide.next] = next;
    this.read(next, decide.nextReadings);
    row[decide.reason] = reason;
    row[decide.choice] = choice;
    this.put(Kind.decide, nowNs);
  }

  tick(nowNs: number, pcpu: number, vcpu: number): void {
    this.row[tick.pcpu] = pcpu;
    this.row[tick.vcpu] = vcpu;
    this.read(vcpu, tick.readings);
    this.put(Kind.tick, nowNs);
  }

  steal(nowNs: number, vcpu: number, from: number, to: number): void {
    this.fill(vcpu, from, to);
    this.put(Kind.steal, nowNs);
  }

  migrate(nowNs: number, vcpu: number, from: number, to: number): void {
    this.fill(vcpu, from, to);
    this.put(Kind.migrate, nowNs);
  }

  wake(nowNs: number, vcpu: number): void {
    this.row[wake.vcpu] = vcpu;
    this.read(vcpu, wake.readings);
    this.put(Kind.wake, nowNs);
  }

  start(nowNs: number, vm: number): void {
    this.fill(vm);
    this.put(Kind.start, nowNs);
  }

  pause(nowNs: number, vm: number): void {
    this.fill(vm);
    this.put(Kind.pause, nowNs);
  }

  unpause(nowNs: number, vm: number): void {
    this.fill(vm);
    this.put(Kind.unpause, nowNs);
  }

  set(nowNs: number, vm: number): void {
    this.row[set.vm] = vm;
    if (this.policy !== null) this.policy.readVm(vm, this.row, set.vmReadings);
    this.put(Kind.set, nowNs);
  }

  tune(nowNs: number, status: number): void {
    this.fill(status);
    this.put(Kind.tune, nowNs);
  }

  own(nowNs: number, kind: number, a: number, b = 0, c = 0, d = 0, e = 0, f = 0): void {
    this.fill(a, b, c, d, e, f);
    this.put(OWN_KINDS + kind, nowNs);
  }

  exit(nowNs: number, vcpu: number, exit: Exit): void {
    this.fill(vcpu, exit);
    this.put(Kind.exit, nowNs);
  }

  /** How late timers are is measured, not traced: every tick would double its record. */
  timer(): void {}

  decision(): void {}

  private fill(a: number, b = 0, c = 0, d = 0, e = 0, f = 0): void {
    const { row } = this;
    row[FIRST] = a;
    row[FIRST + 1] = b;
    row[FIRST + 2] = c;
    row[FIRST + 3] = d;
    row[FIRST + 4] = e;
    row[FIRST + 5] = f;
  }

  private read(vcpu: number, at: number): void {
    if (vcpu === IDLE || this.policy === null) {
      for (let i = 0; i < this.idleReadings.length; i++) this.row[at + i] = this.idleReadings[i];
    } else {
      this.policy.readVcpu(vcpu, this.row, at);
    }
  }

  private put(kind: number, timeNs: number): void {
    this.row[Column.kind] = kind;
    this.row[Column.timeNs] = timeNs;
    this.sink.put(this.row);
    this.row.fill(0);
  }
}
