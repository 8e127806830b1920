import { FactField, FactKind } from '../addon/native.ts';
import { Column, COLUMNS, Kind, Left, WIDTH } from '../trace/record.ts';
import { TraceRing } from '../trace/ring.ts';
import type { RecordTaker } from '../trace/store.ts';
import type { Growth } from '../trace/trace.ts';

/** Gathers what is recorded of one run, intent and fact, for whoever asked for it. */
export class RunTrace {
  readonly ring = new TraceRing();
  readonly facts: FactRows;
  private readonly taker: RecordTaker;
  /** As FactReader's. */
  isHeld = false;
  private isOver = false;

  constructor(taker: RecordTaker) {
    this.taker = taker;
    this.facts = new FactRows(taker);
  }

  /** Pass on what the loop has recorded since the last time. */
  drain(): void {
    if (this.isHeld) return;
    this.ring.drain((rows, count) => this.taker.append(rows, count));
  }

  /** The scenario has grown. */
  grow(growth: Growth): void {
    this.taker.grow(growth);
  }

  /** The run is over. @param endNs NaN: not known */
  end(endNs: number, complete: boolean, lostFacts: number): void {
    if (this.isOver) return;
    this.isOver = true;
    // Whoever held it back: nothing comes after this.
    this.isHeld = false;
    this.drain();
    this.taker.end({ endNs, complete, lostIntents: this.ring.dropped, lostFacts });
  }
}

const AT = COLUMNS.leave;

const WHY: readonly number[] = (() => {
  const why: number[] = [];
  why[FactKind.pause] = Left.paused;
  why[FactKind.block] = Left.blocked;
  why[FactKind.done] = Left.done;
  return why;
})();

/** Passes the addon's facts on to a trace. */
export class FactRows {
  private readonly taker: RecordTaker;
  private rows = new Float64Array(0);

  constructor(taker: RecordTaker) {
    this.taker = taker;
  }

  /** @param facts `count` facts of one pCPU, as drainFacts() writes them */
  add(pcpu: number, facts: Float64Array, count: number): void {
    if (this.rows.length < count * WIDTH) this.rows = new Float64Array(count * WIDTH);
    const { rows } = this;
    let row = 0;
    for (let i = 0; i < count; i++) {
      const fact = i * FactField.size;
      const kind = facts[fact + FactField.kind];
      // Nobody came or went.
      if (kind === FactKind.kept) continue;
      const isEntry = kind === FactKind.resume;
      rows[row + Column.kind] = isEntry ? Kind.enter : Kind.leave;
      rows[row + Column.timeNs] = facts[fact + FactField.timeNs];
      rows[row + AT.pcpu] = pcpu;
      rows[row + AT.vcpu] = facts[fact + FactField.vcpu];
      rows[row + AT.cpuNs] = facts[fact + FactField.cpuNs];
      rows[row + AT.why] = isEntry ? 0 : WHY[kind];
      rows[row + AT.next] = isEntry ? 0 : facts[fact + FactField.next];
      rows[row + AT.lateNs] = isEntry ? 0 : facts[fact + FactField.lateNs];
      row += WIDTH;
    }
    this.taker.append(rows, row / WIDTH);
  }
}
