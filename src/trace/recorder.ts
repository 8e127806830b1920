import type { Policy } from '../core/policy.ts';
import { IDLE } from '../core/policy.ts';
import type { TraceSink } from '../core/trace-sink.ts';
import type { LoopObserver, Exit } from '../machine/machine.ts';
import type { RecordPlace, RecordSink } from './record.ts';
import { Column, COLUMNS, Kind, OWN_KINDS, PassedOn } from './record.ts';

// Compiled code knows constants of its own module, and has to look up those that are imported.
const { decide, tick, wake, set } = COLUMNS;
const { kind: KIND, timeNs: TIME_NS, fields: FIELDS } = Column;

/** Makes a record of everything that policy and loop tell: the intent. */
export class TraceRecorder implements TraceSink, LoopObserver {
  private readonly records: RecordPlace;
  private policy: Policy | null = null;
  private idleReadings: readonly number[] = [];

  constructor(sink: RecordSink | RecordPlace) {
    this.records = 'put' in sink ? new PassedOn(sink) : sink;
  }

  attach(policy: Policy): void {
    this.policy = policy;
    this.idleReadings = policy.terms.vcpuReadings.map(({ idle }) => idle);
  }

  decide(nowNs: number, pcpu: number, prev: number, next: number, reason: number, choice: number): void {
    const { rows } = this.records;
    const at = this.begin(Kind.decide, nowNs);
    rows[at + decide.pcpu] = pcpu;
    rows[at + decide.prev] = prev;
    this.read(prev, rows, at + decide.prevReadings);
    rows[at + decide.next] = next;
    this.read(next, rows, at + decide.nextReadings);
    rows[at + decide.reason] = reason;
    rows[at + decide.choice] = choice;
    this.records.commit();
  }

  tick(nowNs: number, pcpu: number, vcpu: number): void {
    const { rows } = this.records;
    const at = this.begin(Kind.tick, nowNs);
    rows[at + tick.pcpu] = pcpu;
    rows[at + tick.vcpu] = vcpu;
    this.read(vcpu, rows, at + tick.readings);
    this.records.commit();
  }

  steal(nowNs: number, vcpu: number, from: number, to: number): void {
    this.put(Kind.steal, nowNs, vcpu, from, to);
  }

  migrate(nowNs: number, vcpu: number, from: number, to: number): void {
    this.put(Kind.migrate, nowNs, vcpu, from, to);
  }

  wake(nowNs: number, vcpu: number): void {
    const { rows } = this.records;
    const at = this.begin(Kind.wake, nowNs);
    rows[at + wake.vcpu] = vcpu;
    this.read(vcpu, rows, at + wake.readings);
    this.records.commit();
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
    const { rows } = this.records;
    const at = this.begin(Kind.set, nowNs);
    rows[at + set.vm] = vm;
    if (this.policy !== null) this.policy.readVm(vm, rows, at + set.vmReadings);
    rows[at + set.status] = status;
    this.records.commit();
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
    const { rows } = this.records;
    const at = this.begin(kind, nowNs) + FIELDS;
    rows[at] = a;
    rows[at + 1] = b;
    rows[at + 2] = c;
    rows[at + 3] = d;
    rows[at + 4] = e;
    rows[at + 5] = f;
    this.records.commit();
  }

  /** @returns where the record's row begins */
  private begin(kind: number, nowNs: number): number {
    const { rows } = this.records;
    const at = this.records.place();
    rows[at + KIND] = kind;
    rows[at + TIME_NS] = nowNs;
    return at;
  }

  private read(vcpu: number, rows: Float64Array, at: number): void {
    if (vcpu === IDLE || this.policy === null) {
      for (let i = 0; i < this.idleReadings.length; i++) rows[at + i] = this.idleReadings[i];
    } else {
      this.policy.readVcpu(vcpu, rows, at);
    }
  }
}
