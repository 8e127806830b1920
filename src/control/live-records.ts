/**
 * What a host knows from the records of its run, as they come: who is parked, what each pCPU runs and for how long it
 * was busy. That is a few numbers, kept always. While somebody listens, also the turns since the last time that they
 * were taken, and what there is to say of them.
 */
import { IDLE } from '../core/policy.ts';
import { Column, COLUMNS, Kind, WIDTH } from '../trace/record.ts';
import { sortedByTime, type Trace, type TraceHeader } from '../trace/trace.ts';
import { UsedSpans } from '../trace/used-spans.ts';
import { vocabularyOf } from '../trace/vocabulary.ts';
import { LiveWords } from '../trace/words/live-words.ts';
import { LiveSteps } from './live-steps.ts';
import type { LiveSlice, StepResponse } from './state.ts';

/** Turns kept for who takes them ten times a second: far more than there are in that time. */
const MOST_SLICES = 20_000;
const MOST_WORDS = 100;
/** Records come that late at most: they are fetched ten times a second. */
const DELAY_NS = 150e6;

interface Turn {
  vcpu: number;
  fromNs: number;
  reason: number;
  /** what the pCPU was busy for before */
  busyNs: number;
}

export interface Words {
  readonly atNs: number;
  readonly text: string;
}

export class LiveRecords {
  private header: TraceHeader;
  private readonly turns: Turn[];
  private readonly parked = new Set<number>();
  private slices: LiveSlice[] = [];
  private words: Words[] = [];
  private readonly liveWords = new LiveWords();
  private latestNs = 0;
  private readonly used: UsedSpans;
  readonly steps: LiveSteps;
  /** whether anybody wants slices, words and steps */
  isHeard = false;

  /** @param sliceAt how long a slice is at an instant, ns */
  constructor(header: TraceHeader, sliceAt: (ns: number) => number) {
    this.header = header;
    this.used = new UsedSpans(header);
    this.steps = new LiveSteps(this.used, sliceAt);
    this.turns = header.scenario.pcpus.map(() => ({ vcpu: IDLE, fromNs: 0, reason: -1, busyNs: 0 }));
  }

  /** Others have come; their records follow. */
  setHeader(header: TraceHeader): void {
    this.header = header;
  }

  /** @param rows valid only during the call */
  append(rows: Float64Array, count: number): void {
    const sorted = sortedByTime(rows, count);
    const { shapes } = vocabularyOf(this.header.policy);
    for (let row = 0; row < count; row++) {
      const at = row * WIDTH;
      const kind = sorted[at + Column.kind];
      const timeNs = sorted[at + Column.timeNs];
      if (timeNs > this.latestNs) this.latestNs = timeNs;
      this.used.take(this.header, sorted, at, this.isHeard);
      if (kind === Kind.decide) this.decide(sorted, at);
      const shape = shapes[kind];
      const effect = shape?.own?.effect;
      if (effect !== undefined && shape?.about?.what === 'vCPU') {
        const vcpu = sorted[at + shape.about.column];
        if (effect === 'park') this.parked.add(vcpu);
        else this.parked.delete(vcpu);
      }
    }
    if (this.isHeard) this.tell(sorted, count);
  }

  isParked(vcpu: number): boolean {
    return this.parked.has(vcpu);
  }

  /** Per pCPU, ns: what it was busy for since the start. */
  busyNs(nowNs: number): number[] {
    return this.turns.map(({ vcpu, fromNs, busyNs }) =>
      vcpu === IDLE ? busyNs : busyNs + Math.max(0, nowNs - fromNs),
    );
  }

  /** The turns since the last call: those that ended, and those that go on. */
  takeSlices(nowNs: number): { readonly untilNs: number; readonly slices: readonly LiveSlice[] } {
    const going = this.turns.map(({ vcpu, fromNs, reason }, pcpu): LiveSlice => {
      return { pcpu, vcpu, fromNs, toNs: null, reason: this.reasonKey(reason) };
    });
    const slices = [...this.slices, ...going];
    this.slices = [];
    return { untilNs: Math.max(this.latestNs, nowNs - DELAY_NS), slices };
  }

  /** What changes did, as far as it can be said by now. @param isOver all records have come */
  takeSteps(nowNs: number, isOver = false): readonly StepResponse[] {
    if (isOver) return this.steps.end(nowNs, this.header);
    return this.steps.look(nowNs - DELAY_NS, this.header);
  }

  takeWords(): readonly Words[] {
    const { words } = this;
    this.words = [];
    return words;
  }

  /** Nobody listens any more. */
  forget(): void {
    this.isHeard = false;
    this.slices = [];
    this.words = [];
    this.used.forget(Infinity);
  }

  private decide(rows: Float64Array, at: number): void {
    const { decide } = COLUMNS;
    const pcpu = rows[at + decide.pcpu];
    const next = rows[at + decide.next];
    const reason = rows[at + decide.reason];
    const timeNs = rows[at + Column.timeNs];
    const turn = this.turns[pcpu];
    if (next !== IDLE) this.parked.delete(next);
    if (turn.vcpu === next) return;
    if (turn.vcpu !== IDLE) turn.busyNs += timeNs - turn.fromNs;
    if (this.isHeard && timeNs > turn.fromNs) {
      const { vcpu, fromNs } = turn;
      this.slices.push({ pcpu, vcpu, fromNs, toNs: timeNs, reason: this.reasonKey(reason) });
      if (this.slices.length > MOST_SLICES) this.slices.splice(0, MOST_SLICES / 2);
    }
    turn.vcpu = next;
    turn.fromNs = timeNs;
    turn.reason = reason;
  }

  private tell(rows: Float64Array, count: number): void {
    const trace: Trace = {
      header: this.header,
      rows,
      count,
      endNs: NaN,
      complete: false,
      // What was before this batch isn't in it.
      lost: { intents: 0, facts: 0, forgotten: 1 },
    };
    for (let row = 0; row < count && this.words.length < MOST_WORDS; row++) {
      const text = this.liveWords.of(trace, row);
      if (text !== null) this.words.push({ atNs: rows[row * WIDTH + Column.timeNs], text });
    }
  }

  private reasonKey(reason: number): string {
    return vocabularyOf(this.header.policy).reasons.get(reason)?.key ?? '';
  }
}
