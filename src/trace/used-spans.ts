/** Which VM used how much CPU time when, from records as they come. */
import type { UsedSpan } from '../analysis/cpu-time.ts';
import { IDLE } from '../core/policy.ts';
import { Exit } from '../machine/machine.ts';
import { Column, COLUMNS, Kind, WIDTH } from './record.ts';
import type { Trace, TraceHeader } from './trace.ts';
import { vocabularyOf } from './vocabulary.ts';

/** Far more than a run under way has in the time for which they are kept. */
const MOST_SPANS = 200_000;

interface VcpuSpan extends UsedSpan {
  readonly vcpu: number;
}

interface Open {
  readonly vcpu: number;
  readonly fromNs: number;
  readonly cpuNs: number;
}

/**
 * Of a run on real cores the facts, with what others stole left out; of a simulation the intent, since virtual cores do
 * what they are told. Who is on a pCPU is always known; spans are kept only where somebody wants them.
 */
export class UsedSpans {
  private readonly isMeasured: boolean;
  private readonly open: (Open | null)[];
  private spans: VcpuSpan[] = [];
  private done: { readonly atNs: number; readonly vcpu: number }[] = [];
  private marks: number[] = [];
  /** since when nothing is missing for want of room */
  private wholeSinceNs = -Infinity;
  private readonly mostSpans: number;

  /** @param mostSpans that are kept */
  constructor({ machine, scenario }: TraceHeader, mostSpans = MOST_SPANS) {
    this.mostSpans = mostSpans;
    this.isMeasured = machine === 'hardware';
    this.open = scenario.pcpus.map(() => null);
  }

  /** @param at of the row's first number @param isKept false: only who is where */
  take(header: TraceHeader, rows: Float64Array, at: number, isKept: boolean): void {
    const kind = rows[at + Column.kind];
    const timeNs = rows[at + Column.timeNs];
    if (kind === Kind.decide) {
      if (!this.isMeasured) this.decide(rows, at, isKept);
    } else if (kind === Kind.enter || kind === Kind.leave) {
      if (this.isMeasured) this.stay(rows, at, isKept);
    } else if (!isKept) {
      return;
    } else if (kind === Kind.exit) {
      const vcpu = rows[at + COLUMNS.exit.vcpu];
      if (rows[at + COLUMNS.exit.why] === Exit.done) this.done.push({ atNs: timeNs, vcpu });
    } else if (vocabularyOf(header.policy).shapes[kind]?.own?.mark !== undefined) {
      this.marks.push(timeNs);
    }
  }

  /** Per VM. @param untilNs who is on a pCPU is believed to use it up to here */
  ofVms({ vcpus, scenario }: TraceHeader, untilNs: number): UsedSpan[][] {
    const ofVms: UsedSpan[][] = scenario.vms.map(() => []);
    for (const span of this.allUntil(untilNs)) ofVms[vcpus[span.vcpu].vm].push(span);
    return ofVms;
  }

  /** What each vCPU used in all, ns, if it came to the end of its work; null: it didn't. */
  workDoneNs(vcpuCount: number): (number | null)[] {
    const totals: (number | null)[] = Array.from({ length: vcpuCount }, () => null);
    for (const { vcpu } of this.done) totals[vcpu] = 0;
    for (const { vcpu, cpuNs } of this.spans) {
      const total = totals[vcpu];
      if (total !== null) totals[vcpu] = total + cpuNs;
    }
    return totals;
  }

  /** From when on all is known; −∞: nothing had to go for want of room. */
  get knownSinceNs(): number {
    return this.wholeSinceNs;
  }

  /** When a vCPU's work was done: shares change then, and nobody has changed anything. */
  get doneNs(): readonly number[] {
    return this.done.map(({ atNs }) => atNs);
  }

  /** The first of the policy's marks, which concern everybody, that comes at or after an instant; null: none did. */
  markAfter(ns: number): number | null {
    return this.marks.find((atNs) => atNs >= ns) ?? null;
  }

  /** What came before an instant is not wanted any more. */
  forget(beforeNs: number): void {
    this.spans = this.spans.filter(({ toNs }) => toNs > beforeNs);
    this.done = this.done.filter(({ atNs }) => atNs >= beforeNs);
    this.marks = this.marks.filter((atNs) => atNs >= beforeNs);
  }

  private allUntil(untilNs: number): VcpuSpan[] {
    const going = this.open.flatMap((open): VcpuSpan[] => {
      if (open === null || open.fromNs >= untilNs) return [];
      return [{ vcpu: open.vcpu, fromNs: open.fromNs, toNs: untilNs, cpuNs: untilNs - open.fromNs }];
    });
    return [...this.spans, ...going];
  }

  private decide(rows: Float64Array, at: number, isKept: boolean): void {
    const { decide } = COLUMNS;
    const pcpu = rows[at + decide.pcpu];
    const next = rows[at + decide.next];
    const timeNs = rows[at + Column.timeNs];
    const since = this.open[pcpu];
    if (since?.vcpu === next) return;
    if (since !== null && isKept) {
      const { vcpu, fromNs } = since;
      this.keep({ vcpu, fromNs, toNs: timeNs, cpuNs: timeNs - fromNs });
    }
    this.open[pcpu] = next === IDLE ? null : { vcpu: next, fromNs: timeNs, cpuNs: 0 };
  }

  private stay(rows: Float64Array, at: number, isKept: boolean): void {
    const { leave } = COLUMNS; // an entry's fields stand in the same columns
    const pcpu = rows[at + leave.pcpu];
    const vcpu = rows[at + leave.vcpu];
    const cpuNs = rows[at + leave.cpuNs];
    const timeNs = rows[at + Column.timeNs];
    const since = this.open[pcpu];
    const isEntry = rows[at + Column.kind] === Kind.enter;
    this.open[pcpu] = isEntry ? { vcpu, fromNs: timeNs, cpuNs } : null;
    if (isEntry || since?.vcpu !== vcpu || !isKept) return;
    const { fromNs } = since;
    // The clock runs on for some µs between the record of leaving and the sleep: that isn't of this stay.
    this.keep({ vcpu, fromNs, toNs: timeNs, cpuNs: Math.min(cpuNs - since.cpuNs, timeNs - fromNs) });
  }

  private keep(span: VcpuSpan): void {
    this.spans.push(span);
    if (this.spans.length <= this.mostSpans) return;
    const gone = this.spans.splice(0, Math.ceil(this.spans.length / 2));
    for (const { toNs } of gone) this.wholeSinceNs = Math.max(this.wholeSinceNs, toNs);
  }
}

/** Of a whole trace. */
export function usedSpansOf(trace: Trace): UsedSpans {
  const used = new UsedSpans(trace.header, Infinity);
  for (let row = 0; row < trace.count; row++) used.take(trace.header, trace.rows, row * WIDTH, true);
  return used;
}
