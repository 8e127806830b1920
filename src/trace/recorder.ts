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
  private idleReadings: readonly number[] = [];
  // A row for each kind, written anew for each record: what a kind doesn't have stays zero.
  private readonly decided = rowFor(Kind.decide);
  private readonly ticked = rowFor(Kind.tick);
  private readonly woken = rowFor(Kind.wake);
  private readonly changed = rowFor(Kind.set);
  /** Of all kinds that have plain numbers and no readings. */
  private readonly plain = new Float64Array(WIDTH);

  constructor(sink: RecordSink) {
    this.sink = sink;
  }

  attach(policy: Policy): void {
    this.policy = policy;
    this.idleReadings = policy.terms.vcpuReadings.map(({ idle }) => idle);
  }

  decide(nowNs: number, pcpu: number, prev: number, next: number, reason: number, choice: number): void {
    const row = this.decided;
    row[Column.timeNs] = nowNs;
    row[decide.pcpu] = pcpu;
    row[decide.prev] = prev;
    this.read(prev, row, decide.prevReadings);
    row[decide.next] = next;
    this.read(next, row, decide.nextReadings);
    row[decide.reason] = reason;
    row[decide.choice] = choice;
    this.sink.put(row);
  }

  tick(nowNs: number, pcpu: number, vcpu: number): void {
    const row = this.ticked;
    row[Column.timeNs] = nowNs;
    row[tick.pcpu] = pcpu;
    row[tick.vcpu] = vcpu;
    this.read(vcpu, row, tick.readings);
    this.sink.put(row);
  }

  steal(nowNs: number, vcpu: number, from: number, to: number): void {
    this.put(Kind.steal, nowNs, vcpu, from, to);
  }

  migrate(nowNs: number, vcpu: number, from: number, to: number): void {
    this.put(Kind.migrate, nowNs, vcpu, from, to);
  }

  wake(nowNs: number, vcpu: number): void {
    const row = this.woken;
    row[Column.timeNs] = nowNs;
    row[wake.vcpu] = vcpu;
    this.read(vcpu, row, wake.readings);
    this.sink.put(row);
  }

  start(nowNs: number, vm: number): void {
    this.put(Kind.start, nowNs, vm);
  }

  pause(nowNs: number, vm: number): void {
    this.put(Kind.pause, nowNs, vm);
  }

  unpause(nowNs: number, vm: number): void {
    this.put(Kind.unpause, nowNs, vm);
  }

  destroy(nowNs: number, vm: number): void {
    this.put(Kind.destroy, nowNs, vm);
  }

  pin(nowNs: number, vcpu: number, pcpuCount: number): void {
    this.put(Kind.pin, nowNs, vcpu, pcpuCount);
  }

  set(nowNs: number, vm: number, status: number): void {
    const row = this.changed;
    row[Column.timeNs] = nowNs;
    row[set.vm] = vm;
    if (this.policy !== null) this.policy.readVm(vm, row, set.vmReadings);
    row[set.status] = status;
    this.sink.put(row);
  }

  tune(nowNs: number, status: number): void {
    this.put(Kind.tune, nowNs, status);
  }

  own(nowNs: number, kind: number, a: number, b = 0, c = 0, d = 0, e = 0, f = 0): void {
    this.put(OWN_KINDS + kind, nowNs, a, b, c, d, e, f);
  }

  exit(nowNs: number, vcpu: number, exit: Exit): void {
    this.put(Kind.exit, nowNs, vcpu, exit);
  }

  /** How late timers are is measured, not traced: every tick would double its record. */
  timer(): void {}

  decision(): void {}

  private put(kind: number, nowNs: number, a: number, b = 0, c = 0, d = 0, e = 0, f = 0): void {
    const row = this.plain;
    row[Column.kind] = kind;
    row[Column.timeNs] = nowNs;
    row[FIRST] = a;
    row[FIRST + 1] = b;
    row[FIRST + 2] = c;
    row[FIRST + 3] = d;
    row[FIRST + 4] = e;
    row[FIRST + 5] = f;
    this.sink.put(row);
  }

  private read(vcpu: number, row: Float64Array, at: number): void {
    if (vcpu === IDLE || this.policy === null) {
      for (let i = 0; i < this.idleReadings.length; i++) row[at + i] = this.idleReadings[i];
    } else {
      this.policy.readVcpu(vcpu, row, at);
    }
  }
}

function rowFor(kind: Kind): Float64Array {
  const row = new Float64Array(WIDTH);
  row[Column.kind] = kind;
  return row;
}
